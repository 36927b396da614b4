/** One API's list: asked page by page, shown as a table, with each way that it can end otherwise. */

import { listItems } from "../api.js";
import { announce, element } from "../dom.js";
import { explainDenial } from "../explain.js";
import { button, page, panel } from "./page.js";

const SKELETON_ROWS = 6;

/**
 * @param {{config: import("../config.js").Config, api: import("../config.js").Api, session: import("../main.js").Session,
 *   flow: import("../session.js").Flow, signIn: (connection?: string, prompt?: string) => void, signal: AbortSignal}} options
 *   `signal` is aborted when the visitor has gone to another view
 * @returns {HTMLElement}
 */
export function listView({ config, api, session, flow, signIn, signal }) {
  const body = element("div", { class: "list" });
  const rows = element("tbody", { role: "rowgroup" });
  const foot = element("div", { class: "list-foot" });

  async function load(cursor) {
    foot.replaceChildren(element("p", { class: "loading" }, "Loading …"));
    if (cursor === null) body.replaceChildren(skeleton(api));
    const result = await listItems(api, {
      fetch: window.fetch.bind(window),
      accessToken: () => flow.accessToken(),
      cursor,
    });
    if (signal.aborted) return;
    if (result.kind === "ok") show(result, cursor === null);
    else refuse(result, cursor);
  }

  function show({ items, nextCursor }, first) {
    if (first) body.replaceChildren(table(api, rows), foot);
    const added = items.map((item) => row(api, item));
    rows.append(...added);
    const count = rows.childElementCount;
    const more = nextCursor && button("Load more", () => load(nextCursor), "plain");
    foot.replaceChildren(element("p", {}, summary(api, count, Boolean(nextCursor))), ...(more ? [more] : []));
    announce(summary(api, count, Boolean(nextCursor)));
    // The button that had the focus is gone: go on where the new rows begin.
    if (!first && added.length) added[0].focus();
  }

  function refuse(result, cursor) {
    const problem = refusal({ result, config, api, session, signIn, retry: () => load(cursor) });
    if (cursor === null) body.replaceChildren(problem);
    else foot.replaceChildren(problem);
  }

  load(null);
  return page({ title: api.title, lead: api.description }, body);
}

/** Each refusal as a panel: what happened, and the one thing to do about it. */
function refusal({ result, config, api, session, signIn, retry }) {
  const again = button("Try again", retry);
  switch (result.kind) {
    case "forbidden":
      return denialPanel({ requestId: result.requestId, config, api, session, signIn });
    case "unauthorized":
      return panel(
        {
          tone: "trouble",
          iconName: "key",
          title: "Your session has ended",
          sentence: "The access token has expired or was not accepted. Sign in again to go on.",
          requestId: result.requestId,
        },
        button("Sign in again", () => signIn()),
      );
    case "offline":
      return panel(
        {
          tone: "trouble",
          iconName: "offline",
          title: "No connection",
          sentence: "The service could not be reached. Check your network, then try again.",
        },
        again,
      );
    default:
      return panel(
        {
          tone: "trouble",
          iconName: "alert",
          title: result.status >= 500 ? "The service has a problem" : "That did not work",
          sentence: result.message ?? `The service answered with status ${result.status}.`,
          requestId: result.requestId,
        },
        again,
      );
  }
}

function denialPanel({ requestId, config, api, session, signIn }) {
  const { sentence, remedies } = explainDenial(config, api, session.connection);
  const actions = remedies.map((name) =>
    // `prompt=login`: the tenant would otherwise answer from the session that was just refused.
    button(`Sign in with ${config.connections[name].display_name}`, () => signIn(name, "login")),
  );
  return panel(
    { tone: "denied", iconName: "lock", title: `${api.title}: closed to you`, sentence, requestId },
    ...actions,
  );
}

function table(api, rows) {
  // The roles are spelt out because a phone shows the rows as cards, and `display: block` takes a table's own roles away.
  const heads = api.columns.map(({ title }) => element("th", { scope: "col", role: "columnheader" }, title));
  return element(
    "table",
    { class: "table", role: "table", "aria-label": api.title },
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads)),
    rows,
  );
}

function row(api, item) {
  const cells = api.columns.map(({ name, title }) =>
    element("td", { role: "cell", "data-title": title }, String(item[name] ?? "–")),
  );
  return element("tr", { role: "row", tabindex: "-1" }, ...cells);
}

function summary(api, count, more) {
  const noun = api.title.toLowerCase();
  if (count === 0) return `There are no ${noun} yet.`;
  return more ? `${count} ${noun} so far` : `${count} ${noun}, and that is all`;
}

function skeleton(api) {
  const line = () => element("div", { class: "skeleton-row" }, ...api.columns.map(() => element("span")));
  return element(
    "div",
    { class: "skeleton", role: "status", "aria-label": `Loading ${api.title.toLowerCase()}` },
    ...Array.from({ length: SKELETON_ROWS }, line),
  );
}
