/** Verification of an ID token that came through the browser's address bar (OpenID Connect Core §3.2.2.11). */

import { decodeBase64Url, decodeToken } from "./token.js";

const LEEWAY_SECONDS = 60;
const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** The ID token is not what the tenant would have sent; the message says which check failed. */
export class IdTokenError extends Error {}

/**
 * @param {string} idToken
 * @param {{issuer: string, clientId: string, nonce: string, accessToken: string, jwks: {keys: JsonWebKey[]}, now: number}} expected
 *   `issuer` ends in a slash; `accessToken` came beside the ID token; `now` in seconds since 1970
 * @returns {Promise<Record<string, any>>} the claims
 * @throws {IdTokenError}
 */
export async function verifyIdToken(idToken, { issuer, clientId, nonce, accessToken, jwks, now }) {
  const decoded = decodeToken(idToken);
  check(decoded, "form");
  const { header, claims } = decoded;
  check(header.alg === "RS256", "alg");
  await checkSignature(idToken, jwks, header.kid);
  check(claims.iss === issuer, "iss");
  check(claims.aud === clientId || (isOnly(claims.aud, clientId) && (claims.azp ?? clientId) === clientId), "aud");
  check(Number.isFinite(claims.exp) && now < claims.exp + LEEWAY_SECONDS, "exp");
  check(Number.isFinite(claims.iat) && claims.iat - LEEWAY_SECONDS <= now, "iat");
  check(typeof nonce === "string" && nonce !== "" && claims.nonce === nonce, "nonce");
  check(typeof claims.sub === "string" && claims.sub !== "", "sub");
  // Binds the access token to this answer: without it, another person's access token could be slipped in (§3.2.2.9).
  check(claims.at_hash === (await accessTokenHash(accessToken)), "at_hash");
  return claims;
}

/**
 * @param {string} accessToken
 * @returns {Promise<string>} the left half of its SHA-256, base64url (OpenID Connect Core §3.1.3.6)
 */
export async function accessTokenHash(accessToken) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(accessToken));
  return encodeBase64Url(new Uint8Array(digest).slice(0, 16));
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} base64url without padding
 */
export function encodeBase64Url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

async function checkSignature(idToken, jwks, kid) {
  const jwk = jwks.keys.find((key) => key.kid === kid && key.kty === "RSA" && (key.use ?? "sig") === "sig");
  check(typeof kid === "string" && jwk, "kid");
  const [header, payload, signature] = idToken.split(".");
  // Only the two numbers are taken: what else stands in the JWK must not change how the key is used.
  const key = await crypto.subtle.importKey("jwk", { kty: "RSA", n: jwk.n, e: jwk.e }, ALGORITHM, false, ["verify"]);
  const signed = new TextEncoder().encode(`${header}.${payload}`);
  check(await crypto.subtle.verify(ALGORITHM, key, decodeBase64Url(signature), signed), "signature");
}

function isOnly(audience, clientId) {
  return Array.isArray(audience) && audience.length === 1 && audience[0] === clientId;
}

function check(holds, what) {
  if (!holds) throw new IdTokenError(`the ID token's ${what} is not right`);
}
