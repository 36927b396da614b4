/**
 * Asks the tenant in a hidden frame (`response_mode=web_message` of the OAuth 2.0 Web Message Response Mode draft and of Auth0).
 * The answer comes as a message to the page, which stays where it is.
 */

import { causeOf, Trouble } from "./trouble.js";

const TIMEOUT_MILLISECONDS = 10_000;
/** The answer's script runs before the frame has loaded. So a loaded frame without a message holds an error page. */
const SILENCE_MILLISECONDS = 500;

/**
 * @param {string} address of the tenant's authorization endpoint
 * @param {string} state that the answer must have
 * @returns {Promise<URLSearchParams>} the members of the authorization response
 * @throws {Trouble} the tenant gives no such answer
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

/** `Promise.withResolvers`, which browsers have only since 2024. */
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
