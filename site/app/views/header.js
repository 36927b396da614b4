/**
 * The head of every page: the name, the menu, and who is signed in.
 *
 * @import {Config} from "../config.js"
 * @import {Profile} from "../session.js"
 */

import { element, icon } from "../dom.js";
import { allows } from "../explain.js";

/**
 * @param {{config: Config, pathname: string, session: null | {profile: Profile, scopes: string[]}, signOut: () => void}} options
 * @returns {HTMLElement[]}
 */
export function headerView({ config, pathname, session, signOut }) {
  const brand = element("a", { class: "brand", href: "/" }, icon("gatehouse"), "Gatehouse");
  if (!session) return [brand];
  return [brand, menu(config, pathname, session.scopes), account(session.profile, signOut)];
}

function menu(config, pathname, scopes) {
  const entries = Object.entries(config.apis).map(([name, api]) =>
    menuEntry(`/${name}`, pathname, api.title, !allows(api.any_of, scopes)),
  );
  return element(
    "nav",
    { class: "menu", "aria-label": "Main" },
    element("ul", {}, ...entries, menuEntry("/token", pathname, "Access token", false)),
  );
}

function menuEntry(href, pathname, title, closed) {
  const current = pathname === href ? "page" : null;
  const mark = closed && element("span", { class: "menu-lock" }, icon("lock"), visuallyHidden(" (closed to you)"));
  return element("li", {}, element("a", { href, "aria-current": current }, title, mark));
}

function account({ name, picture, sub }, signOut) {
  const shown = name || sub;
  return element(
    "div",
    { class: "account" },
    avatar(shown, picture),
    element("span", { class: "account-name" }, shown),
    element("button", { type: "button", class: "button button-quiet", onclick: signOut }, "Sign out"),
  );
}

/** Initials stand where there is no picture, or where its host does not answer. */
function avatar(name, picture) {
  const initials = element("span", { class: "avatar", "aria-hidden": "true" }, initialsOf(name));
  // The content security policy would refuse the rest, loudly.
  if (!/^(https:|data:image\/)/.test(picture ?? "")) return initials;
  const image = element("img", { class: "avatar", alt: "", width: 32, height: 32, referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(initials), { once: true });
  image.src = picture;
  return image;
}

function initialsOf(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("");
}

function visuallyHidden(text) {
  return element("span", { class: "visually-hidden" }, text);
}
