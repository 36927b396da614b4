/** One item of an API: first the columns of the list, then all other members. */

import { getItem } from "../api.js";
import { afterAWhile, announce, element, swap } from "../dom.js";
import { subjectOf, translated, words } from "../language.js";
import { asTrouble } from "../trouble.js";
import { requestDrawer } from "./drawer.js";
import { page } from "./page.js";
import { refusalPanel } from "./refusal.js";
import { textOf, valueNode } from "./value.js";

/**
 * @param {import("../app.js").App} app
 * @param {string} name of the API
 * @param {string} id
 * @param {AbortSignal} signal aborted when the visitor goes to another view
 * @returns {{view: HTMLElement, ready: Promise<unknown>}}
 */
export function detailView(app, name, id, signal) {
  const api = /** @type {import("../config.js").Api} */ (app.config.apis[name]);
  const title = element("bdi", {}, id);
  const hint = element("p", { class: "patience" });
  const skeleton = element("div", {
    class: "skeleton",
    role: "status",
    "aria-label": words.loading(subjectOf(api.title)),
  });
  skeleton.append(
    ...api.columns.map(() => element("div", { class: "skeleton-row" }, element("span"), element("span"))),
  );
  const body = element("div", { class: "detail" }, skeleton, hint);
  const back = element("a", { class: "back", href: `/${name}` }, words.backToList(translated(api.title)));

  async function load() {
    const stop = afterAWhile(() => {
      hint.textContent = words.takesLonger;
      announce(words.takesLonger);
    });
    try {
      const { item, exchange } = await getItem(api, id, { fetch: app.fetch, session: app.session });
      if (signal.aborted) return;
      title.textContent = textOf(item[api.columns[0]?.name ?? "id"] ?? id);
      app.nameThePage(title.textContent);
      swap(body, facts(api, item), /** @type {HTMLElement} */ (requestDrawer(exchange)));
    } catch (error) {
      if (!signal.aborted) swap(body, refusalPanel(app, asTrouble(error), { api, retry: load, back: `/${name}` }));
    } finally {
      stop();
    }
  }

  return { view: page({ title, above: back }, body), ready: load() };
}

/** @param {import("../config.js").Api} api @param {Record<string, unknown>} item */
function facts(api, item) {
  const titles = Object.fromEntries(api.columns.map(({ name, title }) => [name, translated(title)]));
  const names = [...Object.keys(titles), ...Object.keys(item).filter((name) => !Object.hasOwn(titles, name))];
  return element(
    "dl",
    { class: "card facts" },
    ...names.flatMap((name) => [element("dt", {}, titles[name] ?? name), element("dd", {}, valueNode(item[name]))]),
  );
}
