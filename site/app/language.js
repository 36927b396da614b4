/**
 * The language of the page: its texts, and its numbers, lists, dates and durations.
 *
 * @typedef {typeof en} Words
 */

import { en } from "./texts/en.js";

/** Each language is one file of texts/, loaded on demand. @type {Record<string, () => Promise<Words>>} */
const LANGUAGES = {
  en: async () => en,
  de: async () => (await import("./texts/de.js")).de,
};
/** Each language's name for itself, for the choice. */
export const LANGUAGE_NAMES = { en: "English", de: "Deutsch" };

/** @type {Words} */
export let words = en;
export let language = "en";

/**
 * Use the first wanted language that the site has; English if it has none, or if the file does not load.
 *
 * @param {readonly string[]} wanted such as ["de-AT", "en"], the best one first
 */
export async function useLanguage(wanted) {
  const codes = wanted.map((tag) => tag.split("-")[0]?.toLowerCase() ?? "");
  const code = codes.find((each) => Object.hasOwn(LANGUAGES, each)) ?? "en";
  try {
    words = (await LANGUAGES[code]?.()) ?? en;
    language = code;
  } catch {
    words = en;
    language = "en";
  }
}

/** @param {string} text of the deployment, such as an API's title @returns {string} its translation, or else the text itself */
export function translated(text) {
  return Object.hasOwn(words.deployment, text) ? /** @type {string} */ (words.deployment[text]) : text;
}

/** @param {string} title of an API @returns {string} its form within a sentence: English writes it in lower case */
export function subjectOf(title) {
  const own = translated(title);
  return language === "en" && own === title ? title.toLowerCase() : own;
}

/** @param {string} text "List the movies" @returns {string} its form within a sentence: in English "list the movies" */
export function withinSentence(text) {
  return language === "en" ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/**
 * @param {{one: string | ((n: string, what: string) => string), other: (n: string, what: string) => string}} forms
 * @param {number} count
 * @param {string} what
 * @returns {string}
 */
export function counted(forms, count, what) {
  const form = new Intl.PluralRules(language).select(count) === "one" ? forms.one : forms.other;
  return typeof form === "string" ? form : form(number(count), what);
}

/** @param {string[]} names @param {"and" | "or"} last @returns {string} such as "a, b and c" */
export function listed(names, last) {
  const type = last === "and" ? "conjunction" : "disjunction";
  return new Intl.ListFormat(language, { type, style: "long" }).format(names);
}

/** @param {number} value @returns {string} four digits without a separator, because most of them are years */
export function number(value) {
  return new Intl.NumberFormat(language, { useGrouping: "min2", maximumFractionDigits: 20 }).format(value);
}

/** @param {Date} value @param {boolean} [withTime] @returns {string} */
export function date(value, withTime = true) {
  /** @type {Intl.DateTimeFormatOptions} */
  const style = withTime ? { dateStyle: "medium", timeStyle: "short" } : { dateStyle: "medium", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language, style).format(value);
}

/** @param {number} seconds @returns {string} such as "1 hr 59 min 7 sec" */
export function duration(seconds) {
  const parts = [
    { unit: "hour", value: Math.floor(seconds / 3600) },
    { unit: "minute", value: Math.floor((seconds % 3600) / 60) },
    { unit: "second", value: Math.floor(seconds % 60) },
  ];
  const shown = parts.filter(({ value }, place) => value > 0 || (place === 2 && seconds < 60));
  return shown
    .map(({ unit, value }) =>
      new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(value),
    )
    .join(" ");
}
