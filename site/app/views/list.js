/**
 * The list of one API. Its address holds the rows, the search and the order, so that people can link to them:
 * `?rows=40&search=ford&sort=-year`.
 *
 * The API gives pages and a cursor, but no total and no search. So the site keeps reading until it has the rows of the address. To
 * search or to sort, it reads to the end, or to a limit that it names.
 *
 * @import {Item} from "../api.js"
 * @import {Api} from "../config.js"
 */

import { listItems } from "../api.js";
import { afterAWhile, announce, element, renew, swap } from "../dom.js";
import { counted, language, number, subjectOf, translated, words } from "../language.js";
import { detailAddress, replaceRoute } from "../router.js";
import { asTrouble } from "../trouble.js";
import { requestDrawer } from "./drawer.js";
import { actionButton, button, page } from "./page.js";
import { refusalPanel } from "./refusal.js";
import { compare, textOf, valueNode } from "./value.js";

const SKELETON_ROWS = 6;
const MOST_ROWS = 1000;
/** The largest `limit` that the APIs' documents allow. */
const LARGE_PAGE = 100;
const TYPING_MILLISECONDS = 200;

/**
 * @param {import("../app.js").App} app
 * @param {string} name of the API
 * @param {AbortSignal} signal aborted when the visitor goes to another view
 * @returns {{view: HTMLElement, ready: Promise<unknown>}}
 */
export function listView(app, name, signal) {
  const api = /** @type {Api} */ (app.config.apis[name]);
  const subject = subjectOf(api.title);
  const wanted = readQuery();
  const toolbar = toolbarOf(api, subject, wanted, () => change());
  toolbar.hidden = true; // until there is something to search
  let content = element("div");
  const body = element("div", { class: "list", role: "region", "aria-label": translated(api.title) }, toolbar, content);
  const rows = element("tbody", { role: "rowgroup" });
  const foot = element("div", { class: "list-foot" });
  /** @type {Item[]} */
  const items = [];
  /** @type {string | null} */
  let cursor = null;
  let isComplete = false;
  /** @type {import("../trouble.js").Exchange | null} */
  let exchange = null;

  let reading = Promise.resolve();

  /** Keep reading until there are so many rows, or no more; only one read at a time. @param {number} count */
  function readUntil(count) {
    reading = reading.catch(() => {}).then(() => read(count));
    return reading;
  }

  /** @param {number} count */
  async function read(count) {
    while (!isComplete && items.length < count) {
      const limit = count - items.length > 20 ? Math.min(LARGE_PAGE, count - items.length) : null;
      const answer = await listItems(api, { fetch: app.fetch, session: app.session, cursor, limit });
      items.push(...answer.items);
      cursor = answer.nextCursor;
      exchange = answer.exchange;
      isComplete = cursor === null;
    }
  }

  async function open() {
    const stop = wait();
    try {
      await readUntil(wanted.search || wanted.sort ? MOST_ROWS : Math.max(wanted.rows, 1));
      if (!signal.aborted) draw();
    } catch (error) {
      if (!signal.aborted) content = renew(content, refusalPanel(app, asTrouble(error), { api, retry: open }));
    } finally {
      stop();
    }
  }

  /** Show a skeleton if there are no rows yet, and a sentence if it takes long. */
  function wait() {
    const hint = element("p", { class: "patience" });
    if (items.length === 0 && content.childElementCount === 0) content.replaceChildren(skeleton(api, subject), hint);
    return afterAWhile(() => {
      hint.textContent = words.takesLonger;
      announce(words.takesLonger);
    });
  }

  /** @param {number} [focused] the row that gets the focus */
  function draw(focused) {
    const shown = chosen(api, items, wanted);
    rows.replaceChildren(...shown.map((item) => row(api, name, item)));
    const more = isComplete || wanted.search || wanted.sort ? null : loadMore();
    const text = summary(items.length, shown.length);
    const empty = shown.length === 0 && emptyState(items.length === 0);
    foot.replaceChildren(element("p", {}, text), ...(more ? [more] : []));
    toolbar.hidden = items.length === 0;
    const drawer = requestDrawer(exchange);
    content = renew(
      content,
      empty || table(api, rows),
      ...(items.length > 0 ? [foot] : []),
      ...(drawer ? [drawer] : []),
    );
    announce(text);
    if (focused !== undefined) /** @type {HTMLElement | undefined} */ (rows.children[focused])?.focus();
  }

  function loadMore() {
    return actionButton(words.loadMore, readMore, { busy: words.loadingMore, kind: "plain" });
  }

  async function readMore() {
    const count = items.length;
    try {
      await readUntil(count + 1);
    } catch (error) {
      if (!signal.aborted) swap(foot, refusalPanel(app, asTrouble(error), { api, retry: readMore }));
      return;
    }
    if (signal.aborted) return;
    wanted.rows = items.length;
    writeQuery(wanted);
    draw(count); // the focused button is gone: focus the first new row
  }

  /** The visitor searches or sorts. */
  async function change() {
    writeQuery(wanted);
    if (wanted.search || wanted.sort) await open();
    else draw();
  }

  /** @param {number} total @param {number} shown */
  function summary(total, shown) {
    if (!wanted.search) return counted(isComplete ? words.all : words.soFar, total, subject);
    if (!isComplete) return words.matchesOfFirst(number(shown), number(total));
    return counted(words.matches, shown, number(total));
  }

  /** @param {boolean} isEmpty true: the API has no item; false: no item matches */
  function emptyState(isEmpty) {
    if (isEmpty) {
      return element(
        "div",
        { class: "empty" },
        element("p", { class: "empty-title" }, words.none(subject)),
        element("p", {}, words.noneYet),
      );
    }
    const clear = () => {
      wanted.search = "";
      const input = /** @type {HTMLInputElement} */ (toolbar.querySelector("input"));
      input.value = "";
      input.focus();
      change();
    };
    return element(
      "div",
      { class: "empty" },
      element("p", { class: "empty-title" }, words.noMatch),
      button(words.clearSearch, clear, "plain"),
    );
  }

  return { view: page({ title: translated(api.title), lead: translated(api.description) }, body), ready: open() };
}

