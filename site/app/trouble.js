/**
 * What can go wrong, as one type: a cause with a name. The sentences for each cause are in texts/<language>.js.
 *
 * @typedef {import("./texts/en.js").Troubles} Troubles
 * @typedef {keyof Troubles} Cause
 * @typedef {{method: string, path: string, status: number | null, milliseconds: number, requestId: string | null,
 *   reasonCode: string | null}} Exchange one request to an API, as the request drawer shows it
 * @typedef {{reason?: string, code?: string, status?: number, seconds?: number, name?: string}} Facts
 *   what a sentence may name: `reason` and `name` are other people's words, to be shown as text
 */

/** Causes that pass by themselves: nothing is forgotten because of them. @type {Cause[]} */
const PASSING = ["offline", "part_missing", "portal", "tenant_down", "tenant_slow", "tenant_busy"];

/** Something did not work, and the visitor is told what and what to do. */
export class Trouble extends Error {
  /**
   * @param {Cause} cause
   * @param {Facts} [facts]
   * @param {Exchange | null} [exchange] the API request that it is about
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
 * @returns {Trouble} the same for a Trouble; a defect of ours for anything else
 */
export function asTrouble(error) {
  if (error instanceof Trouble) return error;
  console.error(error); // ours to mend: the stack is all that helps
  return new Trouble("defect");
}

/**
 * @param {unknown} error what `fetch` has thrown
 * @param {Cause} slow
 * @param {Cause} unreachable
 * @returns {Cause}
 */
export function causeOf(error, slow, unreachable) {
  if (isOffline()) return "offline";
  return error instanceof Error && error.name === "TimeoutError" ? slow : unreachable;
}

/** @returns {boolean} whether the device itself says that it has no network; false proves nothing */
function isOffline() {
  return globalThis.navigator?.onLine === false;
}
