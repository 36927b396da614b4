/** Builds the page. The site holds no HTML text, so no word of an API or a token can become markup. */

/** @typedef {Node | string | null | false | undefined} Child null, false and undefined are left out */

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on<event>` holds a listener; false, null and undefined leave an attribute out
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
 * Isolate other people's words within ours, so that their direction does not turn the text around them.
 *
 * @param {string} text
 * @returns {HTMLElement}
 */
export function quoted(text) {
  return element("bdi", {}, text);
}

/**
 * @param {string} sentence with one `{}`
 * @param {Node} node what takes the place of `{}`
 * @returns {(Node | string)[]}
 */
export function filled(sentence, node) {
  const [before = "", after = ""] = sentence.split("{}");
  return [before, node, after];
}

/**
 * @param {string} name a class of styles/base.css: `icon-<name>`
 * @returns {HTMLElement} a picture without a meaning of its own: the text next to it says the same
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
 * Replace the content of a container. A focus within it stays within it: on the button of the same name, else on the first
 * button, else on the container.
 *
 * @param {HTMLElement} container
 * @param {...Node} nodes
 */
export function swap(container, ...nodes) {
  keepFocus(container, container, () => container.replaceChildren(...nodes));
}

/**
 * Put a new container with new content in the place of an old one. Browsers call it a layout shift when an element that stays
 * moves. What is new has not moved.
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

/** @param {HTMLElement} old @param {HTMLElement} container takes the place of `old` @param {() => void} change */
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

/** People wait this long without wondering. */
const PATIENCE_MILLISECONDS = 3000;

/**
 * Call `tell` when something takes long.
 *
 * @param {() => void} tell called once, unless `stop` was called before
 * @returns {() => void} stop
 */
export function afterAWhile(tell) {
  const timer = setTimeout(tell, PATIENCE_MILLISECONDS);
  return () => clearTimeout(timer);
}
