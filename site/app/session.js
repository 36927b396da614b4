/**
 * The sign-in: finds out who is signed in, signs in and out, and holds the tokens.
 *
 * Only this object holds the tokens, so a reload loses them. The tenant's own session survives, and so does the mark that somebody
 * is signed in (memory.js). With the mark, the page asks the tenant without the visitor (`prompt=none`, OpenID Connect Core
 * §3.1.2.1), first in a hidden frame. If the browser sends the tenant's cookie from the frame, that is enough. If not, the frame
 * has at least shown that the tenant answers, and the page goes there.
 *
 * @import {Flow, Profile, Request, Tokens, Wish} from "./flow.js"
 * @import {Memory, Pending} from "./memory.js"
 * @typedef {{kind: "signed-in", notice: Trouble | null} | {kind: "signed-out", notice: Trouble | null}
 *   | {kind: "trouble", trouble: Trouble}} Arrival `trouble`: the site could not find out who is signed in
 * @typedef {{memory: Memory, loadFlow: () => Promise<Flow>, ask: (address: string, state: string) => Promise<URLSearchParams>,
 *   leave: (address: string, options: {leavesTrace: boolean}) => Promise<never>, now?: () => number}} World the parts of
 *   the browser that a session uses. `ask` is askInFrame. `leave` goes to an address, and throws if the page is still there
 *   long after. `now` counts milliseconds
 */

import { connectionOf, decodeToken, scopesOf } from "./token.js";
import { causeOf, Trouble } from "./trouble.js";

/** The answers to `prompt=none` that mean "only with the visitor" (OpenID Connect Core §3.1.2.6). */
const NEEDS_THE_VISITOR = ["login_required", "interaction_required", "consent_required", "account_selection_required"];
/** A token that ends sooner is renewed before it is sent. */
const MARGIN_MILLISECONDS = 30_000;

export class Session {
  /** @type {(Tokens & {endsAt: number}) | null} */
  #tokens = null;
  /** @type {Promise<void> | null} one renewal at a time, because a refresh token that is used twice ends the session */
  #renewal = null;
  /** @type {Promise<Flow> | null} */
  #flow = null;

  /** @param {World} world */
  constructor({ memory, loadFlow, ask, leave, now = () => performance.now() }) {
    this.memory = memory;
    this.loadFlow = loadFlow;
    this.ask = ask;
    this.leave = leave;
    this.now = now;
  }

  get isSignedIn() {
    return this.#tokens !== null;
  }

  /** @returns {Profile} */
  get profile() {
    return this.#held().profile;
  }

  /** @returns {string} the name of the connection that the visitor signed in with */
  get connection() {
    return connectionOf(this.profile.sub);
  }

  /** @returns {string[]} */
  get scopes() {
    return scopesOf(decodeToken(this.#held().accessToken));
  }

  /** @returns {boolean} whether `accessToken({fresh: true})` can fetch a new token without leaving the page */
  get renews() {
    return this.#tokens?.refreshToken != null;
  }

  /**
   * Take the tenant's answer, or restore the sign-in that the browser remembers.
   *
   * @param {URLSearchParams | null} answer of the tenant, in the page's address; null if the address has none
   * @param {string} route the address without the answer
   * @param {(route: string) => void} setAddress called at once, so that a reload does not find the answer again
   * @returns {Promise<Arrival>}
   */
  async arrive(answer, route, setAddress) {
    const pending = answer && this.memory.takePending(answer.get("state") ?? "");
    if (answer && pending) {
      setAddress(ownRoute(pending.route));
      return this.#finish(answer, pending);
    }
    if (answer) setAddress("/"); // an old answer, or another person's, does not say who is signed in here
    if (this.memory.hasPerson) return this.restore(answer ? "/" : route);
    return signedOut(new Trouble(this.memory.isWaiting ? "answer_not_yours" : "answer_elsewhere"));
  }

  /**
   * Find the session that the tenant remembers, without the visitor.
   *
   * @param {string} route the place to return to
   * @param {Trouble | null} [notice] a message for the visitor once the session is found
   * @returns {Promise<Arrival>}
   */
  async restore(route, notice = null) {
    try {
      const { answer, accept } = await this.#askInFrame({ prompt: "none" });
      const error = answer.get("error");
      if (!error) return await accept(notice);
      if (!NEEDS_THE_VISITOR.includes(error)) throw refusal(answer);
      // The frame may have lacked the tenant's cookie. A visit of the page itself has it.
      if (!this.memory.countDeparture()) throw new Trouble("restore_stuck");
      return await this.#leave({ prompt: "none" }, route, notice);
    } catch (error) {
      return troubled(error);
    }
  }

  /**
   * Sign in: at once if the tenant knows the visitor, otherwise through its pages.
   *
   * @param {Wish} wish
   * @param {string} route the place to return to
   * @returns {Promise<Arrival>}
   * @throws {Trouble} the page did not leave
   */
  async signIn(wish, route) {
    const { answer, accept } = await this.#askInFrame({ ...wish, prompt: "none" });
    if (!wish.prompt && !answer.has("error")) return accept(null, true);
    return this.#leave(wish, route, null);
  }

  /**
   * End the session here, then at the tenant.
   *
   * @returns {Promise<never>}
   * @throws {Trouble} the tenant does not answer: it may still know the visitor
   */
  async signOut() {
    this.drop();
    this.memory.signOut(); // first, so that a reload cannot sign in again
    const flow = await this.#loadedFlow();
    await this.#askInFrame({ prompt: "none" });
    return this.leave(flow.signOutAddress(), { leavesTrace: true });
  }

  /** Forget the tokens. */
  drop() {
    this.#tokens = null;
  }

  /**
   * @param {{fresh?: boolean}} [options] `fresh`: renew it, however much time it has left
   * @returns {Promise<string>}
   * @throws {Trouble} there is no token, or no fresh one
   */
  async accessToken({ fresh = false } = {}) {
    const left = this.#held().endsAt - this.now();
    if (fresh || left < MARGIN_MILLISECONDS) {
      try {
        this.#renewal ??= this.#renew().finally(() => {
          this.#renewal = null;
        });
        await this.#renewal;
      } catch (error) {
        if (fresh || left <= 0) throw error; // otherwise the present token is still good
      }
    }
    return this.#held().accessToken;
  }

