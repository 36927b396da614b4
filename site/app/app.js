/**
 * The page: which view is shown to whom, and what happens when somebody signs in or out, here or in another tab.
 *
 * @import {Config} from "./config.js"
 * @import {Wish} from "./flow.js"
 * @import {Arrival, Session} from "./session.js"
 * @typedef {typeof import("./views/signed_in.js")} SignedInViews
 */

import { afterAWhile, announce, byId, element } from "./dom.js";
import { answerIn } from "./flow.js";
import { duration, language, useLanguage, words } from "./language.js";
import { Memory } from "./memory.js";
import { currentRoute, matchRoute, replaceRoute, startRouter } from "./router.js";
import { asTrouble, causeOf, Trouble } from "./trouble.js";
import { footerView, headerView } from "./views/header.js";
import { linkButton, page } from "./views/page.js";
import { signedOutView } from "./views/signed_out.js";
import { noticeView, troubleView } from "./views/trouble.js";

/** More than tokens tolerate; less is a slow network's doing. */
const CLOCK_TOLERANCE_SECONDS = 60;

export class App {
  #leaving = new AbortController();
  /** Counts what the visitor started, so that a late failure of something older is not told. */
  #attempt = 0;
  /** @type {(() => Promise<unknown>) | null} */
  #retryNotice = null;
  /** @type {SignedInViews | null} loaded when somebody signs in, because no other visitor needs them */
  #views = null;

  /**
   * @param {{config: Config, session: Session, memory: Memory, fetch: typeof globalThis.fetch, skewSeconds: number}} parts
   *   `skewSeconds`: by how much this device's clock is ahead of the server's
   */
  constructor({ config, session, memory, fetch, skewSeconds }) {
    this.config = config;
    this.session = session;
    this.memory = memory;
    this.fetch = fetch;
    this.skewSeconds = skewSeconds;
    /** @type {Trouble | null} why it is not known who the visitor is */
    this.trouble = null;
    /** @type {Trouble | null} something to tell in passing, until the visitor moves on */
    this.notice = null;
  }

  async start() {
    this.#followOtherTabs();
    const answer = answerIn(location, this.config.auth0.login_flow);
    if (answer || this.memory.hasPerson) showOpening(words.restoring);
    await this.#take(await this.session.arrive(answer, currentRoute(), replaceRoute));
    startRouter((moved) => this.show(moved));
  }

