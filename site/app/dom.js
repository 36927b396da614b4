/** Building the page. There is no HTML text anywhere in this site, so nothing that an API or a token says can become markup. */

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on<event>` holds a listener; false, null and undefined leave an attribute out
 * @param {...(Node | string | null | false)} children null and false are left out
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined)
      node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== false));
  return node;
}

/**
 * @param {string} name a class of styles/base.css: `icon-<name>`
 * @returns {HTMLElement} a picture that says nothing which the text beside it does not say
 */
export function icon(name) {
  return element("span", { class: `icon icon-${name}`, "aria-hidden": "true" });
}

/**
 * Tell a screen reader what changed without moving the focus.
 *
 * @param {string} text
 */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}
