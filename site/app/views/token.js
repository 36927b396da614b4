/** The access token: its claims, the scopes that it grants, and its time left. */

import { apisOf } from "../access.js";
import { announce, element, icon, quoted, swap } from "../dom.js";
import { date, duration, listed, translated, words } from "../language.js";
import { decodeToken, scopesOf, secondsLeft } from "../token.js";
import { asTrouble } from "../trouble.js";
import { copyButton } from "./drawer.js";
import { actionButton, card, page, panel, troublePanel } from "./page.js";

/** @import {DecodedToken} from "../token.js" */

const TIMES = ["iat", "exp", "nbf", "auth_time"];

/**
 * @param {import("../app.js").App} app
 * @param {AbortSignal} signal aborted when the visitor goes to another view
 * @returns {{view: HTMLElement, ready: Promise<unknown>}}
 */
export function tokenView(app, signal) {
  const { config, session } = app;
  const problem = element("div", { class: "problem" });
  const body = element("div", { class: "token" });

  /** @param {boolean} fresh */
  async function load(fresh) {
    try {
      const decoded = decodeToken(await session.accessToken({ fresh }));
      if (signal.aborted) return;
      problem.replaceChildren();
      swap(body, ...(decoded ? parts(decoded) : [opaquePanel()]));
      if (fresh) announce(words.renewed);
    } catch (error) {
      if (!signal.aborted) refuse(asTrouble(error), fresh);
    }
  }

  /** Keep the shown token, because it is still valid. @param {import("../trouble.js").Trouble} trouble @param {boolean} fresh */
  function refuse(trouble, fresh) {
    const ended = trouble.kind === "session_ended";
    const again = actionButton(words.signInAgain, () => app.signIn({}), { busy: words.leaving });
    swap(problem, troublePanel(trouble, { retry: ended ? null : () => load(fresh) }, ended && again));
  }

  /** @param {DecodedToken} decoded */
  function parts(decoded) {
    return [
      lifetime(decoded, signal, session.renews ? () => load(true) : null, () => session.accessToken()),
      grants(config, scopesOf(decoded)),
      claimsTable(words.claims, decoded.claims),
      claimsTable(words.header, decoded.header),
    ];
  }

  return { view: page({ title: words.accessToken, lead: words.tokenLead }, problem, body), ready: load(false) };
}

/**
 * @param {DecodedToken} decoded
 * @param {AbortSignal} signal
 * @param {(() => Promise<unknown>) | null} renew
 * @param {() => Promise<string>} find gets the token itself, which is in no part of the page
 */
function lifetime(decoded, signal, renew, find) {
  const { iat, exp } = decoded.claims;
  const text = element("p", { class: "lifetime-left", role: "timer" });
  const bar = /** @type {HTMLProgressElement} */ (
    element("progress", { class: "lifetime-bar", max: Math.max(1, exp - iat) || 1, "aria-label": words.remaining })
  );
  const node = card(
    words.timeLeft,
    text,
    bar,
    element(
      "div",
      { class: "actions" },
      renew && actionButton(words.renew, renew, { busy: words.renewing, kind: "plain" }),
      copyButton(words.copyToken, find),
    ),
    element("small", {}, words.copyTokenHint),
  );

  function tick() {
    const left = secondsLeft(decoded, Date.now() / 1000);
    text.textContent = left === null ? words.timeUnknown : left === 0 ? words.expired : duration(left);
    bar.value = left ?? 0;
  }

  tick();
  const timer = setInterval(() => {
    // End the timer, too, when a renewed token has replaced this one.
    if (signal.aborted || !node.isConnected) clearInterval(timer);
    else tick();
  }, 1000);
  return node;
}

/** @param {import("../config.js").Config} config @param {string[]} scopes */
function grants(config, scopes) {
  const items = Object.entries(config.scopes).map(([scope, description]) => {
    const granted = scopes.includes(scope);
    const shown = translated(description);
    const apis = apisOf(config, scope).map(({ title }) => translated(title));
    return element(
      "li",
      { class: granted ? "scope scope-granted" : "scope" },
      icon(granted ? "open" : "lock"),
      element("code", {}, scope),
      element("span", {}, granted ? shown : words.notGranted(shown)),
      apis.length > 0 && element("small", {}, words.opens(listed(apis, "and"))),
    );
  });
  return card(words.scopes, element("ul", { class: "scopes" }, ...items));
}

/** @param {string} title @param {Record<string, any>} members */
function claimsTable(title, members) {
  const rows = Object.entries(members).map(([name, value]) => {
    const meaning = Object.hasOwn(words.claimMeanings, name) ? words.claimMeanings[name] : null;
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, element("code", {}, name), meaning && element("small", {}, meaning)),
      element("td", {}, claimValue(name, value)),
    );
  });
  return card(title, element("table", { class: "claims", "aria-label": title }, element("tbody", {}, ...rows)));
}

/** @param {string} name @param {any} value */
function claimValue(name, value) {
  if (TIMES.includes(name) && Number.isFinite(value)) {
    const moment = new Date(value * 1000);
    return element("time", { datetime: moment.toISOString() }, date(moment));
  }
  if (Array.isArray(value)) {
    return element("ul", { class: "values" }, ...value.map((item) => element("li", {}, quoted(String(item)))));
  }
  return quoted(typeof value === "object" ? JSON.stringify(value) : String(value));
}

function opaquePanel() {
  return panel({ tone: "quiet", iconName: "key", title: words.opaque }, [words.opaqueSentence]);
}
