/**
 * The implicit flow (OpenID Connect Core §3.2) with auth0-js, for tenants that still need it; no current library supports it.
 *
 * Legacy: in an answer by redirect, the access token is in the address, which the browser's history and its performance entries
 * keep; and it cannot be renewed. `auth0.login_flow = "implicit"` in the configuration chooses this flow; the visitor never
 * does.
 *
 * @import {Auth0Settings} from "./config.js"
 * @import {Flow, Profile} from "./flow.js"
 * @typedef {{accessToken?: string, expiresIn?: number, idTokenPayload?: Profile & {at_hash?: string}}} Parsed
 * @typedef {{client: {buildAuthorizeUrl: (options: object) => string, buildLogoutUrl: (options: object) => string},
 *   parseHash: (options: object, done: (error: {error?: string, errorDescription?: string} | null, parsed: Parsed | null) => void)
 *   => void}} WebAuth the part of auth0-js that is used here; the package has no types
 * @typedef {{WebAuth: new (options: object) => WebAuth, randomText: (octets: number) => string,
 *   Trouble: typeof import("./trouble.js").Trouble}} Tools
 */

/** @implements {Flow} */
export class ImplicitFlow {
  renew = null;

  /**
   * @param {Auth0Settings} settings
   * @param {string} scope
   * @param {string} origin
   * @param {Tools} tools passed in, because an import would make the build split the other flow's code into more files
   */
  constructor({ domain, client_id, audience }, scope, origin, { WebAuth, randomText, Trouble }) {
    this.origin = origin;
    this.randomText = randomText;
    this.Trouble = Trouble;
    this.client = new WebAuth({
      domain, // with its scheme, because the library would add a second one
      overrides: { __token_issuer: `${domain}/`, __jwks_uri: `${domain}/.well-known/jwks.json` },
      clientID: client_id,
      audience,
      scope,
      redirectUri: origin,
      responseType: "token id_token", // the ID token has the nonce and the name
      _sendTelemetry: false,
    });
  }

  /** @type {Flow["prepare"]} */
  async prepare({ connection, prompt, inFrame }) {
    const state = this.randomText(32);
    const nonce = this.randomText(32);
    // The library's own `authorize` would keep both in a cookie, which every request to the APIs would carry.
    const address = this.client.client.buildAuthorizeUrl({
      state,
      nonce,
      ...(connection && { connection }),
      ...(prompt && { prompt }),
      ...(inFrame && { responseMode: "web_message" }),
    });
    return { address, state, kept: { nonce } };
  }

  /** @type {Flow["redeem"]} */
  async redeem(answer, state, { nonce = "" }) {
    const parsed = await this.#parse({ hash: answer.toString(), state, nonce });
    // The library accepts an ID token that is not bound to the access token (§3.2.2.9).
    if (!parsed?.idTokenPayload?.at_hash) throw new this.Trouble("incomplete", { code: "no_at_hash" });
    return {
      accessToken: parsed.accessToken ?? "",
      seconds: Number(parsed.expiresIn ?? 0),
      refreshToken: null,
      profile: parsed.idTokenPayload,
    };
  }

  signOutAddress() {
    return this.client.client.buildLogoutUrl({ returnTo: this.origin });
  }

  /**
   * Let the library check the state, the ID token (signature, issuer, audience, times, nonce) and the access token's hash.
   *
   * @param {{hash: string, state: string, nonce: string}} options
   * @returns {Promise<Parsed | null>}
   */
  #parse(options) {
    return new Promise((resolve, reject) => {
      this.client.parseHash(options, (error, answer) => {
        if (!error) return resolve(answer);
        if (/current time/.test(error.errorDescription ?? "")) return reject(new this.Trouble("clock"));
        return reject(new this.Trouble("incomplete", { code: error.error ?? "unknown" }));
      });
    });
  }
}
