/**
 * The site's configuration: `/config.json`, written by Terraform at deploy.
 *
 * @typedef {{name: string, title: string}} Column
 * @typedef {{title: string, description: string, path: string, columns: Column[], any_of: string[][]}} Api
 *   `path` is the same-origin address of the list; `any_of` holds alternatives, each a list of scopes that are all needed.
 * @typedef {{display_name: string, scopes: string[]}} Connection
 * @typedef {{domain: string, client_id: string, audience: string, login_flow: "code" | "implicit"}} Auth0Settings
 * @typedef {{auth0: Auth0Settings, scopes: Record<string, string>, connections: Record<string, Connection>,
 *   apis: Record<string, Api>}} Config
 */

/** The routes that are the site's own, so no API may take them. */
const OWN_ROUTES = ["token"];

/** `/config.json` is missing or does not have the form this site needs; the message names the member. */
export class ConfigError extends Error {}

/**
 * Fetch and check the configuration.
 *
 * @param {typeof fetch} fetch
 * @returns {Promise<Config>}
 * @throws {ConfigError}
 */
export async function loadConfig(fetch) {
  let response;
  try {
    response = await fetch("/config.json", { cache: "no-store" });
  } catch {
    throw new ConfigError("/config.json could not be fetched");
  }
  if (!response.ok) throw new ConfigError(`/config.json answered ${response.status}`);
  let value;
  try {
    value = await response.json();
  } catch {
    throw new ConfigError("/config.json is not JSON");
  }
  return parseConfig(value);
}

/**
 * @param {unknown} value the parsed JSON
 * @returns {Config}
 * @throws {ConfigError}
 */
export function parseConfig(value) {
  const config = object(value, "config");
  const auth0 = object(config.auth0, "auth0");
  origin(auth0.domain, "auth0.domain");
  text(auth0.client_id, "auth0.client_id");
  text(auth0.audience, "auth0.audience");
  if (!["code", "implicit"].includes(auth0.login_flow)) fail("auth0.login_flow", 'must be "code" or "implicit"');
  for (const [scope, description] of members(config.scopes, "scopes")) text(description, `scopes.${scope}`);
  for (const [name, connection] of members(config.connections, "connections")) {
    text(object(connection, `connections.${name}`).display_name, `connections.${name}.display_name`);
    texts(connection.scopes, `connections.${name}.scopes`);
  }
  for (const [name, api] of members(config.apis, "apis")) checkApi(name, object(api, `apis.${name}`));
  return config;
}

function checkApi(name, api) {
  if (OWN_ROUTES.includes(name)) fail(`apis.${name}`, "is a route of the site itself; the API needs another name");
  text(api.title, `apis.${name}.title`);
  text(api.description, `apis.${name}.description`);
  // A path, never an address: the access token must not leave this origin.
  if (!/^\/[^/\\]/.test(text(api.path, `apis.${name}.path`))) fail(`apis.${name}.path`, "must be a path of this site");
  for (const column of list(api.columns, `apis.${name}.columns`)) {
    text(object(column, `apis.${name}.columns`).name, `apis.${name}.columns.name`);
    text(column.title, `apis.${name}.columns.title`);
  }
  for (const alternative of list(api.any_of, `apis.${name}.any_of`)) texts(alternative, `apis.${name}.any_of`);
}

function fail(place, problem) {
  throw new ConfigError(`/config.json: ${place} ${problem}`);
}

function object(value, place) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(place, "must be an object");
  return value;
}

function members(value, place) {
  return Object.entries(object(value, place));
}

function list(value, place) {
  if (!Array.isArray(value)) fail(place, "must be a list");
  return value;
}

function texts(value, place) {
  for (const item of list(value, place)) text(item, place);
}

function text(value, place) {
  if (typeof value !== "string" || value === "") fail(place, "must be a text");
  return value;
}

function origin(value, place) {
  let url;
  try {
    url = new URL(text(value, place));
  } catch {
    fail(place, "must be an address that starts with https://");
  }
  if (url.origin !== value) fail(place, "must be an origin: scheme and host, without a slash at the end");
  const loopback = url.hostname === "localhost" || url.hostname === "127.0.0.1";
  if (url.protocol !== "https:" && !loopback) fail(place, "must start with https://");
}
