/**
 * The site's configuration: `/config.json`, which Terraform writes at each deployment.
 *
 * @typedef {{name: string, title: string}} Column
 * @typedef {{title: string, description: string, path: string, columns: Column[], any_of: string[][], detail?: boolean}} Api
 *   `path` is the same-origin address of the list; `any_of` holds alternatives, each a list of scopes that are all needed;
 *   `detail`: whether `<path>/{id}` answers one item.
 * @typedef {{display_name: string, scopes: string[]}} Connection
 * @typedef {{domain: string, client_id: string, audience: string, login_flow: "code" | "implicit"}} Auth0Settings
 * @typedef {{auth0: Auth0Settings, scopes: Record<string, string>, connections: Record<string, Connection>,
 *   apis: Record<string, Api>, picture_origins?: string[]}} Config `picture_origins`: the allowed origins of people's pictures, as
 *   in the content security policy
 */

import { ask, isPortal } from "./net.js";
import { Trouble } from "./trouble.js";

/** The site's own routes, whose names no API may have. */
const OWN_ROUTES = ["token"];
const TIMEOUT_MILLISECONDS = 10_000;

/** `/config.json` does not have the form that this site needs; the message names the member. */
export class ConfigError extends Error {}

/**
 * Fetch and check the configuration.
 *
 * @param {typeof globalThis.fetch} fetch
 * @returns {Promise<{config: Config, date: string | null}>} `date`: the server's Date header
 * @throws {Trouble}
 */
export async function loadConfig(fetch) {
  const answer = await ask(fetch, "/config.json", {
    cache: "no-store",
    milliseconds: TIMEOUT_MILLISECONDS,
    slow: "site_slow",
    unreachable: "site_unreachable",
  });
  if (isPortal(answer)) throw new Trouble("portal");
  if (!answer.response.ok) {
    throw new Trouble("config", { reason: `/config.json answered ${answer.response.status}` });
  }
  if (answer.json === undefined) throw new Trouble("config", { reason: "/config.json is not JSON" });
  try {
    return { config: parseConfig(answer.json), date: answer.response.headers.get("date") };
  } catch (error) {
    if (error instanceof ConfigError) throw new Trouble("config", { reason: error.message });
    throw error;
  }
}

/**
 * @param {any} value the parsed JSON
 * @param {string} [origin] the site's own
 * @returns {Config}
 * @throws {ConfigError}
 */
export function parseConfig(value, origin = globalThis.location?.origin ?? "https://site.example") {
  const config = object(value, "config");
  const auth0 = object(config.auth0, "auth0");
  checkOrigin(auth0.domain, "auth0.domain");
  text(auth0.client_id, "auth0.client_id");
  text(auth0.audience, "auth0.audience");
  if (!["code", "implicit"].includes(auth0.login_flow)) fail("auth0.login_flow", 'must be "code" or "implicit"');
  for (const [scope, description] of members(config.scopes, "scopes")) text(description, `scopes.${scope}`);
  for (const [name, connection] of members(config.connections, "connections")) {
    text(object(connection, `connections.${name}`).display_name, `connections.${name}.display_name`);
    texts(connection.scopes, `connections.${name}.scopes`);
  }
  texts(config.picture_origins ?? [], "picture_origins");
  for (const [name, api] of members(config.apis, "apis")) checkApi(name, object(api, `apis.${name}`), origin);
  return /** @type {Config} */ (config);
}

/** @param {string} name @param {any} api @param {string} origin */
function checkApi(name, api, origin) {
  if (OWN_ROUTES.includes(name)) fail(`apis.${name}`, "is a route of the site itself; the API needs another name");
  text(api.title, `apis.${name}.title`);
  text(api.description, `apis.${name}.description`);
  const path = text(api.path, `apis.${name}.path`);
  // The access token must not leave this origin. So check where the browser would go: `/<tab>/host` is another origin.
  const goesTo = URL.canParse(path, origin) ? new URL(path, origin) : null;
  if (goesTo?.origin !== origin || goesTo.pathname !== path) fail(`apis.${name}.path`, "must be a path of this site");
  for (const column of list(api.columns, `apis.${name}.columns`)) {
    text(object(column, `apis.${name}.columns`).name, `apis.${name}.columns.name`);
    text(column.title, `apis.${name}.columns.title`);
  }
  for (const alternative of list(api.any_of, `apis.${name}.any_of`)) texts(alternative, `apis.${name}.any_of`);
}

/** @param {string} place @param {string} problem @returns {never} */
function fail(place, problem) {
  throw new ConfigError(`/config.json: ${place} ${problem}`);
}

/** @param {any} value @param {string} place @returns {Record<string, any>} */
function object(value, place) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(place, "must be an object");
  return value;
}

/** @param {any} value @param {string} place @returns {[string, any][]} */
function members(value, place) {
  return Object.entries(object(value, place));
}

/** @param {any} value @param {string} place @returns {any[]} */
function list(value, place) {
  if (!Array.isArray(value)) fail(place, "must be a list");
  return value;
}

/** @param {any} value @param {string} place */
function texts(value, place) {
  for (const item of list(value, place)) text(item, place);
}

/** @param {any} value @param {string} place @returns {string} */
function text(value, place) {
  if (typeof value !== "string" || value === "") fail(place, "must be a text");
  return value;
}

/** @param {any} value @param {string} place */
function checkOrigin(value, place) {
  if (!URL.canParse(text(value, place))) fail(place, "must be an address that starts with https://");
  const url = new URL(value);
  if (url.origin !== value) fail(place, "must be an origin: scheme and host, without a slash at the end");
  const loopback = url.hostname === "localhost" || url.hostname === "127.0.0.1";
  if (url.protocol !== "https:" && !loopback) fail(place, "must start with https://");
}
