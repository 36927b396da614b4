/** The head of the page for a visitor who is signed in: the menu, and the visitor's name. */

import { allows } from "../access.js";
import { element, icon, quoted } from "../dom.js";
import { translated, words } from "../language.js";
import { actionButton } from "./page.js";

/** @param {import("../app.js").App} app @returns {HTMLElement} */
export function menuView({ config, session }) {
  const { scopes } = session;
  const entries = Object.entries(config.apis).map(([name, api]) =>
    menuEntry(`/${name}`, translated(api.title), !allows(api.any_of, scopes)),
  );
  return element(
    "nav",
    { class: "menu", "aria-label": words.menu },
    element("ul", {}, ...entries, menuEntry("/token", words.accessToken, false)),
  );
}

/** @param {string} href @param {string} title @param {boolean} isClosed */
function menuEntry(href, title, isClosed) {
  const current = location.pathname === href ? "page" : location.pathname.startsWith(`${href}/`) ? "true" : null;
  const mark =
    isClosed &&
    element(
      "span",
      { class: "menu-lock" },
      icon("lock"),
      element("span", { class: "visually-hidden" }, words.closedToYou),
    );
  return element("li", {}, element("a", { href, "aria-current": current }, title, mark));
}

/** @param {import("../app.js").App} app @returns {HTMLElement} */
export function accountView(app) {
  const { name, sub, picture } = app.session.profile;
  const shown = name || sub;
  return element(
    "div",
    { class: "account" },
    avatar(shown, picture, app.config.picture_origins ?? []),
    element("span", { class: "account-name", title: shown }, quoted(shown)),
    actionButton(words.signOut, () => app.signOut(), { busy: words.signingOut, kind: "quiet" }),
  );
}

/**
 * Show initials, unless there is a picture from a host that the content security policy allows, and the host answers.
 *
 * @param {string} name
 * @param {unknown} picture
 * @param {string[]} origins
 */
function avatar(name, picture, origins) {
  const initials = element("span", { class: "avatar", "aria-hidden": "true" }, initialsOf(name));
  if (typeof picture !== "string" || !URL.canParse(picture) || !origins.includes(new URL(picture).origin))
    return initials;
  const image = element("img", { class: "avatar", alt: "", width: 32, height: 32, referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(initials), { once: true });
  image.setAttribute("src", picture);
  return image;
}

/** @param {string} name @returns {string} */
function initialsOf(name) {
  const parts = name.split(/\s+/).filter(Boolean);
  return [parts[0], parts.length > 1 ? parts.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("");
}
