/** Requests with a time limit: each ends with a complete answer, or with the cause of the failure. */

import { causeOf, Trouble } from "./trouble.js";

/**
 * @typedef {{response: Response, text: string, json: unknown}} Answer `json` is undefined if the text is not JSON
 * @typedef {import("./trouble.js").Cause} Cause
 */

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {string} address
 * @param {RequestInit & {milliseconds: number, slow: Cause, unreachable: Cause}} options `milliseconds`: the time limit;
 *   `slow` and `unreachable`: the causes to report if an answer comes too late, or not at all
 * @returns {Promise<Answer>}
 * @throws {Trouble}
 */
export async function ask(fetch, address, { milliseconds, slow, unreachable, ...init }) {
  try {
    const response = await fetch(address, { ...init, signal: AbortSignal.timeout(milliseconds) });
    const text = await response.text();
    return { response, text, json: parse(text) };
  } catch (error) {
    throw new Trouble(causeOf(error, slow, unreachable));
  }
}

/**
 * Recognise a page with status 200 instead of data: the sign-in page of a hotel's or train's network answers every request.
 *
 * @param {Answer} answer
 * @returns {boolean}
 */
export function isPortal({ response, json }) {
  return response.ok && json === undefined && (response.headers.get("content-type") ?? "").startsWith("text/html");
}

/**
 * @param {Response} response
 * @returns {number | null} the seconds of Retry-After (RFC 9110 §10.2.3), at most five minutes
 */
export function secondsToWait(response) {
  const value = response.headers.get("retry-after");
  if (value === null) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 1), 300) : null;
}

/** @param {string} text @returns {unknown} */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
