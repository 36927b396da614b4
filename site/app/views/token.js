/** The access token, opened up: what it says about its holder, what it grants, and how long it still lives. */

import { announce, element, icon } from "../dom.js";
import { decodeToken, formatDuration, scopesOf, secondsLeft } from "../token.js";
import { button, page, panel } from "./page.js";

/** What the claims mean (RFC 7519 §4.1, OpenID Connect Core §2, RFC 8693 §4.2). */
const MEANINGS = {
  iss: "who issued it",
  sub: "whose it is: connection, then user",
  aud: "which APIs it is for",
  azp: "which application asked for it",
  iat: "when it was issued",
  exp: "when it expires",
  nbf: "not valid before",
  scope: "what it grants",
  jti: "its own id",
  gty: "how it was obtained",
};
const TIMES = ["iat", "exp", "nbf", "auth_time"];

/**
 * @param {{config: import("../config.js").Config, flow: import("../session.js").Flow, signIn: () => void, signal: AbortSignal}} options
 * @returns {HTMLElement}
 */
export function tokenView({ config, flow, signIn, signal }) {
  const body = element("div", { class: "token" });

  async function load(fresh) {
    let token;
    try {
      token = await flow.accessToken({ fresh });
    } catch {
      if (!signal.aborted) body.replaceChildren(endedPanel(signIn));
      return;
    }
    if (signal.aborted) return;
    const decoded = decodeToken(token);
    body.replaceChildren(...(decoded ? parts(decoded) : [opaquePanel()]));
    if (fresh) announce("The access token was renewed.");
  }

  function parts(decoded) {
    return [
      lifetime(decoded, signal, flow.renews && (() => load(true))),
      grants(config, scopesOf(decoded)),
      claimsTable("Claims", decoded.claims, MEANINGS),
      claimsTable("Header", decoded.header, { alg: "how it is signed", kid: "with which key", typ: "what it is" }),
    ];
  }

  load(false);
  return page(
    {
      title: "Access token",
      lead: "This page sends it with each request. Only its readable part is shown: without the signature it opens nothing.",
    },
    body,
  );
}

function lifetime(decoded, signal, renew) {
  const { iat, exp } = decoded.claims;
  const text = element("p", { class: "lifetime-left", role: "timer" });
  const bar = element("progress", {
    class: "lifetime-bar",
    max: Math.max(1, exp - iat) || 1,
    "aria-label": "Remaining lifetime",
  });
  const node = element(
    "section",
    { class: "card lifetime" },
    element("h2", {}, "Time left"),
    text,
    bar,
    renew && button("Renew now", renew, "plain"),
  );

  function tick() {
    const left = secondsLeft(decoded, Date.now() / 1000);
    text.textContent = left === null ? "It does not say" : left === 0 ? "Expired" : formatDuration(left);
    bar.value = left ?? 0;
  }

  tick();
  const timer = setInterval(() => {
    // Also ends when a renewed token has taken this one's place.
    if (signal.aborted || !node.isConnected) clearInterval(timer);
    else tick();
  }, 1000);
  return node;
}

function grants(config, scopes) {
  const items = Object.entries(config.scopes).map(([scope, description]) => {
    const granted = scopes.includes(scope);
    return element(
      "li",
      { class: granted ? "scope scope-granted" : "scope" },
      icon(granted ? "open" : "lock"),
      element("code", {}, scope),
      element("span", {}, granted ? description : `${description}: not granted`),
    );
  });
  return element(
    "section",
    { class: "card" },
    element("h2", {}, "Scopes"),
    element("ul", { class: "scopes" }, ...items),
  );
}

function claimsTable(title, members, meanings) {
  const rows = Object.entries(members).map(([name, value]) =>
    element(
      "tr",
      {},
      element(
        "th",
        { scope: "row" },
        element("code", {}, name),
        meanings[name] && element("small", {}, meanings[name]),
      ),
      element("td", {}, claimValue(name, value)),
    ),
  );
  return element(
    "section",
    { class: "card" },
    element("h2", {}, title),
    element("table", { class: "claims", "aria-label": title }, element("tbody", {}, ...rows)),
  );
}

function claimValue(name, value) {
  if (TIMES.includes(name) && Number.isFinite(value)) {
    const date = new Date(value * 1000);
    return element("time", { datetime: date.toISOString() }, date.toLocaleString());
  }
  if (Array.isArray(value))
    return element("ul", { class: "values" }, ...value.map((item) => element("li", {}, String(item))));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function opaquePanel() {
  return panel({
    tone: "quiet",
    iconName: "key",
    title: "Nothing to read here",
    sentence:
      "The tenant issued an opaque token, which it does when it is asked without an audience. The APIs will refuse it.",
  });
}

function endedPanel(signIn) {
  return panel(
    {
      tone: "trouble",
      iconName: "key",
      title: "Your session has ended",
      sentence: "There is no access token any more. Sign in again to go on.",
    },
    button("Sign in again", () => signIn()),
  );
}
