/**
 * The page: chooses the view, and follows sign-ins and sign-outs in this tab and in others.
 *
 * @import {Api, Config} from "./config.js"
 * @import {Wish} from "./flow.js"
 * @import {Arrival, Session} from "./session.js"
 * @typedef {typeof import("./sign_in.js")} SignIn
 */

import { isPublic } from "./access.js";
import { afterAWhile, announce, byId, element } from "./dom.js";
import { duration, language, translated, useLanguage, words } from "./language.js";
import { Memory } from "./memory.js";
import { answerIn, currentRoute, matchRoute, replaceRoute, startRouter } from "./router.js";
import { asTrouble, causeOf, Trouble } from "./trouble.js";
import { brandView, footerView, menuToCome } from "./views/header.js";
import { linkButton, page } from "./views/page.js";
import { signedOutView } from "./views/signed_out.js";
import { noticeView, troubleView } from "./views/trouble.js";

/** The authorizer tolerates as much. A smaller difference may come from a slow network. */
const CLOCK_TOLERANCE_SECONDS = 60;

export class App {
  #leaving = new AbortController();
  /** Counts the visitor's actions, so that a late failure of an older action shows no message. */
  #attempt = 0;
  /** @type {(() => Promise<unknown>) | null} */
  #retryNotice = null;
  /** @type {SignIn | null} */
  #signIn = null;
  /** @type {Session | null} */
  #session = null;

  /**
   * @param {{config: Config, memory: Memory, fetch: typeof globalThis.fetch, skewSeconds: number}} parts
   *   `skewSeconds`: by how much this device's clock is ahead of the server's
   */
  constructor({ config, memory, fetch, skewSeconds }) {
    this.config = config;
    this.memory = memory;
    this.fetch = fetch;
    this.skewSeconds = skewSeconds;
    /** @type {Trouble | null} why the site could not find out who the visitor is */
    this.trouble = null;
    /** @type {Trouble | null} a message above the view, until the visitor goes elsewhere */
    this.notice = null;
  }

  async start() {
    this.#followOtherTabs();
    const answer = answerIn(location, this.config.auth0.login_flow);
    if (answer || this.memory.hasPerson) {
      if (answer) showOpening(words.restoring);
      else this.#showRestoring();
      this.#take(await this.#arrive(answer));
    } else if (this.memory.takeSignedOut()) {
      this.notice = new Trouble("signed_out");
    }
    startRouter((moved) => this.show(moved));
  }

  get isSignedIn() {
    return this.#session?.isSignedIn ?? false;
  }

  /** @returns {Session} for views of a visitor who is signed in */
  get session() {
    if (!this.#session) throw new Trouble("session_ended");
    return this.#session;
  }

  /** @returns {Promise<Session>} @throws {Trouble} the part of the site that signs people in does not load */
  async #loadSession() {
    try {
      this.#signIn ??= await import("./sign_in.js");
    } catch (error) {
      throw new Trouble(causeOf(error, "part_missing", "part_missing"));
    }
    this.#session ??= this.#signIn.createSession(this.config, this.memory);
    return this.#session;
  }

