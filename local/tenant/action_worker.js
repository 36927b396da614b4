// Runs one Action as Auth0 does. action_worker.py evaluates this function and calls it with (code, input as JSON).
// Input: {event, cache}. Answer, as JSON: {commands: [[method, ...arguments], ...], console: [[level, text], ...],
// metadata, cache} and, when the Action threw, {error}.
// https://auth0.com/docs/actions/reference/post-login/post-login-api-object
(async (code, inputText) => {
  const { event, cache } = JSON.parse(inputText);
  event.transaction ??= {};
  event.transaction.metadata ??= {};
  const commands = [];
  const lines = [];
  const refuse = (what) => {
    throw new Error(`the local tenant does not support ${what}`);
  };

  const record = (method) => (...values) => {
    commands.push(JSON.stringify([method, ...values])); // serialize now: the Action may change an object after the call
    return api;
  };
  const refused = (group, ...methods) =>
    Object.fromEntries(methods.map((method) => [method, () => refuse(`api.${group}.${method}`)]));

  // https://auth0.com/docs/customize/actions/limitations (cached data)
  const MINUTES_15 = 900_000;
  const HOURS_24 = 86_400_000;
  const cacheError = (code) => ({ type: "error", code });
  const alive = (key) => Object.hasOwn(cache, key) && cache[key].expires_at > Date.now();
  const cacheApi = {
    get: (key) => (alive(key) ? { ...cache[key] } : undefined),
    delete: (key) => {
      if (!alive(key)) return cacheError("ItemNotFound");
      delete cache[key];
      return { type: "success" };
    },
    set: (key, value, { ttl = Infinity, expires_at = Infinity } = {}) => {
      if (typeof key !== "string" || typeof value !== "string") throw new TypeError("api.cache.set takes two strings");
      if (key.length > 64 || value.length > 4096) return cacheError("CacheSizeExceeded");
      for (const each of Object.keys(cache)) if (!alive(each)) delete cache[each];
      const others = Object.entries(cache).filter(([name]) => name !== key);
      const size = others.reduce((sum, [name, row]) => sum + name.length + row.value.length, key.length + value.length);
      if (size > 8192 || others.length >= 20) return cacheError("CacheSizeExceeded");
      const asked = Math.min(Date.now() + ttl, expires_at);
      const end = Number.isFinite(asked) ? asked : Date.now() + MINUTES_15;
      cache[key] = { value, expires_at: Math.min(end, Date.now() + HOURS_24) };
      return { type: "success", record: { ...cache[key] } };
    },
  };

  const api = {
    access: { deny: record("access.deny") },
    accessToken: {
      addScope: record("accessToken.addScope"),
      removeScope: record("accessToken.removeScope"),
      setCustomClaim: record("accessToken.setCustomClaim"),
    },
    idToken: { setCustomClaim: record("idToken.setCustomClaim") },
    user: { setAppMetadata: record("user.setAppMetadata"), setUserMetadata: record("user.setUserMetadata") },
    cache: cacheApi,
    rules: { wasExecuted: () => false }, // the tenant has no Rules
    transaction: {
      setMetadata: (key, value) => {
        if (value === null || value === undefined) delete event.transaction.metadata[key];
        else event.transaction.metadata[key] = JSON.parse(JSON.stringify(value));
        return api;
      },
    },
    authentication: refused(
      "authentication",
      "challengeWith",
      "challengeWithAny",
      "enrollWith",
      "enrollWithAny",
      "recordMethod",
      "setPrimaryUser",
    ),
    groups: refused("groups", "getUserGroups", "hasGroupMembership"),
    multifactor: refused("multifactor", "enable"),
    prompt: refused("prompt", "render"),
    redirect: refused("redirect", "canRedirect", "encodeToken", "sendUserTo", "validateToken"),
    refreshToken: refused(
      "refreshToken",
      "revoke",
      "setExpiresAt",
      "setIdleExpiresAt",
      "setMetadata",
      "deleteMetadata",
      "evictMetadata",
    ),
    roles: refused(
      "roles",
      "getUserEffectiveRoles",
      "getUserEffectiveRolesByIds",
      "getUserEffectiveRolesByNames",
    ),
    samlResponse: new Proxy({}, { get: (_, method) => () => refuse(`api.samlResponse.${String(method)}`) }),
    session: refused(
      "session",
      "revoke",
      "setExpiresAt",
      "setIdleExpiresAt",
      "setCookieMode",
      "setMetadata",
      "deleteMetadata",
      "evictMetadata",
    ),
    validation: refused("validation", "error"),
  };

  const shown = (value) => {
    try {
      return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
    } catch {
      return "[unprintable]"; // such as a circular object; logging must not make an Action fail
    }
  };
  const say = (level) => (...values) => {
    if (lines.length < 100) lines.push([level, values.map(shown).join(" ").slice(0, 1000)]);
  };
  globalThis.console = Object.fromEntries(["log", "info", "warn", "error", "debug"].map((name) => [name, say(name)]));
  globalThis.fetch = async () => refuse("network access: fetch");
  for (const name of ["XMLHttpRequest", "WebSocket", "EventSource"]) {
    globalThis[name] = class {
      constructor() {
        refuse(`network access: ${name}`);
      }
    };
  }
  const require = (name) => refuse(`packages in Actions: require(${JSON.stringify(name)})`);

  let error;
  try {
    const module = { exports: {} };
    new Function("exports", "module", "require", code)(module.exports, module, require);
    await module.exports.onExecutePostLogin?.(event, api);
  } catch (thrown) {
    // Auth0 sends the application the message only.
    error = String(thrown?.message ?? thrown) || "the Action threw an error without a message";
  }
  const rows = commands.map((text) => JSON.parse(text));
  return JSON.stringify({ commands: rows, console: lines, metadata: event.transaction.metadata, cache, error });
})
