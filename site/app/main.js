/** The start: the parts of the page are made here and nowhere else, from what the browser gives. */

import { App, showOpening } from "./app.js";
import { loadConfig } from "./config.js";
import { byId } from "./dom.js";
import { createFlow } from "./flow.js";
import { askInFrame } from "./frame.js";
import { useLanguage, words } from "./language.js";
import { Memory } from "./memory.js";
import { Session } from "./session.js";
import { asTrouble, Trouble } from "./trouble.js";
import { brokenView } from "./views/trouble.js";

/** An address that has not answered by then will not. */
const LEAVING_MILLISECONDS = 15_000;

async function main() {
  const memory = Memory.of(window);
  try {
    const fetch = window.fetch.bind(window);
    const [{ config, date }] = await Promise.all([
      loadConfig(fetch),
      useLanguage([memory.language ?? "", ...navigator.languages]),
    ]);
    showOpening(words.opening);
    const loadFlow = () => createFlow(config, location.origin);
    const session = new Session({ memory, loadFlow, ask: askInFrame, leave });
    const skewSeconds = date === null ? 0 : (Date.now() - Date.parse(date)) / 1000;
    await new App({ config, session, memory, fetch, skewSeconds }).start();
  } catch (error) {
    byId("main").replaceChildren(brokenView(asTrouble(error)));
  }
}

/**
 * @param {string} address
 * @param {{leavesTrace: boolean}} options `leavesTrace`: whether Back leads here again
 * @returns {Promise<never>}
 */
function leave(address, { leavesTrace }) {
  if (leavesTrace) location.assign(address);
  else location.replace(address);
  return new Promise((_, reject) => {
    setTimeout(() => {
      window.stop();
      reject(new Trouble("tenant_slow"));
    }, LEAVING_MILLISECONDS);
  });
}

main();
