/** Builds the page without HTML text, so that no text of an API or a token can become markup. */

/** @typedef {Node | string | null | false | undefined} Child null, false and undefined are left out */

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on<event>` holds a listener; false, null and undefined omit an attribute
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined)
      node.setAttribute(name, value === true ? "" : value);
  }
  node.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child || child === "")));
  return node;
}

/**
 * Isolate foreign text within ours, so that its direction does not affect the text around it.
 *
 * @param {string} text
 * @returns {HTMLElement}
 */
export function quoted(text) {
  return element("bdi", {}, text);
}

/**
 * @param {string} sentence with one `{}`
 * @param {Node} node replaces `{}`
 * @returns {(Node | string)[]}
 */
export function filled(sentence, node) {
  const [before = "", after = ""] = sentence.split("{}");
  return [before, node, after];
}

/**
 * @param {string} name a class of styles/base.css: `icon-<name>`
 * @returns {HTMLElement} a decorative picture: the text next to it says the same
 */
export function icon(name) {
  return element("span", { class: `icon icon-${name}`, "aria-hidden": "true" });
}

/** Tell a screen reader what changed without moving the focus. @param {string} text */
export function announce(text) {
  byId("announcer").textContent = text;
}

/** @param {string} id of index.html @returns {HTMLElement} */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * Replace the content of a container. A focus within it stays within it: on the button with the same name, or else on the first
 * button, or else on the container.
 *
 * @param {HTMLElement} container
 * @param {...Node} nodes
 */
export function swap(container, ...nodes) {
  keepFocus(container, container, () => container.replaceChildren(...nodes));
}

/**
 * Replace a container by a new one with new content. If an existing element moved, browsers would count a layout shift; a new
 * element has not moved.
 *
 * @param {HTMLElement} old
 * @param {...Node} nodes
 * @returns {HTMLElement} the new container
 */
export function renew(old, ...nodes) {
  const fresh = element("div", {}, ...nodes);
  keepFocus(old, fresh, () => old.replaceWith(fresh));
  return fresh;
}

/** @param {HTMLElement} old @param {HTMLElement} container replaces `old` @param {() => void} change */
function keepFocus(old, container, change) {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  const hadFocus = focused !== null && old.contains(focused);
  change();
  if (!hadFocus) return;
  const buttons = [...container.querySelectorAll("button")].filter((each) => each.checkVisibility());
  const heir = buttons.find(({ dataset }) => dataset.name && dataset.name === focused.dataset.name) ?? buttons[0];
  if (!heir) container.tabIndex = -1;
  (heir ?? container).focus({ preventScroll: true });
}

/** After this time, people begin to wonder. */
const PATIENCE_MILLISECONDS = 3000;

/**
 * Call `tell` if something takes long.
 *
 * @param {() => void} tell called once, unless `stop` was called before
 * @returns {() => void} stop
 */
export function afterAWhile(tell) {
  const timer = setTimeout(tell, PATIENCE_MILLISECONDS);
  return () => clearTimeout(timer);
}
