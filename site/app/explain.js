/**
 * Why an API is closed, in sentences, from the configuration and the connection of the session. Pure.
 *
 * @import {Api, Config} from "./config.js"
 */

/**
 * @param {string[][]} anyOf alternatives, each a list of scopes that are all needed
 * @param {string[]} scopes what was granted
 * @returns {boolean}
 */
export function allows(anyOf, scopes) {
  return anyOf.some((needed) => needed.every((scope) => scopes.includes(scope)));
}

/**
 * @param {Config} config
 * @param {Api} api the API that refused
 * @param {string} connection the name of the connection that was signed in with
 * @returns {{sentence: string, remedies: string[]}} `remedies`: names of the connections that would open the API
 */
export function explainDenial(config, api, connection) {
  const remedies = connectionsFor(config, api);
  const used = config.connections[connection];
  const subject = api.title.toLowerCase();
  const need = `${api.title} ${isPlural(api.title) ? "need" : "needs"} ${describeNeed(api.any_of)}.`;
  const signedInWith = `You signed in with ${used?.display_name ?? connection}`;
  if (remedies.includes(connection)) {
    const sentence = `${need} ${signedInWith}, which should grant it, but this sign-in does not carry it. Sign in again to see ${subject}.`;
    return { sentence, remedies };
  }
  const granted = used?.scopes.length ? listWords(used.scopes, "and") : "nothing here";
  const names = remedies.map((name) => config.connections[name].display_name);
  const remedy = names.length
    ? `Sign in with ${listWords(names, "or")} to see ${subject}.`
    : "No way of signing in grants it yet.";
  return { sentence: `${need} ${signedInWith}, which grants ${granted}. ${remedy}`, remedies };
}

/**
 * @param {Config} config
 * @param {Api} api
 * @returns {string[]} the names of the connections whose scopes open the API
 */
export function connectionsFor(config, api) {
  return Object.keys(config.connections).filter((name) => allows(api.any_of, config.connections[name].scopes));
}

/**
 * @param {string[][]} anyOf
 * @returns {string} such as "read:Movies", "a and b", or "a, or b and c"
 */
export function describeNeed(anyOf) {
  const alternatives = anyOf.map((scopes) => listWords(scopes, "and"));
  return alternatives.length ? alternatives.join(", or ") : "a permission that nobody has";
}

/**
 * @param {string[]} words
 * @param {string} last the word before the last one
 * @returns {string} such as "a, b and c"
 */
export function listWords(words, last) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

function isPlural(title) {
  return title.endsWith("s");
}
