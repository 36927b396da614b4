/**
 * Reads addresses, and changes between them without loading the page again.
 *
 * @import {Config} from "./config.js"
 * @typedef {{view: "home"} | {view: "list", name: string} | {view: "detail", name: string, id: string} | {view: "token"}
 *   | {view: "not-found"}} Route
 */

/**
 * @param {string} pathname
 * @param {Config} config
 * @returns {Route}
 */
export function matchRoute(pathname, config) {
  const [name = "", id, ...rest] = pathname.replace(/^\//, "").replace(/\/+$/, "").split("/");
  if (name === "") return { view: "home" };
  if (name === "token" && id === undefined) return { view: "token" };
  const api = Object.hasOwn(config.apis, name) ? config.apis[name] : undefined;
  if (!api || rest.length > 0) return { view: "not-found" };
  if (id === undefined) return { view: "list", name };
  const decoded = decode(id);
  return api.detail && decoded !== null ? { view: "detail", name, id: decoded } : { view: "not-found" };
}

/** @param {string} name of an API @param {string} id @returns {string} the address of one item */
export function detailAddress(name, id) {
  return `/${name}/${encodeURIComponent(id)}`;
}

/**
 * @param {{pathname: string, search: string, hash: string}} location
 * @param {"code" | "implicit"} loginFlow
 * @returns {URLSearchParams | null} the tenant's answer, if the address looks like one; its `state` shows whose it is
 */
export function answerIn({ pathname, search, hash }, loginFlow) {
  if (pathname !== "/") return null;
  const answer = new URLSearchParams(loginFlow === "implicit" ? hash.slice(1) : search);
  const token = loginFlow === "implicit" ? "access_token" : "code";
  return answer.has("state") && (answer.has(token) || answer.has("error")) ? answer : null;
}

/** @returns {string} the visitor's place: path, query and fragment */
export function currentRoute() {
  return location.pathname + location.search + location.hash;
}

/** Change the address without changing the view. @param {string} route */
export function replaceRoute(route) {
  history.replaceState(history.state, "", route);
}

/**
 * Show the view of each address that the visitor goes to. Back restores the scroll position.
 *
 * @param {(moved: boolean) => Promise<unknown>} show `moved` is false for the first view of the page; its promise ends when
 *   the view has its content
 */
export function startRouter(show) {
  let shown = location.pathname + location.search;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  history.scrollRestoration = "manual";

  /** @param {boolean} moved @param {number} scroll */
  async function go(moved, scroll) {
    shown = location.pathname + location.search;
    clearTimeout(timer);
    window.scrollTo(0, 0);
    const ready = show(moved);
    if (scroll > 0) {
      await ready;
      if (shown === location.pathname + location.search) window.scrollTo(0, scroll);
    }
  }

  document.addEventListener("click", (event) => {
    const link = ownLink(event);
    if (!link) return;
    event.preventDefault();
    rememberScroll();
    if (link.href !== location.href) history.pushState(null, "", link.href);
    go(true, 0);
  });
  window.addEventListener("popstate", (event) => {
    // The skip link's #main comes here too. It must not draw the view again while somebody reads it.
    if (location.pathname + location.search !== shown) go(true, event.state?.scroll ?? 0);
  });
  window.addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(rememberScroll, 150);
  });
  go(false, history.state?.scroll ?? 0);
}

function rememberScroll() {
  history.replaceState({ ...history.state, scroll: window.scrollY }, "");
}

/** @param {string} segment @returns {string | null} */
function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/**
 * @param {MouseEvent} event
 * @returns {HTMLAnchorElement | null} the link of ours that a click follows in this tab; null if the browser should handle the
 *   click
 */
function ownLink(event) {
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const target = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!plain || !(target instanceof HTMLAnchorElement)) return null;
  return target.origin === location.origin && !target.hash && !target.target ? target : null;
}