/** @typedef {{rows: number, search: string, sort: string}} Wanted `sort`: a column's name, with "-" before it for descending */

/** @returns {Wanted} */
function readQuery() {
  const query = new URLSearchParams(location.search);
  const rows = Number(query.get("rows"));
  return {
    rows: Number.isInteger(rows) ? Math.min(Math.max(rows, 0), MOST_ROWS) : 0,
    search: query.get("search") ?? "",
    sort: query.get("sort") ?? "",
  };
}

/** @param {Wanted} wanted */
function writeQuery({ rows, search, sort }) {
  const query = new URLSearchParams({
    ...(rows > 0 && { rows: String(rows) }),
    ...(search && { search }),
    ...(sort && { sort }),
  }).toString();
  replaceRoute(location.pathname + (query && `?${query}`) + location.hash);
}

/** @param {Api} api @param {Item[]} items @param {Wanted} wanted @returns {Item[]} the items that the visitor wants, in order */
function chosen(api, items, { search, sort }) {
  const needle = search.trim().toLocaleLowerCase(language);
  const found = items.filter((item) =>
    api.columns.some(({ name }) => textOf(item?.[name]).toLocaleLowerCase(language).includes(needle)),
  );
  const column = api.columns.find(({ name }) => name === sort.replace(/^-/, ""));
  if (!column) return needle ? found : items;
  const sign = sort.startsWith("-") ? -1 : 1;
  return found.toSorted((a, b) => sign * compare(a?.[column.name], b?.[column.name], language));
}

/** @param {Api} api @param {string} subject @param {Wanted} wanted @param {() => void} change */
function toolbarOf(api, subject, wanted, change) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const search = /** @type {HTMLInputElement} */ (
    element("input", { type: "search", value: wanted.search, "aria-label": words.search(subject), oninput: type })
  );
  search.placeholder = words.search(subject);
  const choices = api.columns.flatMap(({ name, title }) => [
    [name, words.ascending(translated(title))],
    [`-${name}`, words.descending(translated(title))],
  ]);
  const sort = /** @type {HTMLSelectElement} */ (
    element(
      "select",
      { "aria-label": words.sort, onchange: choose },
      ...[["", words.sortAsIs], ...choices].map(([value, label]) =>
        element("option", { value, selected: value === wanted.sort }, label),
      ),
    )
  );
  return element("form", { class: "toolbar", role: "search", onsubmit: submit }, search, sort);

  function type() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      wanted.search = search.value;
      change();
    }, TYPING_MILLISECONDS);
  }
  function choose() {
    wanted.sort = sort.value;
    change();
  }
  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
  }
}

/** @param {Api} api @param {HTMLElement} rows */
function table(api, rows) {
  // The roles are explicit, because on a phone the rows are cards, and `display: block` removes a table's own roles.
  const heads = api.columns.map(({ title }) =>
    element("th", { scope: "col", role: "columnheader" }, translated(title)),
  );
  return element(
    "table",
    { class: "table", role: "table", "aria-label": translated(api.title) },
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads)),
    rows,
  );
}

/** @param {Api} api @param {string} name @param {Item} item */
function row(api, name, item) {
  const id = item?.id;
  const isLinked = api.detail && (typeof id === "string" || typeof id === "number") && id !== "";
  const cells = api.columns.map((column, place) => {
    const value = item?.[column.name];
    const shown = valueNode(value);
    return element(
      "td",
      { role: "cell", "data-title": translated(column.title), class: typeof value === "number" ? "is-number" : null },
      place === 0 && isLinked ? element("a", { href: detailAddress(name, String(id)) }, shown) : shown,
    );
  });
  return element("tr", { role: "row", tabindex: "-1" }, ...cells);
}

/** @param {Api} api @param {string} subject */
function skeleton(api, subject) {
  const line = () => element("div", { class: "skeleton-row" }, ...api.columns.map(() => element("span")));
  return element(
    "div",
    { class: "skeleton", role: "status", "aria-label": words.loading(subject) },
    ...Array.from({ length: SKELETON_ROWS }, line),
  );
}
