/** The start: makes the page from the browser's parts. */

import { App, showOpening } from "./app.js";
import { loadConfig } from "./config.js";
import { byId } from "./dom.js";
import { useLanguage, words } from "./language.js";
import { Memory } from "./memory.js";
import { asTrouble } from "./trouble.js";
import { brokenView } from "./views/trouble.js";

async function main() {
  const memory = Memory.of(window);
  try {
    const fetch = window.fetch.bind(window);
    if (memory.hasPerson) import("./sign_in.js").catch(() => {}); // an early start: app.js awaits it, and reports a failure
    const [{ config, date }] = await Promise.all([
      loadConfig(fetch),
      useLanguage([memory.language ?? "", ...navigator.languages]),
    ]);
    showOpening(words.opening);
    const skewSeconds = date === null ? 0 : (Date.now() - Date.parse(date)) / 1000;
    await new App({ config, memory, fetch, skewSeconds }).start();
  } catch (error) {
    byId("main").replaceChildren(brokenView(asTrouble(error)));
  }
}

main();
