/** What someone meets who is not signed in, and the answer to a sign-in that did not work out. */

import { element, icon } from "../dom.js";
import { connectionsFor, listWords } from "../explain.js";
import { button, page, panel } from "./page.js";

/** Our own words for the codes of OAuth 2.0 §4.1.2.1, of OpenID Connect and of the SDK; texts from the address are never shown. */
const PROBLEMS = {
  access_denied: ["Sign-in was cancelled", "You stopped half-way, or the sign-in was refused. Nothing has changed."],
  state_mismatch: [
    "This sign-in is not yours",
    "The answer does not belong to a sign-in that was started here, so it was thrown away.",
  ],
  missing_transaction: [
    "This sign-in was started elsewhere",
    "It began in another tab, or it was already used once. Please start again from here.",
  ],
  temporarily_unavailable: ["Sign-in is not available", "The sign-in service is busy. Please try again in a moment."],
};
const OTHER_PROBLEM = [
  "Sign-in did not complete",
  "Something between you and the sign-in service went wrong. Please try again.",
];

/**
 * @param {{config: import("../config.js").Config, asked: string | null, signIn: (connection?: string) => void}} options
 *   `asked`: the title of the API whose address was opened, if one was
 * @returns {HTMLElement}
 */
export function signedOutView({ config, asked, signIn }) {
  const connections = Object.entries(config.connections);
  return page(
    {
      title: asked ? `Sign in to see ${asked.toLowerCase()}` : "One gate, and what lies behind it",
      lead: "What you may see here depends on how you sign in. Choose a way; you can come back for another.",
      className: "page-welcome",
    },
    element("div", { class: "gate" }, signInCard(connections, signIn)),
    element("ul", { class: "doors" }, ...Object.values(config.apis).map((api) => door(config, api))),
  );
}

/**
 * @param {{code: string, retry: () => void}} options
 * @returns {HTMLElement}
 */
export function problemView({ code, retry }) {
  const [title, sentence] = Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : OTHER_PROBLEM;
  const back = element("a", { class: "button button-plain", href: "/" }, "Back to the start");
  return page(
    { title: "Signing in" },
    panel({ tone: "trouble", iconName: "alert", title, sentence }, button("Try again", retry), back),
  );
}

function signInCard(connections, signIn) {
  return element(
    "div",
    { class: "sign-in-card" },
    button("Sign in", () => signIn()),
    element("p", { class: "divider" }, element("span", {}, "or")),
    element("div", { class: "connections" }, ...connections.map((entry) => connectionButton(entry, signIn))),
  );
}

function connectionButton([name, { display_name }], signIn) {
  const badge = element("span", { class: "badge", "aria-hidden": "true" }, [...display_name][0]);
  return element(
    "button",
    { type: "button", class: "button button-plain button-connection", onclick: () => signIn(name) },
    badge,
    `Sign in with ${display_name}`,
  );
}

function door(config, api) {
  const opened = listWords(
    connectionsFor(config, api).map((name) => config.connections[name].display_name),
    "or",
  );
  return element(
    "li",
    { class: "door" },
    icon("key"),
    element(
      "div",
      {},
      element("h2", {}, api.title),
      element("p", {}, api.description),
      element("p", { class: "door-opens" }, opened ? `Opens with ${opened}` : "Opens with no sign-in yet"),
    ),
  );
}
