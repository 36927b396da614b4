/**
 * Asks the tenant in a hidden frame (`response_mode=web_message` of the OAuth 2.0 Web Message Response Mode draft and of Auth0).
 * The answer is a message to the page, which does not move.
 */

import { causeOf, Trouble } from "./trouble.js";

const TIMEOUT_MILLISECONDS = 10_000;
/** The script of the answer runs before the frame has loaded. A frame that has loaded and is silent holds an error page. */
const SILENCE_MILLISECONDS = 500;

/**
 * @param {string} address of the tenant's authorization end point
 * @param {string} state which the answer must carry
 * @returns {Promise<URLSearchParams>} the members of the authorization response
 * @throws {Trouble} the tenant does not answer as it should
 */
export function askInFrame(address, state) {
  const { promise, resolve, reject } = promiseWithEnds();
  const ending = new AbortController();
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.title = "";
  frame.src = address;
  /** @param {Trouble["kind"]} cause */
  const giveUp = (cause) => reject(new Trouble(causeOf(null, cause, cause)));
  /** @param {MessageEvent} message */
  const hear = ({ source, origin, data }) => {
    const isAnswer = source === frame.contentWindow && origin === new URL(address).origin;
    if (!isAnswer || data?.type !== "authorization_response" || data.response?.state !== state) return;
    resolve(new URLSearchParams(data.response));
  };
  window.addEventListener("message", hear, { signal: ending.signal });
  const timers = [setTimeout(() => giveUp("tenant_slow"), TIMEOUT_MILLISECONDS)];
  frame.addEventListener("load", () => {
    timers.push(setTimeout(() => giveUp("tenant_down"), SILENCE_MILLISECONDS));
  });
  document.body.append(frame);
  return promise.finally(() => {
    timers.map(clearTimeout);
    ending.abort();
    frame.remove();
  });
}

/** `Promise.withResolvers`, which browsers have since 2024 only. */
function promiseWithEnds() {
  /** @type {(answer: URLSearchParams) => void} */
  let resolve = () => {};
  /** @type {(trouble: Trouble) => void} */
  let reject = () => {};
  /** @type {Promise<URLSearchParams>} */
  const promise = new Promise((...ends) => {
    [resolve, reject] = ends;
  });
  return { promise, resolve, reject };
}
