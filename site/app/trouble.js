/**
 * One type for every failure: a cause with a name. texts/<language>.js has the sentences for each cause.
 *
 * @typedef {import("./texts/en.js").Troubles} Troubles
 * @typedef {keyof Troubles} Cause
 * @typedef {{method: string, path: string, status: number | null, milliseconds: number, requestId: string | null,
 *   reasonCode: string | null}} Exchange one request to an API, as the request drawer shows it
 * @typedef {{reason?: string, code?: string, status?: number, seconds?: number, name?: string}} Facts
 *   details for a sentence; `reason` and `name` are foreign text
 */

/** Causes that pass by themselves, so the site keeps what it remembers. @type {Cause[]} */
const PASSING = ["offline", "part_missing", "portal", "tenant_down", "tenant_slow", "tenant_busy"];

/** A failure that the page explains to the visitor, with the next step. */
export class Trouble extends Error {
  /**
   * @param {Cause} cause
   * @param {Facts} [facts]
   * @param {Exchange | null} [exchange] the API request that failed
   */
  constructor(cause, facts = {}, exchange = null) {
    super(cause);
    this.kind = cause;
    this.facts = facts;
    this.exchange = exchange;
  }

  get passes() {
    return PASSING.includes(this.kind);
  }
}

/**
 * @param {unknown} error
 * @returns {Trouble} a Trouble unchanged; for anything else, a defect of ours
 */
export function asTrouble(error) {
  if (error instanceof Trouble) return error;
  console.error(error); // a defect of ours, for which developers need the stack
  return new Trouble("defect");
}

/**
 * @param {unknown} error an exception of `fetch`
 * @param {Cause} slow
 * @param {Cause} unreachable
 * @returns {Cause}
 */
export function causeOf(error, slow, unreachable) {
  if (isOffline()) return "offline";
  return error instanceof Error && error.name === "TimeoutError" ? slow : unreachable;
}

/** @returns {boolean} whether the device says that it has no network; false proves nothing */
function isOffline() {
  return globalThis.navigator?.onLine === false;
}
