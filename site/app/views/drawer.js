/** The request drawer: the request, its answer, and the command that repeats it. It never holds the token. */

import { announce, element } from "../dom.js";
import { number, words } from "../language.js";
import { button } from "./page.js";

/**
 * @param {import("../trouble.js").Exchange | null} exchange
 * @param {{open?: boolean}} [options]
 * @returns {HTMLElement | null}
 */
export function requestDrawer(exchange, { open = false } = {}) {
  if (!exchange) return null;
  const { method, path, status, milliseconds, requestId, reasonCode } = exchange;
  const line = curl(method, path);
  return element(
    "details",
    { class: "drawer", open },
    element("summary", {}, words.requestBehind),
    element(
      "dl",
      { class: "facts" },
      ...fact(words.request, `${method} ${path}`),
      ...fact(words.status, String(status)),
      ...fact(words.time, words.milliseconds(number(milliseconds))),
      ...fact(words.requestId, requestId),
      ...fact(words.reasonCode, reasonCode),
    ),
    element("p", { class: "drawer-hint" }, words.repeat),
    copyable(line),
  );
}

/** @param {string} method @param {string} path @returns {string} */
function curl(method, path) {
  const verb = method === "GET" ? "" : ` -X ${method}`;
  // A single quoted word for a shell, which the address cannot end.
  const address = `'${(location.origin + path).replaceAll("'", "%27")}'`;
  return `curl -i${verb} -H "Authorization: Bearer $TOKEN" ${address}`;
}

/** @param {string} term @param {string | null} value */
function fact(term, value) {
  return value === null ? [] : [element("dt", {}, term), element("dd", {}, element("code", {}, value))];
}

/** @param {string} text */
function copyable(text) {
  return element(
    "div",
    { class: "copyable" },
    element("code", { class: "copyable-text", tabindex: "0" }, text),
    copyButton(words.copy, async () => text),
  );
}

/**
 * @param {string} label
 * @param {() => Promise<string>} find returns the text when somebody presses the button
 * @returns {HTMLElement}
 */
export function copyButton(label, find) {
  const node = button(label, copy, "plain");
  return node;

  async function copy() {
    try {
      await navigator.clipboard.writeText(await find());
      node.textContent = words.copied;
      announce(words.copied);
      setTimeout(() => {
        node.textContent = label;
      }, 2000);
    } catch {
      announce(words.copyFailed);
      node.textContent = words.copyFailed;
    }
  }
}
