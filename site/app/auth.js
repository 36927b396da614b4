/**
 * Which flow signs people in: code + PKCE, or the implicit flow where a tenant's owner has asked for it.
 *
 * @import {Config} from "./config.js"
 * @import {Flow} from "./session.js"
 */

/**
 * @param {Config} config
 * @returns {Promise<Flow>}
 */
export async function createFlow(config) {
  // Imported on demand: neither flow's code is loaded by who does not use it.
  if (config.auth0.login_flow === "implicit") {
    const [{ ImplicitFlow }, { WebAuth }] = await Promise.all([import("./implicit.js"), import("auth0-js")]);
    return new ImplicitFlow(config, window, WebAuth);
  }
  const { CodeFlow } = await import("./code_flow.js");
  return new CodeFlow(config, window.location.origin);
}

/**
 * @param {Config} config
 * @returns {string} the scope to ask for: who one is, and every API scope; the tenant's Action grants what the connection allows
 */
export function requestedScope(config) {
  return ["openid", "profile", ...Object.keys(config.scopes)].join(" ");
}
