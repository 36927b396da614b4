/**
 * The parts that several views share: a page with its heading, a panel, buttons, and the panel of a failure.
 *
 * @import {Child} from "../dom.js"
 * @import {Trouble} from "../trouble.js"
 */

import { afterAWhile, announce, element, icon, quoted, swap } from "../dom.js";
import { duration, words } from "../language.js";

/**
 * @param {{title: string | HTMLElement, lead?: string | null, className?: string, above?: HTMLElement | null}} heading
 * @param {...Child} children
 * @returns {HTMLElement} its h1 gets the focus when the route changes
 */
export function page({ title, lead = null, className = "", above = null }, ...children) {
  return element(
    "article",
    { class: `page ${className}`.trim() },
    element(
      "header",
      { class: "page-head" },
      above,
      element("h1", { tabindex: "-1" }, title),
      lead && element("p", { class: "lead" }, lead),
    ),
    ...children,
  );
}

/**
 * @param {string | HTMLElement} title
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function card(title, ...children) {
  return element("section", { class: "card" }, element("h2", {}, title), ...children);
}

/**
 * @param {string} label
 * @param {() => unknown} onclick
 * @param {"primary" | "plain" | "quiet"} [kind]
 * @param {Child} [mark] a picture before the label
 * @returns {HTMLElement}
 */
export function button(label, onclick, kind = "primary", mark = null) {
  return element(
    "button",
    { type: "button", class: `button button-${kind}`, "data-name": label, onclick },
    mark,
    label,
  );
}

/**
 * A button for an action that takes time: it says so while the action runs, and ignores further presses.
 *
 * @param {string} label
 * @param {() => Promise<unknown>} action shows its own failures
 * @param {{busy: string, kind?: "primary" | "plain" | "quiet", mark?: Child}} options `busy`: the label while it runs
 * @returns {HTMLElement}
 */
export function actionButton(label, action, { busy, kind = "primary", mark = null }) {
  const node = button(label, run, kind, mark);
  let isRunning = false;

  async function run() {
    if (isRunning) return;
    isRunning = true;
    const shown = [...node.childNodes];
    node.replaceChildren(element("span", { class: "spinner", "aria-hidden": "true" }), busy);
    node.setAttribute("aria-disabled", "true"); // not `disabled`, which would drop the focus
    announce(busy);
    const stop = afterAWhile(() => announce(words.takesLonger));
    try {
      await action();
    } finally {
      stop();
      node.removeAttribute("aria-disabled");
      node.replaceChildren(...shown);
      isRunning = false;
    }
  }

  return node;
}

/**
 * @param {string} label
 * @param {string} href of this site
 * @param {"primary" | "plain"} [kind]
 */
export function linkButton(label, href, kind = "plain") {
  return element("a", { class: `button button-${kind}`, href }, label);
}

/**
 * @param {{tone: "denied" | "trouble" | "quiet", iconName: string, title: string}} look
 * @param {Child[]} lines each a paragraph
 * @param {...Child} actions
 * @returns {HTMLElement}
 */
export function panel({ tone, iconName, title }, lines, ...actions) {
  const shown = actions.filter(Boolean);
  return element(
    "section",
    { class: `panel panel-${tone}`, role: tone === "quiet" ? "status" : "alert" },
    icon(iconName),
    element(
      "div",
      { class: "panel-body" },
      element("h2", {}, title),
      ...lines.map((line) => line && element("p", { class: "panel-sentence" }, line)),
      shown.length > 0 && element("div", { class: "actions" }, ...shown),
    ),
  );
}

/** @type {Record<string, "denied" | "quiet">} */
const TONES = {
  forbidden: "denied",
  forbidden_elsewhere: "denied",
  refused: "denied",
  denied: "denied",
  cancelled: "quiet",
  signed_out: "quiet",
  signed_out_elsewhere: "quiet",
  signed_in_elsewhere: "quiet",
  session_over: "quiet",
  other_person: "quiet",
  other_person_now: "quiet",
  not_found: "quiet",
};
/** @type {Record<string, string>} */
const ICONS = { denied: "lock", quiet: "info", offline: "offline", session_ended: "key", refused: "lock" };

/**
 * @param {Trouble} trouble
 * @param {{lines?: Child[], retry?: (() => Promise<unknown>) | null}} options `lines`: more sentences; `retry`: called by itself
 *   after the time that the service asked for
 * @param {...Child} actions
 * @returns {HTMLElement} what happened, and what to do
 */
export function troublePanel(trouble, { lines = [], retry = null }, ...actions) {
  const { title, happened, todo } = words.troubles[trouble.kind];
  const tone = TONES[trouble.kind] ?? "trouble";
  const waits = retry && trouble.facts.seconds ? countdown(trouble.facts.seconds, retry) : null;
  return panel(
    { tone, iconName: ICONS[trouble.kind] ?? ICONS[tone] ?? "alert", title },
    [quotedIn(happened(trouble.facts)), todo && quotedIn(todo(trouble.facts)), ...lines, waits],
    retry && !waits && actionButton(words.tryAgain, retry, { busy: words.loadingMore }),
    ...actions,
  );
}

/** Isolate a sentence, so that foreign text in it does not change the direction of the page. @param {string} sentence */
function quotedIn(sentence) {
  return quoted(sentence);
}

/** @param {number} seconds @param {() => unknown} retry @returns {HTMLElement} */
function countdown(seconds, retry) {
  const node = element("span", { role: "timer", class: "countdown" }, words.waits(duration(seconds)));
  const ends = performance.now() + seconds * 1000;
  const timer = setInterval(() => {
    const left = Math.ceil((ends - performance.now()) / 1000);
    if (!node.isConnected) return clearInterval(timer);
    if (left > 0) return swap(node, document.createTextNode(words.waits(duration(left))));
    clearInterval(timer);
    return retry();
  }, 250);
  return node;
}
