/** Providers: their marks, and the buttons that lead to them. */

import { displayName } from "../access.js";
import { element } from "../dom.js";
import { words } from "../language.js";
import { actionButton } from "./page.js";

/** Connections whose mark is in icons/sheet.svg; all others show their first letter. */
const MARKED = ["amazon", "google-oauth2"];

/**
 * @param {import("../config.js").Config} config
 * @param {string} connection
 * @returns {HTMLElement}
 */
export function providerMark(config, connection) {
  if (MARKED.includes(connection)) {
    return element("span", { class: `mark mark-${connection}`, "aria-hidden": "true" });
  }
  return element("span", { class: "mark mark-letter", "aria-hidden": "true" }, [...displayName(config, connection)][0]);
}

/**
 * @param {import("../app.js").App} app
 * @param {string} connection
 * @param {{label: string, wish?: import("../flow.js").Wish, kind?: "primary" | "plain"}} options
 * @returns {HTMLElement}
 */
export function providerButton(app, connection, { label, wish = {}, kind = "plain" }) {
  return actionButton(label, () => app.signIn({ connection, ...wish }), {
    busy: words.leaving,
    kind,
    mark: providerMark(app.config, connection),
  });
}
