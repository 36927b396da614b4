/**
 * From a page load to "signed in" or "signed out".
 *
 * Tokens live in memory only, so a reload loses them. What survives is a flag in localStorage that says that one was signed in:
 * worthless to a thief. When it is set, the page goes to the tenant once with `prompt=none` (OpenID Connect Core §3.1.2.1), at the
 * top level, which works where browsers block third-party cookies in iframes.
 *
 * @typedef {{sub: string, name?: string, picture?: string}} Profile the claims of the ID token that the site shows
 * @typedef {{route: string, silent: boolean}} AppState what travels through a sign-in
 * @typedef {object} Flow one way to obtain tokens
 * @property {(location: Location) => boolean} isCallback whether this address is the tenant's answer
 * @property {(location: Location) => Promise<AppState>} finish take the tokens from the answer; throws SignInError
 * @property {(request: {appState: AppState, connection?: string, prompt?: string}) => Promise<void>} leave go to the tenant
 * @property {(options?: {fresh?: boolean}) => Promise<string>} accessToken throws SessionEnded
 * @property {() => Promise<Profile>} profile
 * @property {() => Promise<void>} signOut end the tenant's session and come back to this origin
 * @property {boolean} renews whether `accessToken({fresh: true})` can fetch a new one without leaving the page
 *
 * @typedef {{kind: "signed-in", route: string} | {kind: "signed-out", route: string}
 *   | {kind: "problem", code: string, route: string} | {kind: "leaving"}} Arrival
 */

const FLAG = "gatehouse.signed-in";

/** Reloading twice while a silent sign-in is under way must not sign anyone out; going round for ever must not happen either. */
const MOST_SILENT_ATTEMPTS = 3;

/** The answers of the tenant to `prompt=none` that mean "not without the visitor" (OpenID Connect Core §3.1.2.6). */
const NEEDS_THE_VISITOR = ["login_required", "interaction_required", "consent_required", "account_selection_required"];

/** There is no access token and none can be had without signing in again. */
export class SessionEnded extends Error {}

/** A sign-in did not work out. */
export class SignInError extends Error {
  /**
   * @param {string} code an error code of OAuth 2.0, OpenID Connect or this site
   * @param {AppState | null} appState
   */
  constructor(code, appState = null) {
    super(code);
    this.code = code;
    this.appState = appState;
  }
}

/** The flag, and how often it has led to a silent sign-in since the last one that worked. */
export class SignedInFlag {
  /** @param {Storage} storage */
  constructor(storage) {
    this.storage = storage;
  }

  set() {
    this.storage.setItem(FLAG, "0");
  }

  clear() {
    this.storage.removeItem(FLAG);
  }

  isSet() {
    return this.storage.getItem(FLAG) !== null;
  }

  /** @returns {boolean} whether a silent sign-in may be tried; each yes is counted, and the last no clears the flag */
  takeAttempt() {
    if (!this.isSet()) return false;
    const attempts = Number(this.storage.getItem(FLAG));
    if (!(attempts < MOST_SILENT_ATTEMPTS)) {
      this.clear();
      return false;
    }
    this.storage.setItem(FLAG, String(attempts + 1));
    return true;
  }

  /** @param {StorageEvent} event @returns {boolean} whether another tab has just signed out */
  static wasCleared(event) {
    // A null key is `localStorage.clear()`.
    return event.key === null || (event.key === FLAG && event.newValue === null);
  }
}

/**
 * Work out what loading this page means.
 *
 * @param {{flow: Flow, flag: SignedInFlag, location: Location}} options
 * @returns {Promise<Arrival>}
 */
export async function arrive({ flow, flag, location }) {
  if (flow.isCallback(location)) return finishSignIn(flow, flag, location);
  if (flag.takeAttempt()) {
    await flow.leave({ appState: { route: location.pathname, silent: true }, prompt: "none" });
    return { kind: "leaving" };
  }
  return { kind: "signed-out", route: location.pathname };
}

async function finishSignIn(flow, flag, location) {
  try {
    const { route } = await flow.finish(location);
    flag.set();
    return { kind: "signed-in", route: ownRoute(route) };
  } catch (error) {
    flag.clear();
    const { code, appState } = error instanceof SignInError ? error : new SignInError("incomplete");
    const route = ownRoute(appState?.route);
    const expected = appState?.silent && NEEDS_THE_VISITOR.includes(code);
    return expected ? { kind: "signed-out", route } : { kind: "problem", code, route };
  }
}

/** Only a path of this origin is a route; `//host` would be an address elsewhere. */
function ownRoute(route) {
  return typeof route === "string" && /^\/(?![/\\])/.test(route) ? route : "/";
}
