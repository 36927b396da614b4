import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import * as speech from "../../../site/app/language.js";
import { de } from "../../../site/app/texts/de.js";
import { en } from "../../../site/app/texts/en.js";

afterEach(() => speech.useLanguage(["en"]));

test("the first language that the site has is used", async () => {
  await speech.useLanguage(["", "fr-FR", "de-AT", "en"]);
  assert.equal(speech.language, "de");
  assert.equal(speech.words.signOut, "Abmelden");
  await speech.useLanguage(["fr", "constructor"]);
  assert.equal(speech.language, "en");
});

/** The texts of a language by their path, each with its number of parameters. */
function places(value, place = "") {
  if (typeof value === "function") return [place];
  if (typeof value !== "object") return [place];
  return Object.entries(value).flatMap(([name, inner]) => places(inner, `${place}.${name}`));
}

test("every language has every text, and none is left in English", () => {
  const own = /^\.(deployment|direction)/;
  const [english, german] = [en, de].map((texts) => places(texts).filter((place) => !own.test(place)));
  assert.deepEqual(german, english);
  const at = (texts, place) =>
    place
      .slice(1)
      .split(".")
      .reduce((value, name) => value[name], texts);
  const same = english.filter((place) => typeof at(en, place) === "string" && at(en, place) === at(de, place));
  assert.deepEqual(same, [".status"]);
});

test("a text of the deployment is translated if the language knows it", async () => {
  assert.equal(speech.translated("Movies"), "Movies");
  assert.equal(speech.subjectOf("Movies"), "movies");
  assert.equal(speech.withinSentence("List the movies"), "list the movies");
  await speech.useLanguage(["de"]);
  assert.equal(speech.translated("Movies"), "Filme");
  assert.equal(speech.translated("Albums"), "Albums");
  assert.equal(speech.translated("constructor"), "constructor");
  assert.equal(speech.subjectOf("Movies"), "Filme");
  assert.equal(speech.subjectOf("Albums"), "Albums", "German keeps the capital of a title that it cannot translate");
  assert.equal(speech.withinSentence("Filme auflisten"), "Filme auflisten");
});

test("one thing and many are counted as the language does", async () => {
  assert.equal(speech.counted(speech.words.all, 1, "movies"), "1 entry, and that is all");
  assert.equal(speech.counted(speech.words.all, 24, "movies"), "24 movies, and that is all");
  assert.equal(speech.counted(speech.words.all, 12_345, "movies"), "12,345 movies, and that is all");
  await speech.useLanguage(["de"]);
  assert.equal(speech.counted(speech.words.all, 12_345, "Filme"), "12.345 Filme, das ist alles");
  assert.equal(speech.listed(["a", "b", "c"], "or"), "a, b oder c");
});

test("a year is not grouped, a duration has its units", () => {
  assert.equal(speech.number(1927), "1927");
  assert.deepEqual([0, 59, 60, 7199].map(speech.duration), ["0 sec", "59 sec", "1 min", "1 hr 59 min 59 sec"]);
});