  /** @param {URLSearchParams | null} answer @returns {Promise<Arrival>} */
  async #arrive(answer) {
    try {
      const session = await this.#loadSession();
      return await session.arrive(answer, currentRoute(), (route) => {
        replaceRoute(route);
        this.#showRestoring();
      });
    } catch (error) {
      return { kind: "trouble", trouble: asTrouble(error) };
    }
  }

  /**
   * Draw the view of the current address.
   *
   * @param {boolean} [moved] whether the visitor has just come from another view
   * @returns {Promise<unknown>} ends when the view has its content
   */
  show(moved = false) {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    if (moved) this.notice = null;
    if (moved && !this.memory.hasPerson) this.trouble = null;
    document.documentElement.lang = language;
    document.documentElement.dir = words.direction;
    byId("skip").textContent = words.skip;
    const account =
      this.isSignedIn && this.#signIn ? [this.#signIn.menuView(this), this.#signIn.accountView(this)] : [];
    byId("header").replaceChildren(brandView(), ...account);
    byId("footer").replaceChildren(...footerView(this));
    const { view, ready = Promise.resolve() } = this.#view(this.#leaving.signal);
    const notice = this.notice && noticeView(this, this.notice, this.#retryNotice);
    byId("main").replaceChildren(...(notice ? [notice] : []), view);
    const heading = /** @type {HTMLElement} */ (view.querySelector("h1"));
    this.nameThePage(heading.textContent ?? "");
    // The browser places the focus on the first view. After a move, the focus would disappear with the old view.
    if (moved) heading.focus({ preventScroll: true });
    return ready;
  }

  /** @param {string} name */
  nameThePage(name) {
    document.title = name === "Gatehouse" ? name : `${name.replace(/[\u202a-\u202e\u2066-\u2069]/g, "")} · Gatehouse`;
  }

  /** @param {AbortSignal} signal @returns {{view: HTMLElement, ready?: Promise<unknown>}} */
  #view(signal) {
    const route = matchRoute(location.pathname, this.config);
    if (this.trouble) return { view: troubleView(this, this.trouble) };
    if (route.view === "not-found") return { view: notFoundView() };
    const open = route.view === "list" ? this.#publicApi(route.name) : null;
    if (this.#signIn && (this.isSignedIn || open)) return this.#signIn.viewOf(this, route, signal);
    if (open) return { view: page({ title: translated(open.title) }), ready: this.#showWhenLoaded(signal) };
    return { view: signedOutView(this, "name" in route ? route.name : null) };
  }

  /** Show the heading of the coming view, so that there is something to read during the request to the tenant. */
  #showRestoring() {
    byId("header").replaceChildren(brandView(), menuToCome(this.config));
    const route = matchRoute(location.pathname, this.config);
    if (route.view === "home") return showOpening(words.restoring, { title: words.welcomeBack });
    const api = route.view === "list" ? this.config.apis[route.name] : null;
    return showOpening(
      words.restoring,
      api ? { title: translated(api.title), lead: translated(api.description) } : null,
    );
  }

  /** @param {string} name @returns {Api | null} the API, if anybody may see its list */
  #publicApi(name) {
    const api = this.config.apis[name];
    return api && isPublic(api) ? api : null;
  }

  /** The part of the site that draws lists is in the file that signs people in. @param {AbortSignal} signal */
  async #showWhenLoaded(signal) {
    try {
      await this.#loadSession();
    } catch (error) {
      this.trouble = asTrouble(error);
    }
    if (!signal.aborted) this.show();
  }

  /** @param {Wish} wish @returns {Promise<void>} */
  signIn(wish) {
    return this.#attempting(
      (session) => session.signIn(wish, currentRoute()),
      () => this.signIn(wish),
    );
  }

  /** Find out again who is signed in. @returns {Promise<void>} */
  restore() {
    return this.#attempting(
      (session) => session.restore(currentRoute()),
      () => this.restore(),
    );
  }

  /** Repeat the action that led to `trouble`. */
  retry() {
    return this.memory.hasPerson ? this.restore() : this.signIn({});
  }

  async signOut() {
    const attempt = this.#begin();
    this.#leaving.abort(); // if the view still waits for an answer, that would arrive after the sign-out
    try {
      const session = await this.#loadSession();
      await session.signOut();
    } catch {
      if (attempt !== this.#attempt) return;
      this.trouble = null;
      this.#tell(new Trouble("sign_out_unfinished"), null);
    }
  }

  goOnSignedOut() {
    this.trouble = null;
    this.show();
  }

  /** @param {string} code a language's */
  async speak(code) {
    this.memory.setLanguage(code);
    await useLanguage([code]);
    this.show();
    byId("language").focus();
  }

  /** @returns {number} */
  #begin() {
    this.#attempt += 1;
    this.memory.forgetDepartures(); // the visitor has acted, so the page is not in an endless loop
    return this.#attempt;
  }

  /**
   * @param {(session: Session) => Promise<Arrival>} action
   * @param {() => Promise<unknown>} again
   */
  async #attempting(action, again) {
    const attempt = this.#begin();
    try {
      const arrival = await action(await this.#loadSession());
      if (attempt !== this.#attempt) return;
      this.#take(arrival);
      await this.show();
    } catch (error) {
      if (attempt === this.#attempt) this.#tell(asTrouble(error), again);
    }
  }

  /** @param {Arrival} arrival */
  #take(arrival) {
    this.trouble = arrival.kind === "trouble" ? this.#named(arrival.trouble) : null;
    this.notice = arrival.kind === "trouble" ? null : arrival.notice;
    this.#retryNotice = null;
  }

  /** @param {Trouble} trouble @param {(() => Promise<unknown>) | null} retry */
  #tell(trouble, retry) {
    this.notice = this.#named(trouble);
    this.#retryNotice = retry;
    if (trouble.kind === "sign_out_unfinished") this.show();
    else this.#showNotice();
  }

  /** Show the notice above the view. The view and the focus stay as they are. */
  #showNotice() {
    if (!this.notice) return;
    const old = byId("main").querySelector(":scope > .panel");
    const panel = noticeView(this, this.notice, this.#retryNotice);
    if (old) old.replaceWith(panel);
    else byId("main").prepend(panel);
    panel.scrollIntoView({ block: "nearest" });
  }

  /** Name the clock that is wrong, by the server's Date header. @param {Trouble} trouble @returns {Trouble} */
  #named(trouble) {
    if (trouble.kind !== "clock") return trouble;
    const seconds = Math.abs(this.skewSeconds);
    if (seconds <= CLOCK_TOLERANCE_SECONDS) return new Trouble("clock_tenant");
    return new Trouble("clock_device", { name: duration(Math.round(seconds / 60) * 60) });
  }

  #followOtherTabs() {
    window.addEventListener("storage", async (event) => {
      const happened = Memory.whatHappened(event);
      if (happened === "signed-out" && this.isSignedIn) this.#become(new Trouble("signed_out_elsewhere"));
      if (happened !== "signed-in") return;
      if (!this.isSignedIn) {
        if (!this.trouble) this.#become(new Trouble("signed_in_elsewhere"));
        return;
      }
      const { sub, name = sub } = this.session.profile;
      if (await this.memory.isPerson(sub)) return;
      this.#become(null, new Trouble("other_person", { name }));
    });
    // Back may show a page from the browser's memory. Its requests have ended, and somebody may have signed out since.
    window.addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      this.#attempt += 1;
      if (this.isSignedIn && !this.memory.hasPerson) this.#become(new Trouble("signed_out"));
      else this.show();
    });
  }

  /** Show the page to a visitor who is no longer signed in. @param {Trouble | null} notice @param {Trouble | null} [trouble] */
  #become(notice, trouble = null) {
    this.#attempt += 1;
    if (notice?.kind !== "signed_in_elsewhere") this.#session?.drop();
    this.trouble = trouble;
    this.notice = notice;
    this.#retryNotice = null;
    this.show();
  }
}

/**
 * @param {string} text what the page is doing; if it takes long, screen readers hear more
 * @param {{title: string, lead?: string} | null} [heading] of the coming view, if it is known
 */
export function showOpening(text, heading = null) {
  const line = element("p", { class: "opening", role: "status" }, element("span", { class: "spinner" }), text);
  byId("main").replaceChildren(heading ? page(heading, line) : line);
  afterAWhile(() => {
    if (!line.isConnected) return;
    line.append(` ${words.takesLonger}`);
    announce(words.takesLonger);
  });
}

function notFoundView() {
  return page(
    { title: words.nothingHere, lead: words.nothingHereLead },
    element("p", {}, linkButton(words.backToStart, "/", "primary")),
  );
}
