/** The panel instead of an API's data: what happened, what to do, and the request. */

import { connectionsFor, displayName } from "../access.js";
import { element } from "../dom.js";
import { listed, subjectOf, words } from "../language.js";
import { requestDrawer } from "./drawer.js";
import { actionButton, button, linkButton, troublePanel } from "./page.js";
import { providerButton } from "./providers.js";

/** Causes that a repeated request would meet again. */
const FINAL = ["forbidden", "forbidden_elsewhere", "refused", "session_ended", "not_found", "part_missing", "defect"];
/** Causes that the site's owners look up by the request's id. */
const LOOKED_UP = ["api_failed", "api_refused", "malformed"];

/**
 * @param {import("../app.js").App} app
 * @param {import("../trouble.js").Trouble} trouble
 * @param {{api: import("../config.js").Api, retry: () => Promise<unknown>, back?: string}} options
 * @returns {HTMLElement}
 */
export function refusalPanel(app, trouble, { api, retry, back }) {
  const { lines, actions } = remediesOf(app, trouble, api);
  const panel = troublePanel(
    trouble,
    { lines, retry: FINAL.includes(trouble.kind) ? null : retry },
    ...actions,
    back && linkButton(words.backToList(api.title), back),
  );
  // The drawer is open if the owners need its content.
  const drawer = requestDrawer(trouble.exchange, { open: LOOKED_UP.includes(trouble.kind) });
  return element("div", { class: "refusal" }, panel, drawer);
}

/**
 * @param {import("../app.js").App} app
 * @param {import("../trouble.js").Trouble} trouble
 * @param {import("../config.js").Api} api
 * @returns {{lines: string[], actions: HTMLElement[]}}
 */
function remediesOf(app, { kind }, api) {
  const again = (/** @type {string} */ label, /** @type {import("../flow.js").Wish} */ wish) =>
    actionButton(label, () => app.signIn(wish), { busy: words.leaving });
  if (kind === "session_ended") return { lines: [], actions: [again(words.signInAgain, {})] };
  if (kind === "refused") return { lines: [], actions: [again(words.otherAccount, { prompt: "login" })] };
  if (kind === "part_missing" || kind === "defect") {
    return { lines: [], actions: [button(words.loadAgain, () => location.reload())] };
  }
  if (kind !== "forbidden") return { lines: [], actions: [] };
  const { config, session } = app;
  const ways = connectionsFor(config, api);
  const subject = subjectOf(api.title);
  const names = ways.map((connection) => displayName(config, connection));
  const line = ways.includes(session.connection)
    ? words.remedySame(subject)
    : ways.length > 0
      ? words.remedy(listed(names, "or"), subject)
      : words.noRemedy;
  // `prompt=login`, because otherwise the tenant would answer from the session that the API just refused.
  const actions = ways.map((connection) =>
    providerButton(app, connection, {
      label: words.signInWith(displayName(config, connection)),
      wish: { prompt: "login" },
      kind: "primary",
    }),
  );
  return { lines: [line], actions };
}
