// One Action, run the way Auth0 runs it; evaluated by action_worker.py, which calls it with (code, event as JSON).
// What the Action asks for comes back as a list of [method, ...arguments], as JSON.
(async (code, eventText) => {
  const commands = [];
  const call = (method, api) => (...values) => {
    commands.push([method, ...values]);
    return api();
  };
  const api = {
    accessToken: {
      addScope: call("accessToken.addScope", () => api),
      removeScope: call("accessToken.removeScope", () => api),
      setCustomClaim: call("accessToken.setCustomClaim", () => api),
    },
    idToken: { setCustomClaim: call("idToken.setCustomClaim", () => api) },
    access: { deny: call("access.deny", () => api) },
  };
  const silent = () => {};
  const console = { log: silent, info: silent, warn: silent, error: silent, debug: silent };
  const require = (name) => {
    throw new Error(`the local tenant has no package "${name}" for Actions`);
  };
  const module = { exports: {} };
  new Function("exports", "module", "require", "console", code)(module.exports, module, require, console);
  if (typeof module.exports.onExecutePostLogin === "function") {
    await module.exports.onExecutePostLogin(JSON.parse(eventText), api);
  }
  return JSON.stringify(commands);
})
