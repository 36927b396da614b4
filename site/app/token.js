/**
 * Decodes a token to show it. It verifies nothing: that is the work of the APIs' authorizer.
 *
 * @typedef {{header: Record<string, any>, claims: Record<string, any>}} DecodedToken
 */

/**
 * @param {string} token a JWS in compact form (RFC 7515 §7.1)
 * @returns {DecodedToken | null} null if the token is opaque or broken
 */
export function decodeToken(token) {
  const parts = token.split(".");
  if (parts.length !== 3) return null;
  try {
    const [header, claims] = parts.slice(0, 2).map(decodePart);
    return isObject(header) && isObject(claims) ? { header, claims } : null;
  } catch {
    return null;
  }
}

/**
 * @param {DecodedToken | null} token
 * @returns {string[]} the granted scopes, in the token's order (RFC 8693 §4.2: one text, separated by spaces)
 */
export function scopesOf(token) {
  const scope = token?.claims.scope;
  return typeof scope === "string" ? scope.split(" ").filter(Boolean) : [];
}

/**
 * @param {DecodedToken} token
 * @param {number} now seconds since 1970
 * @returns {number | null} whole seconds left, never below 0; null if the token has no end
 */
export function secondsLeft(token, now) {
  const { exp } = token.claims;
  return Number.isFinite(exp) ? Math.max(0, Math.floor(exp - now)) : null;
}

/**
 * @param {string} sub such as "google-oauth2|1234"
 * @returns {string} the connection's name: the part before the first `|`
 */
export function connectionOf(sub) {
  return sub.split("|", 1)[0] ?? "";
}

/**
 * @param {string} part base64url without padding (RFC 7515 §2)
 * @returns {Uint8Array}
 */
export function decodeBase64Url(part) {
  const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** @param {string} part */
function decodePart(part) {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decodeBase64Url(part)));
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
