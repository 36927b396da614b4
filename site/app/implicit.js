/**
 * The implicit flow (OpenID Connect Core §3.2) by auth0-js, for tenants that still need it; auth0-spa-js does not do it.
 *
 * Legacy: the access token travels in the address and cannot be renewed. Chosen by `auth0.login_flow = "implicit"` in the
 * configuration, never by the visitor.
 */

import { requestedScope } from "./auth.js";
import { SessionEnded, SignInError } from "./session.js";

const TRANSACTION = "gatehouse.sign-in";

/** @implements {Flow} of session.js */
export class ImplicitFlow {
  renews = false;
  #tokens = null;

  /**
   * @param {import("./config.js").Config} config
   * @param {Pick<Window, "location" | "sessionStorage">} window
   * @param {new (options: object) => import("auth0-js").WebAuth} WebAuth auth0-js's
   */
  constructor(config, window, WebAuth) {
    this.window = window;
    const { domain } = config.auth0; // an origin; the library would put a second scheme before it
    this.client = new WebAuth({
      domain,
      overrides: { __token_issuer: `${domain}/`, __jwks_uri: `${domain}/.well-known/jwks.json` },
      clientID: config.auth0.client_id,
      audience: config.auth0.audience,
      scope: requestedScope(config),
      redirectUri: window.location.origin,
      responseType: "token id_token", // the ID token carries the nonce, the name and the picture
      _sendTelemetry: false,
    });
  }

  isCallback({ hash }) {
    const answer = new URLSearchParams(hash.replace(/^#/, ""));
    return answer.has("state") && (answer.has("access_token") || answer.has("error"));
  }

  async finish({ hash }) {
    const transaction = this.#takeTransaction();
    if (!transaction) throw new SignInError("missing_transaction");
    const { state, nonce, appState } = transaction;
    // Here too, because the library returns a tenant's error before it looks at the state.
    if (new URLSearchParams(hash.replace(/^#/, "")).get("state") !== state) throw new SignInError("state_mismatch");
    const answer = await this.#parse({ hash, state, nonce }, appState);
    // The library lets an ID token pass that vouches for no access token (§3.2.2.9).
    if (!answer?.idTokenPayload?.at_hash) throw new SignInError("incomplete", appState);
    this.#tokens = {
      accessToken: answer.accessToken,
      profile: answer.idTokenPayload,
      expiresAt: Date.now() + Number(answer.expiresIn ?? 0) * 1000,
    };
    return appState;
  }

  async leave({ appState, connection, prompt }) {
    // Kept in this tab; the library's own `authorize` keeps it in a cookie, which every request to the APIs would carry.
    const transaction = { state: randomText(), nonce: randomText(), appState };
    this.window.sessionStorage.setItem(TRANSACTION, JSON.stringify(transaction));
    const { state, nonce } = transaction;
    const options = { state, nonce, ...(connection && { connection }), ...(prompt && { prompt }) };
    this.window.location.assign(this.client.client.buildAuthorizeUrl(options));
  }

  async accessToken() {
    if (!this.#tokens || this.#tokens.expiresAt <= Date.now()) throw new SessionEnded("the access token has expired");
    return this.#tokens.accessToken;
  }

  async profile() {
    return this.#tokens.profile;
  }

  async signOut() {
    this.#tokens = null;
    this.window.location.assign(this.client.client.buildLogoutUrl({ returnTo: this.window.location.origin }));
  }

  /** Have the library check the state, the ID token (signature, issuer, audience, times, nonce) and the access token's hash. */
  #parse(options, appState) {
    return new Promise((resolve, reject) => {
      this.client.parseHash(options, (error, answer) => {
        if (!error) return resolve(answer);
        // `invalid_token` is the library's word for all that it found wrong; other codes are the tenant's.
        const code = !error.error || error.error.startsWith("invalid_") ? "incomplete" : error.error;
        return reject(new SignInError(code, appState));
      });
    });
  }

  /** A transaction is good for one answer only. */
  #takeTransaction() {
    const text = this.window.sessionStorage.getItem(TRANSACTION);
    this.window.sessionStorage.removeItem(TRANSACTION);
    return text && JSON.parse(text);
  }
}

function randomText() {
  const octets = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...octets))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
