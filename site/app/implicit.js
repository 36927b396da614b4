/**
 * The implicit flow (OpenID Connect Core §3.2), for tenants that still need it; auth0-spa-js does not do it.
 *
 * Legacy: the access token travels in the address and cannot be renewed. Chosen by `auth0.login_flow = "implicit"` in the
 * configuration, never by the visitor.
 */

import { requestedScope } from "./auth.js";
import { encodeBase64Url, verifyIdToken } from "./id_token.js";
import { SessionEnded, SignInError } from "./session.js";

const TRANSACTION = "gatehouse.sign-in";

/** @implements {Flow} of session.js */
export class ImplicitFlow {
  renews = false;
  #tokens = null;

  /**
   * @param {import("./config.js").Config} config
   * @param {Pick<Window, "location" | "sessionStorage" | "fetch">} window
   */
  constructor(config, window) {
    this.config = config;
    this.window = window;
  }

  isCallback({ hash }) {
    const answer = parseFragment(hash);
    return answer.has("state") && (answer.has("access_token") || answer.has("error"));
  }

  async finish({ hash }) {
    const answer = parseFragment(hash);
    const transaction = this.#takeTransaction();
    if (!transaction) throw new SignInError("missing_transaction");
    const { appState } = transaction;
    if (answer.get("state") !== transaction.state) throw new SignInError("state_mismatch");
    if (answer.has("error")) throw new SignInError(answer.get("error"), appState);
    try {
      this.#tokens = await this.#verifiedTokens(answer, transaction.nonce);
    } catch {
      throw new SignInError("incomplete", appState);
    }
    return appState;
  }

  async leave({ appState, connection, prompt }) {
    const transaction = { state: randomText(), nonce: randomText(), appState };
    this.window.sessionStorage.setItem(TRANSACTION, JSON.stringify(transaction));
    this.window.location.assign(this.#authorizeAddress(transaction, { connection, prompt }));
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
    const query = new URLSearchParams({
      client_id: this.config.auth0.client_id,
      returnTo: this.window.location.origin,
    });
    this.window.location.assign(`${this.config.auth0.domain}/v2/logout?${query}`);
  }

  async #verifiedTokens(answer, nonce) {
    const { domain, client_id: clientId } = this.config.auth0;
    const accessToken = answer.get("access_token");
    const response = await this.window.fetch(`${domain}/.well-known/jwks.json`);
    const now = Date.now();
    const profile = await verifyIdToken(answer.get("id_token") ?? "", {
      issuer: `${domain}/`,
      clientId,
      nonce,
      accessToken,
      jwks: await response.json(),
      now: now / 1000,
    });
    return { accessToken, profile, expiresAt: now + Number(answer.get("expires_in") ?? 0) * 1000 };
  }

  #authorizeAddress({ state, nonce }, { connection, prompt }) {
    const { domain, client_id, audience } = this.config.auth0;
    const query = new URLSearchParams({
      response_type: "token id_token", // the ID token carries the nonce, the name and the picture
      client_id,
      audience,
      scope: requestedScope(this.config),
      redirect_uri: this.window.location.origin,
      state,
      nonce,
      ...(connection && { connection }),
      ...(prompt && { prompt }),
    });
    return `${domain}/authorize?${query}`;
  }

  /** A transaction is good for one answer only. */
  #takeTransaction() {
    const text = this.window.sessionStorage.getItem(TRANSACTION);
    this.window.sessionStorage.removeItem(TRANSACTION);
    return text && JSON.parse(text);
  }
}

function parseFragment(hash) {
  return new URLSearchParams(hash.replace(/^#/, ""));
}

function randomText() {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}
