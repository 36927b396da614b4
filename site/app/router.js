/**
 * Which view an address means, and moving between addresses without loading the page again.
 *
 * @import {Config} from "./config.js"
 * @typedef {{view: "home"} | {view: "list", name: string} | {view: "token"} | {view: "not-found"}} Route
 */

/**
 * @param {string} pathname
 * @param {Config} config
 * @returns {Route}
 */
export function matchRoute(pathname, config) {
  const path = pathname.replace(/\/+$/, "");
  if (path === "") return { view: "home" };
  if (path === "/token") return { view: "token" };
  const name = path.slice(1);
  return Object.hasOwn(config.apis, name) ? { view: "list", name } : { view: "not-found" };
}

/**
 * Show the view of each address that the visitor goes to.
 *
 * @param {(pathname: string, moved: boolean) => void} show `moved` is false for the first view of the page
 * @returns {{open: (pathname: string) => void}} `open` replaces the address and shows its view
 */
export function startRouter(show) {
  let shown = null;
  function go(pathname, moved) {
    shown = pathname;
    show(pathname, moved);
  }
  document.addEventListener("click", (event) => {
    const link = ownLink(event);
    if (!link) return;
    event.preventDefault();
    if (link.pathname !== location.pathname) history.pushState(null, "", link.pathname);
    go(link.pathname, true);
  });
  window.addEventListener("popstate", () => {
    // The skip link's #main comes here too; it must not draw the view anew under the reader.
    if (location.pathname !== shown) go(location.pathname, true);
  });
  return {
    open(pathname) {
      history.replaceState(null, "", pathname);
      go(pathname, false);
    },
  };
}

/** The link of ours that a click follows in this tab, or undefined where the browser should do what it does. */
function ownLink(event) {
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const link = event.target.closest?.("a[href]");
  const isRoute = link && link.origin === location.origin && !link.hash && !link.target;
  return plain && isRoute ? link : undefined;
}
