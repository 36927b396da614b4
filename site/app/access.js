/**
 * Which scopes and connections open an API, according to the configuration. Only the APIs decide; the site shows the way to them.
 *
 * @import {Api, Config} from "./config.js"
 */

/**
 * @param {string[][]} anyOf alternatives, each a list of scopes that are all needed
 * @param {string[]} scopes the granted ones
 * @returns {boolean}
 */
export function allows(anyOf, scopes) {
  return anyOf.some((needed) => needed.every((scope) => scopes.includes(scope)));
}

/** @param {Api} api @returns {boolean} whether anybody may see its list, even without a token */
export function isPublic(api) {
  return allows(api.any_of, []);
}

/**
 * @param {Config} config
 * @param {Api} api
 * @returns {string[]} the names of the connections whose scopes open the API
 */
export function connectionsFor({ connections }, api) {
  return Object.entries(connections).flatMap(([name, { scopes }]) => (allows(api.any_of, scopes) ? [name] : []));
}

/**
 * @param {Config} config
 * @param {string} scope
 * @returns {Api[]} the APIs that the scope opens, alone or together with others
 */
export function apisOf({ apis }, scope) {
  return Object.values(apis).filter(({ any_of }) => any_of.some((needed) => needed.includes(scope)));
}

/**
 * @param {Config} config
 * @param {string} connection
 * @returns {string} its name for people
 */
export function displayName({ connections }, connection) {
  return (Object.hasOwn(connections, connection) && connections[connection]?.display_name) || connection;
}
