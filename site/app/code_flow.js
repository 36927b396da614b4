/** Authorization code + PKCE by auth0-spa-js: tokens in memory, the rotating refresh token in a worker out of this page's reach. */

import { Auth0Client } from "@auth0/auth0-spa-js";
import { requestedScope } from "./auth.js";
import { SessionEnded, SignInError } from "./session.js";

/** Errors of the token endpoint, or of the SDK before it, that only a new sign-in mends. */
const NEEDS_SIGN_IN = ["missing_refresh_token", "invalid_grant", "login_required"];

/** @implements {Flow} of session.js */
export class CodeFlow {
  renews = true;

  /**
   * @param {import("./config.js").Config} config
   * @param {string} origin where the tenant sends people back to
   */
  constructor(config, origin) {
    this.origin = origin;
    this.client = new Auth0Client({
      domain: config.auth0.domain,
      clientId: config.auth0.client_id,
      authorizationParams: { audience: config.auth0.audience, scope: requestedScope(config), redirect_uri: origin },
      cacheLocation: "memory",
      useRefreshTokens: true,
      workerUrl: AUTH0_WORKER_URL,
      legacySameSiteCookie: false,
    });
  }

  isCallback({ search }) {
    const query = new URLSearchParams(search);
    return query.has("state") && (query.has("code") || query.has("error"));
  }

  async finish({ href }) {
    try {
      const { appState } = await this.client.handleRedirectCallback(href);
      return appState;
    } catch (error) {
      // Without a code it is the network's failure or an ID token that did not verify; neither has a name worth showing.
      throw new SignInError(error.error ?? "incomplete", error.appState ?? null);
    }
  }

  async leave({ appState, connection, prompt }) {
    await this.client.loginWithRedirect({
      appState,
      authorizationParams: { ...(connection && { connection }), ...(prompt && { prompt }) },
    });
  }

  async accessToken({ fresh = false } = {}) {
    try {
      return await this.client.getTokenSilently({ cacheMode: fresh ? "off" : "on" });
    } catch (error) {
      throw NEEDS_SIGN_IN.includes(error.error) ? new SessionEnded(error.error) : error;
    }
  }

  async profile() {
    return this.client.getUser();
  }

  async signOut() {
    await this.client.logout({ logoutParams: { returnTo: this.origin } });
  }
}