  async #renew() {
    const { refreshToken } = this.#held();
    const { renew } = await this.#loadedFlow();
    if (!renew || !refreshToken) throw new Trouble("session_ended");
    const tokens = await renew(refreshToken);
    if (this.#tokens) this.#keep({ ...tokens, refreshToken: tokens.refreshToken ?? refreshToken });
  }

  /** @returns {Tokens & {endsAt: number}} */
  #held() {
    if (!this.#tokens) throw new Trouble("session_ended");
    return this.#tokens;
  }

  /** @param {Tokens} tokens */
  #keep(tokens) {
    this.#tokens = { ...tokens, endsAt: this.now() + tokens.seconds * 1000 };
  }

  /** @returns {Promise<Flow>} */
  #loadedFlow() {
    this.#flow ??= this.loadFlow().catch((error) => {
      this.#flow = null; // so that another attempt can load it
      throw new Trouble(causeOf(error, "part_missing", "part_missing"));
    });
    return this.#flow;
  }

  /** @param {Wish} wish */
  async #askInFrame(wish) {
    const flow = await this.#loadedFlow();
    const { address, state, kept } = await flow.prepare({ ...wish, inFrame: true });
    const answer = await this.ask(address, state);
    /** @param {Trouble | null} notice @param {boolean} [isAsked] */
    const accept = async (notice, isAsked) => this.#accept(await flow.redeem(answer, state, kept), notice, isAsked);
    return { answer, accept };
  }

  /**
   * @param {Wish} wish
   * @param {string} route
   * @param {Trouble | null} notice
   * @returns {Promise<never>}
   */
  async #leave(wish, route, notice) {
    const flow = await this.#loadedFlow();
    const { address, state, kept } = await flow.prepare({ ...wish, inFrame: false });
    const silent = wish.prompt === "none";
    this.memory.keepPending(state, {
      route,
      silent,
      kept,
      notice: notice && { kind: notice.kind, facts: notice.facts },
    });
    return this.leave(address, { leavesTrace: !silent }); // Back skips a departure that the visitor did not ask for
  }

  /**
   * @param {URLSearchParams} answer
   * @param {Pending} pending
   * @returns {Promise<Arrival>}
   */
  async #finish(answer, { route, silent, kept, notice }) {
    this.memory.forgetDepartures();
    const told = notice && new Trouble(notice.kind, notice.facts);
    const error = answer.get("error");
    if (error) {
      if (silent && NEEDS_THE_VISITOR.includes(error)) {
        this.memory.forgetPerson();
        return signedOut(told ?? new Trouble("session_over"));
      }
      const trouble = refusal(answer);
      return this.memory.hasPerson && !silent ? this.restore(ownRoute(route), trouble) : troubled(trouble);
    }
    const isNew = !this.memory.hasPerson;
    this.memory.expectPerson(); // so that a reload before the exchange ends asks the tenant again
    try {
      const flow = await this.#loadedFlow();
      return await this.#accept(await flow.redeem(answer, answer.get("state") ?? "", kept), told, !silent);
    } catch (error) {
      if (isNew && error instanceof Trouble && !error.passes) this.memory.forgetPerson();
      return troubled(error);
    }
  }

  /**
   * @param {Tokens} tokens
   * @param {Trouble | null} notice
   * @param {boolean} [isAsked] whether the visitor has just chosen the account
   * @returns {Promise<Arrival>}
   */
  async #accept(tokens, notice, isAsked = false) {
    this.#keep(tokens);
    this.memory.forgetDepartures();
    const isExpected = (await this.memory.setPerson(tokens.profile.sub)) || isAsked;
    const name = tokens.profile.name ?? tokens.profile.sub;
    return { kind: "signed-in", notice: isExpected ? notice : new Trouble("other_person_now", { name }) };
  }
}

/** @param {Trouble | null} notice @returns {Arrival} */
function signedOut(notice) {
  return { kind: "signed-out", notice };
}

/** @param {unknown} error @returns {Arrival} */
function troubled(error) {
  if (error instanceof Trouble) return { kind: "trouble", trouble: error };
  throw error;
}

/**
 * @param {URLSearchParams} answer an error response (RFC 6749 §4.1.2.1) to a request of ours
 * @returns {Trouble}
 */
function refusal(answer) {
  const code = answer.get("error") ?? "";
  const reason = answer.get("error_description") ?? "";
  if (code === "temporarily_unavailable" || code === "server_error") return new Trouble("tenant_down");
  if (code === "too_many_requests") return new Trouble("tenant_busy");
  if (code !== "access_denied") return new Trouble("incomplete", { code });
  // Auth0 has the same code for a visitor who gave up and for an Action that refused; only the words differ.
  const gaveUp = reason === "" || /did not authorize|denied the request|cancel/i.test(reason);
  return gaveUp ? new Trouble("cancelled") : new Trouble("denied", { reason });
}

/** Only a path of this origin is a route; `//host` would be another origin's address. @param {unknown} route */
export function ownRoute(route) {
  return typeof route === "string" && /^\/(?![/\\\t\r\n])/.test(route) ? route : "/";
}
