/**
 * From the page's load to its first view, and from one view to the next.
 *
 * @import {Config} from "./config.js"
 * @import {Profile} from "./session.js"
 * @typedef {{profile: Profile, connection: string, scopes: string[]}} Session what is known of who is signed in
 */

import { createFlow } from "./auth.js";
import { loadConfig } from "./config.js";
import { element } from "./dom.js";
import { matchRoute, startRouter } from "./router.js";
import { arrive, SignedInFlag } from "./session.js";
import { connectionOf, decodeToken, scopesOf } from "./token.js";
import { headerView } from "./views/header.js";
import { homeView } from "./views/home.js";
import { listView } from "./views/list.js";
import { button, page, panel } from "./views/page.js";
import { problemView, signedOutView } from "./views/signed_out.js";
import { tokenView } from "./views/token.js";

class App {
  #leaving = new AbortController();

  constructor({ config, flow, flag }) {
    this.config = config;
    this.flow = flow;
    this.flag = flag;
    /** @type {Session | null} */
    this.session = null;
    /** @type {string | null} the code of a sign-in that failed, until the visitor moves on */
    this.problem = null;
  }

  async start() {
    this.#followOtherTabs();
    const arrival = await arrive({ flow: this.flow, flag: this.flag, location: window.location });
    if (arrival.kind === "leaving") return;
    if (arrival.kind === "signed-in") this.session = await this.#readSession();
    if (arrival.kind === "problem") this.problem = arrival.code;
    startRouter((pathname, moved) => this.show(pathname, moved)).open(arrival.route);
  }

  show(pathname, moved) {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    if (moved) this.problem = null;
    const view = this.#view(pathname, this.#leaving.signal);
    document.getElementById("header").replaceChildren(...this.#header(pathname));
    const heading = replaceMain(view);
    // On the first view the browser's own reading order is right; after a move the focus would be lost with the old view.
    if (moved) {
      window.scrollTo(0, 0);
      heading.focus({ preventScroll: true });
    }
  }

  #header(pathname) {
    const { config, session } = this;
    return headerView({ config, pathname, session, signOut: () => this.#signOut() });
  }

  #view(pathname, signal) {
    const { config, flow, session } = this;
    const route = matchRoute(pathname, config);
    const signIn = (connection, prompt) => this.#signIn(pathname, connection, prompt);
    if (this.problem) return problemView({ code: this.problem, retry: () => signIn() });
    if (route.view === "not-found") return notFoundView();
    if (!session) {
      return signedOutView({ config, asked: route.view === "list" ? config.apis[route.name].title : null, signIn });
    }
    if (route.view === "list") return listView({ config, api: config.apis[route.name], session, flow, signIn, signal });
    if (route.view === "token") return tokenView({ config, flow, signIn, signal });
    return homeView({ config, session });
  }

  async #signIn(route, connection, prompt) {
    await this.flow.leave({ appState: { route, silent: false }, connection, prompt });
  }

  async #signOut() {
    // First the flag: whatever happens next, a reload must not sign in again.
    this.flag.clear();
    this.session = null;
    await this.flow.signOut();
  }

  /** @returns {Promise<Session>} */
  async #readSession() {
    const profile = await this.flow.profile();
    const token = decodeToken(await this.flow.accessToken());
    return { profile, connection: connectionOf(profile.sub), scopes: scopesOf(token) };
  }

  /** Signed out there is signed out here, also on a page that the Back button brings back from the browser's memory. */
  #followOtherTabs() {
    const leave = () => window.location.replace("/");
    window.addEventListener("storage", (event) => {
      if (this.session && SignedInFlag.wasCleared(event)) leave();
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted && !this.flag.isSet()) leave();
    });
  }
}

function replaceMain(view) {
  const heading = view.querySelector("h1");
  document.title = heading.textContent === "Gatehouse" ? "Gatehouse" : `${heading.textContent} · Gatehouse`;
  document.getElementById("main").replaceChildren(view);
  return heading;
}

function notFoundView() {
  return page(
    { title: "There is nothing here", lead: "This address leads nowhere. It may have been typed or linked wrongly." },
    element("p", {}, element("a", { class: "button button-primary", href: "/" }, "Back to the start")),
  );
}

function brokenView(error) {
  const sentence = "The site cannot start. Please try again in a moment; if it stays like this, tell its owners.";
  const title = "Something is missing";
  return page(
    { title: "Gatehouse" },
    panel(
      { tone: "trouble", iconName: "alert", title, sentence: `${sentence} (${error.message})` },
      button("Try again", () => location.reload()),
    ),
  );
}

async function main() {
  try {
    const config = await loadConfig(window.fetch.bind(window));
    await new App({ config, flow: await createFlow(config), flag: new SignedInFlag(window.localStorage) }).start();
  } catch (error) {
    replaceMain(brokenView(error));
  }
}

main();
