/** The shared parts of the site's tests: a configuration, a storage, tokens with real signatures, and an HTTP server. */

import { createServer } from "node:http";

export const ISSUER = "https://tenant.example";

export function exampleConfig() {
  return {
    auth0: {
      domain: ISSUER,
      client_id: "client",
      audience: "https://StreamingResourceServer",
      login_flow: "code",
    },
    scopes: { "read:Movies": "List the movies", "read:Devices": "List the devices" },
    connections: {
      amazon: { display_name: "Amazon", scopes: ["read:Movies"] },
      "google-oauth2": { display_name: "Google", scopes: ["read:Devices"] },
    },
    apis: {
      movies: {
        title: "Movies",
        description: "The films.",
        path: "/api/movies",
        detail: true,
        columns: [{ name: "title", title: "Title" }],
        any_of: [["read:Movies"]],
      },
      devices: {
        title: "Devices",
        description: "The screens.",
        path: "/api/devices",
        columns: [{ name: "name", title: "Name" }],
        any_of: [["read:Devices"]],
      },
    },
  };
}

/** The part of the browser's Storage that the site uses. */
export class MemoryStorage {
  #values = new Map();

  getItem(key) {
    return this.#values.get(key) ?? null;
  }

  setItem(key, value) {
    this.#values.set(key, String(value));
  }

  removeItem(key) {
    this.#values.delete(key);
  }
}

export function base64Url(value) {
  return Buffer.from(typeof value === "string" || Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString(
    "base64url",
  );
}

/** A token with an unchecked signature. */
export function unsignedToken(claims, header = { alg: "RS256", typ: "JWT", kid: "key" }) {
  return [base64Url(header), base64Url(claims), base64Url("signature")].join(".");
}

/** @returns a signer: `sign(claims, header?)` and the `jwks` that verifies it */
export async function createSigner(kid = "key") {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const parameters = { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
  const { n, e } = await crypto.subtle.exportKey("jwk", publicKey);
  return {
    jwks: { keys: [{ kty: "RSA", n, e, kid, use: "sig", alg: "RS256" }] },
    async sign(claims, header = { alg: "RS256", typ: "JWT", kid }) {
      const input = `${base64Url(header)}.${base64Url(claims)}`;
      const signature = await crypto.subtle.sign(algorithm, privateKey, Buffer.from(input));
      return `${input}.${base64Url(Buffer.from(signature))}`;
    },
  };
}

/** Serve `handler` on a free port until the test `context` ends. @returns {Promise<string>} the origin */
export async function serve(context, handler) {
  const server = createServer(handler);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.closeAllConnections() ?? server.close());
  return `http://127.0.0.1:${server.address().port}`;
}
