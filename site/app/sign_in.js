/**
 * The second part of the site: everything for a visitor who signs in or is signed in. app.js loads it on demand, as one file,
 * because other visitors do not need it.
 *
 * @import {Config} from "./config.js"
 * @import {Memory} from "./memory.js"
 */

import { createFlow } from "./flow.js";
import { askInFrame } from "./frame.js";
import { Session } from "./session.js";
import { Trouble } from "./trouble.js";

export { accountView, menuView } from "./views/account.js";
export { viewOf } from "./views/signed_in.js";

/** An address that has not answered after this time will not answer. */
const LEAVING_MILLISECONDS = 15_000;

/** @param {Config} config @param {Memory} memory @returns {Session} */
export function createSession(config, memory) {
  const loadFlow = () => createFlow(config, location.origin);
  return new Session({ memory, loadFlow, ask: askInFrame, leave });
}

/**
 * @param {string} address
 * @param {{leavesTrace: boolean}} options `leavesTrace`: whether Back returns here
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
