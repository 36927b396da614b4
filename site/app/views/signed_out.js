/** The start page of a visitor who is not signed in: a door for each API, with the button that opens it. */

import { apisOf, connectionsFor, displayName, isPublic } from "../access.js";
import { element, icon } from "../dom.js";
import { listed, subjectOf, translated, words } from "../language.js";
import { openDoor } from "./door.js";
import { actionButton, page } from "./page.js";
import { providerButton } from "./providers.js";

/** With more connections than this, the sign-in service's own page is the better list. */
const FEW_CONNECTIONS = 4;

/**
 * @param {import("../app.js").App} app
 * @param {string | null} asked the name of the API whose address was opened, if one was
 * @returns {HTMLElement}
 */
export function signedOutView(app, asked) {
  const { apis, connections } = app.config;
  const names = Object.keys(apis).sort((a, b) => Number(b === asked) - Number(a === asked));
  const subjects = names.map((name) => subjectOf(apis[name]?.title ?? name));
  const isMany = Object.keys(connections).length > FEW_CONNECTIONS;
  const wanted = asked && apis[asked];
  return page(
    {
      title: wanted ? words.askedTitle(subjectOf(wanted.title)) : words.headline(listed(subjects, "and")),
      lead: wanted ? words.askedLead : words.lead,
      className: "page-welcome",
    },
    isMany &&
      element(
        "div",
        {},
        actionButton(words.signIn, () => app.signIn({}), { busy: words.leaving }),
      ),
    element("ul", { class: "doors" }, ...names.map((name) => door(app, name, name === asked))),
  );
}

/** @param {import("../app.js").App} app @param {string} name @param {boolean} isAsked */
function door(app, name, isAsked) {
  const { config } = app;
  const api = /** @type {import("../config.js").Api} */ (config.apis[name]);
  if (isPublic(api)) return openDoor(config, name, "h2");
  const ways = connectionsFor(config, api);
  const allowed = Object.keys(config.scopes).filter((scope) => apisOf(config, scope).includes(api));
  const buttons = ways.map((connection, place) =>
    providerButton(app, connection, {
      label: words.openWith(displayName(config, connection)),
      kind: isAsked && place === 0 ? "primary" : "plain",
    }),
  );
  return element(
    "li",
    { class: "door door-shut" },
    element("div", { class: "door-head" }, icon("lock"), element("h2", {}, translated(api.title))),
    element("p", {}, translated(api.description)),
    allowed.length > 0 &&
      element(
        "ul",
        { class: "allowed" },
        ...allowed.map((scope) => element("li", {}, icon("open"), translated(config.scopes[scope] ?? scope))),
      ),
    element(
      "div",
      { class: "door-foot actions" },
      ...buttons,
      ways.length === 0 && element("p", {}, words.noConnection),
    ),
  );
}
