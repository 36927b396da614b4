/** The start page of a visitor who is signed in: the session, and a door for each API. */

import { allows, connectionsFor, displayName } from "../access.js";
import { element, filled, icon, quoted } from "../dom.js";
import { date, listed, translated, withinSentence, words } from "../language.js";
import { decodeToken } from "../token.js";
import { openDoor } from "./door.js";
import { page } from "./page.js";
import { providerButton, providerMark } from "./providers.js";

/**
 * @param {import("../app.js").App} app
 * @returns {HTMLElement}
 */
export function homeView(app) {
  const { config, session } = app;
  const until = element("dd", {});
  session.accessToken().then(
    (token) => until.replaceChildren(...lifetime(token, session.renews)),
    () => until.replaceChildren("–"),
  );
  const { name } = session.profile;
  return page(
    {
      title: name ? element("span", {}, ...filled(words.welcome, quoted(name))) : words.welcomeNobody,
      lead: words.signedInWith(displayName(config, session.connection)),
    },
    element(
      "section",
      { class: "card session", "aria-labelledby": "session" },
      element("h2", { id: "session" }, providerMark(config, session.connection), words.yourSession),
      element(
        "dl",
        { class: "facts" },
        ...fact(words.since, element("dd", {}, since(session.profile))),
        ...fact(words.until, until),
        ...fact(words.allows, element("dd", {}, allowedWords(app))),
      ),
    ),
    element(
      "section",
      { class: "next", "aria-labelledby": "next" },
      element("h2", { id: "next" }, words.next),
      element("ul", { class: "doors" }, ...Object.keys(config.apis).map((name) => door(app, name))),
    ),
  );
}

/** @param {string} term @param {HTMLElement} description */
function fact(term, description) {
  return [element("dt", {}, term), description];
}

/** @param {import("../flow.js").Profile} profile */
function since({ auth_time, iat }) {
  const seconds = auth_time ?? iat;
  return typeof seconds === "number" ? date(new Date(seconds * 1000)) : "–";
}

/** @param {string} token @param {boolean} renews */
function lifetime(token, renews) {
  const exp = decodeToken(token)?.claims.exp;
  const moment = Number.isFinite(exp) ? date(new Date(exp * 1000)) : "–";
  return [moment, element("small", {}, renews ? words.renewsItself : words.noRenewal)];
}

/** @param {import("../app.js").App} app */
function allowedWords({ config, session }) {
  const descriptions = session.scopes.flatMap((scope) =>
    Object.hasOwn(config.scopes, scope) ? [withinSentence(translated(config.scopes[scope] ?? scope))] : [],
  );
  return descriptions.length > 0 ? listed(descriptions, "and") : words.allowsNothing;
}

/** @param {import("../app.js").App} app @param {string} name */
function door(app, name) {
  const { config, session } = app;
  const api = /** @type {import("../config.js").Api} */ (config.apis[name]);
  const title = translated(api.title);
  const description = element("p", {}, translated(api.description));
  if (allows(api.any_of, session.scopes)) {
    return openDoor(app.config, name, "h3");
  }
  const ways = connectionsFor(config, api);
  const names = ways.map((connection) => displayName(config, connection));
  return element(
    "li",
    { class: "door door-shut" },
    element("div", { class: "door-head" }, icon("lock"), element("h3", {}, title)),
    description,
    element("p", {}, ways.length > 0 ? words.opensFor(listed(names, "or")) : words.noRemedy),
    element(
      "div",
      { class: "door-foot actions" },
      ...ways.map((connection) =>
        providerButton(app, connection, {
          label: words.signInWith(displayName(config, connection)),
          wish: { prompt: "login" },
        }),
      ),
    ),
  );
}
