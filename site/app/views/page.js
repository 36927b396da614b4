/** The parts that several views share: a page with its heading, a panel with a sentence and what to do next, a sign-in button. */

import { element, icon } from "../dom.js";

/**
 * @param {{title: string, lead?: string | null, className?: string}} heading
 * @param {...(Node | null | false)} children
 * @returns {HTMLElement} its h1 takes the focus when the route changes
 */
export function page({ title, lead = null, className = "" }, ...children) {
  return element(
    "article",
    { class: `page ${className}`.trim() },
    element(
      "header",
      { class: "page-head" },
      element("h1", { tabindex: "-1" }, title),
      lead && element("p", { class: "lead" }, lead),
    ),
    ...children,
  );
}

/**
 * @param {{tone: "denied" | "trouble" | "quiet", iconName: string, title: string, sentence: string, requestId?: string | null}} message
 * @param {...HTMLElement} actions
 * @returns {HTMLElement}
 */
export function panel({ tone, iconName, title, sentence, requestId = null }, ...actions) {
  return element(
    "section",
    { class: `panel panel-${tone}`, role: "alert" },
    icon(iconName),
    element(
      "div",
      { class: "panel-body" },
      element("h2", {}, title),
      element("p", { class: "panel-sentence" }, sentence),
      requestId && element("p", { class: "request-id" }, "Request id: ", element("code", {}, requestId)),
      actions.length > 0 && element("div", { class: "actions" }, ...actions),
    ),
  );
}

/**
 * @param {string} label
 * @param {() => void} onclick
 * @param {"primary" | "plain"} [kind]
 * @returns {HTMLElement}
 */
export function button(label, onclick, kind = "primary") {
  return element("button", { type: "button", class: `button button-${kind}`, onclick }, label);
}
