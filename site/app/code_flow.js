/**
 * Authorization code + PKCE (RFC 7636, OpenID Connect Core §3.1) with oauth4webapi. The library checks every answer: state, nonce,
 * and the ID token's issuer, audience, algorithm and times. Why this library: docs/decisions/0024.
 *
 * @import {Auth0Settings} from "./config.js"
 * @import {Flow, Tokens} from "./flow.js"
 */

import * as oauth from "oauth4webapi";
import { causeOf, Trouble } from "./trouble.js";

const TIMEOUT_MILLISECONDS = 10_000;
const CLOCK_TOLERANCE_SECONDS = 60;

/** @implements {Flow} */
export class CodeFlow {
  /**
   * @param {Auth0Settings} settings
   * @param {string} scope
   * @param {string} origin
   */
  constructor({ domain, client_id, audience }, scope, origin) {
    this.server = {
      issuer: `${domain}/`,
      authorization_endpoint: `${domain}/authorize`,
      token_endpoint: `${domain}/oauth/token`,
    };
    this.client = { client_id, [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS };
    this.parameters = { client_id, audience, scope: `${scope} offline_access`, redirect_uri: origin };
    this.isLocal = domain.startsWith("http:"); // config.js allows http only on this machine
    this.renew = this.renew.bind(this);
  }

  /** @type {Flow["prepare"]} */
  async prepare({ connection, prompt, inFrame }) {
    const kept = { verifier: oauth.generateRandomCodeVerifier(), nonce: oauth.generateRandomNonce() };
    const state = oauth.generateRandomState();
    const address = new URL(this.server.authorization_endpoint);
    address.search = new URLSearchParams({
      ...this.parameters,
      response_type: "code",
      code_challenge: await oauth.calculatePKCECodeChallenge(kept.verifier),
      code_challenge_method: "S256",
      nonce: kept.nonce,
      state,
      ...(connection && { connection }),
      ...(prompt && { prompt }),
      ...(inFrame && { response_mode: "web_message" }),
    }).toString();
    return { address: address.href, state, kept };
  }

  /** @type {Flow["redeem"]} */
  async redeem(answer, state, { verifier = "", nonce = "" }) {
    const { server, client } = this;
    try {
      const checked = oauth.validateAuthResponse(server, client, answer, state);
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        oauth.None(),
        checked,
        this.parameters.redirect_uri,
        verifier,
        this.#options(),
      );
      const expected = { expectedNonce: nonce, requireIdToken: true };
      return toTokens(await oauth.processAuthorizationCodeResponse(server, client, response, expected));
    } catch (error) {
      throw troubleOf(error);
    }
  }

  /** @param {string} refreshToken @returns {Promise<Tokens>} */
  async renew(refreshToken) {
    const { server, client } = this;
    try {
      const options = this.#options();
      const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, options);
      return toTokens(await oauth.processRefreshTokenResponse(server, client, response));
    } catch (error) {
      throw isRefusal(error, "invalid_grant") ? new Trouble("session_ended") : troubleOf(error);
    }
  }

  signOutAddress() {
    const { client_id, redirect_uri } = this.parameters;
    return `${new URL("/v2/logout", this.server.issuer)}?${new URLSearchParams({ client_id, returnTo: redirect_uri })}`;
  }

  #options() {
    return { [oauth.allowInsecureRequests]: this.isLocal, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) };
  }
}

/** @param {oauth.TokenEndpointResponse} response @returns {Tokens} */
function toTokens(response) {
  const claims = oauth.getValidatedIdTokenClaims(response);
  if (!claims || response.expires_in === undefined) throw new Trouble("incomplete", { code: "no_id_token" });
  return {
    accessToken: response.access_token,
    seconds: response.expires_in,
    refreshToken: response.refresh_token ?? null,
    profile: /** @type {import("./flow.js").Profile} */ (/** @type {unknown} */ (claims)),
  };
}

/** @param {unknown} error @param {string} code */
function isRefusal(error, code) {
  return error instanceof oauth.ResponseBodyError && error.error === code;
}

/**
 * @param {unknown} error of oauth4webapi, or of `fetch`
 * @returns {Trouble}
 */
function troubleOf(error) {
  if (error instanceof Trouble) return error;
  if (error instanceof oauth.ResponseBodyError) {
    if (error.status === 429) return new Trouble("tenant_busy");
    return error.status >= 500 ? new Trouble("tenant_down") : new Trouble("incomplete", { code: error.error });
  }
  if (error instanceof oauth.OperationProcessingError) {
    if (error.code === oauth.JWT_TIMESTAMP_CHECK) return new Trouble("clock");
    const status = error.cause instanceof Response ? error.cause.status : 0;
    if (status === 429) return new Trouble("tenant_busy");
    return status >= 500 ? new Trouble("tenant_down") : new Trouble("incomplete", { code: error.code ?? "unknown" });
  }
  return new Trouble(causeOf(error, "tenant_slow", "tenant_down"));
}