  /**
   * Draw the view of the current address.
   *
   * @param {boolean} [moved] whether the visitor has just gone there
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
    byId("header").replaceChildren(...headerView(this));
    byId("footer").replaceChildren(...footerView(this));
    const { view, ready = Promise.resolve() } = this.#view(this.#leaving.signal);
    const notice = this.notice && noticeView(this, this.notice, this.#retryNotice);
    byId("main").replaceChildren(...(notice ? [notice] : []), view);
    const heading = /** @type {HTMLElement} */ (view.querySelector("h1"));
    this.nameThePage(heading.textContent ?? "");
    // On the first view the browser's own reading order is right; after a move the focus would be lost with the old view.
    if (moved) heading.focus({ preventScroll: true });
    return ready;
  }

  /** @param {string} name */
  nameThePage(name) {
    document.title = name === "Gatehouse" ? name : `${name.replace(/[\u202a-\u202e\u2066-\u2069]/g, "")} · Gatehouse`;
  }

  /** @param {AbortSignal} signal @returns {{view: HTMLElement, ready?: Promise<unknown>}} */
  #view(signal) {
    const { config, session } = this;
    const route = matchRoute(location.pathname, config);
    if (this.trouble) return { view: troubleView(this, this.trouble) };
    if (route.view === "not-found") return { view: notFoundView() };
    if (!session.isSignedIn || !this.#views) return { view: signedOutView(this, "name" in route ? route.name : null) };
    return this.#views.viewOf(this, route, signal);
  }

  /** @param {Wish} wish @returns {Promise<void>} */
  signIn(wish) {
    return this.#attempting(
      () => this.session.signIn(wish, currentRoute()),
      () => this.signIn(wish),
    );
  }

  /** Find out again who is signed in. @returns {Promise<void>} */
  restore() {
    return this.#attempting(
      () => this.session.restore(currentRoute()),
      () => this.restore(),
    );
  }

  /** What the visitor wanted when `trouble` came up. */
  retry() {
    return this.memory.hasPerson ? this.restore() : this.signIn({});
  }

  async signOut() {
    const attempt = this.#begin();
    try {
      await this.session.signOut();
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

  /** @param {string} code of a language */
  async speak(code) {
    this.memory.setLanguage(code);
    await useLanguage([code]);
    this.show();
    byId("language").focus();
  }

  /** @returns {number} */
  #begin() {
    this.#attempt += 1;
    this.memory.forgetDepartures(); // the visitor asks, so this is no circle
    return this.#attempt;
  }

  /**
   * @param {() => Promise<Arrival>} action
   * @param {() => Promise<unknown>} again
   */
  async #attempting(action, again) {
    const attempt = this.#begin();
    try {
      const arrival = await action();
      if (attempt !== this.#attempt) return;
      await this.#take(arrival);
      await this.show();
    } catch (error) {
      if (attempt === this.#attempt) this.#tell(asTrouble(error), again);
    }
  }

  /** @param {Arrival} arrival */
  async #take(arrival) {
    this.trouble = arrival.kind === "trouble" ? this.#named(arrival.trouble) : null;
    this.notice = arrival.kind === "trouble" ? null : arrival.notice;
    this.#retryNotice = null;
    if (arrival.kind !== "signed-in") return;
    try {
      this.#views ??= await import("./views/signed_in.js");
    } catch (error) {
      this.trouble = new Trouble(causeOf(error, "part_missing", "part_missing"));
    }
  }

  /** @param {Trouble} trouble @param {(() => Promise<unknown>) | null} retry */
  #tell(trouble, retry) {
    this.notice = this.#named(trouble);
    this.#retryNotice = retry;
    if (trouble.kind === "sign_out_unfinished") this.show();
    else this.#showNotice();
  }

  /** Above the view, which stays as it is, with the focus where it is. */
  #showNotice() {
    if (!this.notice) return;
    const old = byId("main").querySelector(":scope > .panel");
    const panel = noticeView(this, this.notice, this.#retryNotice);
    if (old) old.replaceWith(panel);
    else byId("main").prepend(panel);
    panel.scrollIntoView({ block: "nearest" });
  }

  /** Whose clock is wrong: the server's Date header tells. @param {Trouble} trouble @returns {Trouble} */
  #named(trouble) {
    if (trouble.kind !== "clock") return trouble;
    const seconds = Math.abs(this.skewSeconds);
    if (seconds <= CLOCK_TOLERANCE_SECONDS) return new Trouble("clock_tenant");
    return new Trouble("clock_device", { name: duration(Math.round(seconds / 60) * 60) });
  }

  #followOtherTabs() {
    window.addEventListener("storage", async (event) => {
      const happened = Memory.whatHappened(event);
      if (happened === "signed-out" && this.session.isSignedIn) this.#become(new Trouble("signed_out_elsewhere"));
      if (happened !== "signed-in") return;
      if (!this.session.isSignedIn) {
        if (!this.trouble) this.#become(new Trouble("signed_in_elsewhere"));
        return;
      }
      const { sub, name = sub } = this.session.profile;
      if (await this.memory.isPerson(sub)) return;
      this.#become(null, new Trouble("other_person", { name }));
    });
    // A page that Back brings back from the browser's memory: whatever it waited for is over, and somebody may have signed out.
    window.addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      this.#attempt += 1;
      if (this.session.isSignedIn && !this.memory.hasPerson) this.#become(new Trouble("signed_out"));
      else this.show();
    });
  }

  /** Nobody is signed in here any more. @param {Trouble | null} notice @param {Trouble | null} [trouble] */
  #become(notice, trouble = null) {
    this.#attempt += 1;
    if (notice?.kind !== "signed_in_elsewhere") this.session.drop();
    this.trouble = trouble;
    this.notice = notice;
    this.#retryNotice = null;
    this.show();
  }
}

/** @param {string} text what the page is doing; also said when it takes long */
export function showOpening(text) {
  const line = element("p", { class: "opening", role: "status" }, element("span", { class: "spinner" }), text);
  byId("main").replaceChildren(line);
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
