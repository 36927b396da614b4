/**
 * The flows that sign people in: code + PKCE, or the implicit flow if the tenant's owner has chosen it.
 *
 * A flow makes addresses and checks answers, and keeps no state. session.js visits the addresses.
 *
 * @import {Config} from "./config.js"
 * @typedef {{sub: string, name?: string, picture?: string, iat?: number, auth_time?: number}} Profile the claims of the ID token that the site shows
 * @typedef {{accessToken: string, seconds: number, refreshToken: string | null, profile: Profile}} Tokens `seconds`: the
 *   remaining lifetime of the access token
 * @typedef {{connection?: string, prompt?: "none" | "login"}} Wish the provider, and whether it must not or must ask the visitor
 * @typedef {{address: string, state: string, kept: Record<string, string>}} Request `kept`: the values to check the answer with
 * @typedef {object} Flow
 * @property {(wish: Wish & {inFrame: boolean}) => Promise<Request>} prepare
 * @property {(answer: URLSearchParams, state: string, kept: Record<string, string>) => Promise<Tokens>} redeem turn an answer
 *   into tokens; throws Trouble
 * @property {((refreshToken: string) => Promise<Tokens>) | null} renew null if a flow cannot renew; throws Trouble
 * @property {() => string} signOutAddress
 */

import { CodeFlow } from "./code_flow.js";
import { randomText } from "./memory.js";
import { Trouble } from "./trouble.js";

/**
 * @param {Config} config
 * @param {string} origin the place to which the tenant sends people back
 * @returns {Promise<Flow>}
 */
export async function createFlow({ auth0, scopes }, origin) {
  // Request the profile and every scope of the APIs: the tenant's Action grants those that the connection allows.
  const scope = ["openid", "profile", ...Object.keys(scopes)].join(" ");
  if (auth0.login_flow !== "implicit") return new CodeFlow(auth0, scope, origin);
  // @ts-expect-error auth0-js has no types
  const [{ ImplicitFlow }, { WebAuth }] = await Promise.all([import("./implicit_flow.js"), import("auth0-js")]);
  return new ImplicitFlow(auth0, scope, origin, { WebAuth, randomText, Trouble });
}
