/** An API that is open to the visitor: its name, its description, and the way in. */

import { element, icon } from "../dom.js";
import { subjectOf, translated, words } from "../language.js";

/**
 * @param {import("../config.js").Config} config
 * @param {string} name of the API
 * @param {"h2" | "h3"} heading
 * @returns {HTMLElement}
 */
export function openDoor(config, name, heading) {
  const api = /** @type {import("../config.js").Api} */ (config.apis[name]);
  return element(
    "li",
    { class: "door door-open" },
    element(
      "div",
      { class: "door-head" },
      icon("open"),
      element(heading, {}, element("a", { href: `/${name}` }, translated(api.title))),
    ),
    element("p", {}, translated(api.description)),
    element(
      "p",
      { class: "door-foot door-opens", "aria-hidden": "true" },
      words.show(subjectOf(api.title)),
      icon("next"),
    ),
  );
}
