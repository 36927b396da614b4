/** Writes an API's values for people: numbers, dates, yes and no; anything else as text. */

import { quoted } from "../dom.js";
import { date, listed, number, words } from "../language.js";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
const NOTHING = "–";

/**
 * @param {unknown} value parsed from JSON
 * @returns {string}
 */
export function textOf(value) {
  if (value === null || value === undefined || value === "") return NOTHING;
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (Array.isArray(value)) return value.length > 0 ? listed(value.map(textOf), "and") : NOTHING;
  if (typeof value === "object") return JSON.stringify(value);
  const text = String(value);
  const moment = new Date(text);
  const isMoment = (DATE.test(text) || MOMENT.test(text)) && !Number.isNaN(moment.getTime());
  return isMoment ? date(moment, MOMENT.test(text)) : text;
}

/** @param {unknown} value @returns {Node} */
export function valueNode(value) {
  return quoted(textOf(value));
}

/**
 * Compare two values: numbers by size, everything else in the alphabetical order of the language; empty values come last.
 *
 * @param {unknown} a
 * @param {unknown} b
 * @param {string} language
 */
export function compare(a, b, language) {
  const [isNothingA, isNothingB] = [a, b].map((value) => value === null || value === undefined || value === "");
  if (isNothingA || isNothingB) return Number(isNothingA) - Number(isNothingB);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), language, { numeric: true, sensitivity: "base" });
}
