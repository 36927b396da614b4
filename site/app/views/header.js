/** The name at the head of every page, and the choice of language at its foot. */

import { element, icon } from "../dom.js";
import { LANGUAGE_NAMES, language, translated, words } from "../language.js";

/** @returns {HTMLElement} */
export function brandView() {
  return element("a", { class: "brand", href: "/" }, icon("gatehouse"), "Gatehouse");
}

/**
 * Reserve the space of the menu, which comes with the second part of the site. Without it, the page would shift.
 *
 * @param {import("../config.js").Config} config
 * @returns {HTMLElement}
 */
export function menuToCome({ apis }) {
  const titles = [...Object.values(apis).map(({ title }) => translated(title)), words.accessToken];
  const entries = titles.map((title) => element("li", {}, element("a", {}, title)));
  return element("div", { class: "menu menu-to-come", "aria-hidden": "true" }, element("ul", {}, ...entries));
}

/**
 * @param {import("../app.js").App} app
 * @returns {HTMLElement[]}
 */
export function footerView(app) {
  const choice = /** @type {HTMLSelectElement} */ (
    element(
      "select",
      { id: "language", onchange: () => app.speak(choice.value) },
      ...Object.entries(LANGUAGE_NAMES).map(([code, name]) =>
        element("option", { value: code, lang: code, selected: code === language }, name),
      ),
    )
  );
  return [
    element("p", {}, words.footer),
    element("p", { class: "language" }, element("label", { for: "language" }, words.language), choice),
  ];
}
