/** The start page of someone who is signed in: each API as a door, open or closed. */

import { element, icon } from "../dom.js";
import { allows, describeNeed } from "../explain.js";
import { page } from "./page.js";

/**
 * @param {{config: import("../config.js").Config, session: import("../main.js").Session}} options
 * @returns {HTMLElement}
 */
export function homeView({ config, session }) {
  const way = config.connections[session.connection]?.display_name ?? session.connection;
  return page(
    {
      title: session.profile.name ? `Welcome, ${session.profile.name}` : "Welcome",
      lead: `You are signed in with ${way}.`,
    },
    element(
      "ul",
      { class: "doors" },
      ...Object.entries(config.apis).map(([name, api]) => door(name, api, allows(api.any_of, session.scopes))),
    ),
  );
}

function door(name, api, open) {
  return element(
    "li",
    { class: `door ${open ? "door-open" : "door-closed"}` },
    icon(open ? "open" : "lock"),
    element(
      "div",
      {},
      element("h2", {}, element("a", { href: `/${name}` }, api.title)),
      element("p", {}, api.description),
      element("p", { class: "door-opens" }, open ? "Open to you" : `Closed: needs ${describeNeed(api.any_of)}`),
    ),
  );
}
