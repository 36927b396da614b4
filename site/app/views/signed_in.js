/**
 * The views of a visitor who is signed in, by route. Add your own view here: docs/site.md says how.
 *
 * @import {Route} from "../router.js"
 * @typedef {{view: HTMLElement, ready?: Promise<unknown>}} View `view` has an h1; `ready` ends when it has its content
 */

import { detailView } from "./detail.js";
import { homeView } from "./home.js";
import { listView } from "./list.js";
import { tokenView } from "./token.js";

/**
 * @param {import("../app.js").App} app
 * @param {Route} route
 * @param {AbortSignal} signal aborted when the visitor goes to another view
 * @returns {View}
 */
export function viewOf(app, route, signal) {
  if (route.view === "list") return listView(app, route.name, signal);
  if (route.view === "detail") return detailView(app, route.name, route.id, signal);
  if (route.view === "token") return tokenView(app, signal);
  return { view: homeView(app) };
}
