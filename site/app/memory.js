/**
 * Remembers facts from one page load to the next, in the browser's storage. It holds no secret and no token.
 *
 * - For all tabs (localStorage): a mark of the person who is signed in. It shows that a sign-in can be restored, and lets a tab
 *   notice that another person has signed in. It is a salted hash of `sub`, so it names nobody.
 * - For this tab (sessionStorage): the pending sign-ins, how often the page has left to restore one, and whose session this tab
 *   has shown.
 *
 * @typedef {{kind: import("./trouble.js").Cause, facts: import("./trouble.js").Facts}} Notice
 * @typedef {{route: string, silent: boolean, kept: Record<string, string>, notice: Notice | null}} Pending a pending sign-in:
 *   the route to return to, whether it asks nothing of the visitor, the values to check the answer with, a message for afterwards
 */

import { Trouble } from "./trouble.js";

const PERSON = "gatehouse.signed-in";
const SIGNED_OUT = "gatehouse.signed-out";
const LANGUAGE = "gatehouse.language";
const PENDING = "gatehouse.sign-ins";
const DEPARTURES = "gatehouse.departures";
const SHOWN = "gatehouse.shown";

/** The mark of a person whose name the page does not know yet, because the exchange of the code has not ended. */
const SOMEBODY = "somebody";
/** People press Back and start again. The site keeps this many of the last sign-ins. */
const MOST_PENDING = 5;
/** After so many departures without an answer, the page waits for the visitor instead of looping. */
const MOST_DEPARTURES = 5;

export class Memory {
  /**
   * @param {Storage | null} forAllTabs localStorage; null if the browser blocks it
   * @param {Storage | null} forThisTab sessionStorage
   */
  constructor(forAllTabs, forThisTab) {
    this.all = new Shelf(forAllTabs);
    this.tab = new Shelf(forThisTab);
  }

  /** @param {Window} window @returns {Memory} */
  static of(window) {
    return new Memory(
      storageOf(() => window.localStorage),
      storageOf(() => window.sessionStorage),
    );
  }

  /** @returns {boolean} whether somebody is signed in, as far as this browser remembers */
  get hasPerson() {
    return this.all.get(PERSON) !== null;
  }

  /** The tenant has signed somebody in: from now on, a reload restores the sign-in. */
  expectPerson() {
    if (!this.hasPerson) this.all.put(PERSON, SOMEBODY);
  }

  /**
   * @param {string} sub
   * @returns {Promise<boolean>} false if this tab has shown another person's session before
   */
  async setPerson(sub) {
    const known = this.all.get(PERSON);
    if (!known || !(await isMarkOf(known, sub))) this.all.put(PERSON, await newMark(sub));
    const shown = this.tab.get(SHOWN);
    const isSame = shown === null || (await isMarkOf(shown, sub));
    this.tab.put(SHOWN, this.all.get(PERSON) ?? "");
    return isSame;
  }

  /** @param {string} sub @returns {Promise<boolean>} whether the person of all tabs is this one, or is unknown */
  async isPerson(sub) {
    const known = this.all.get(PERSON);
    return known === null || known === SOMEBODY || isMarkOf(known, sub);
  }

  /** Nobody is signed in any more. Other tabs keep their tokens. */
  forgetPerson() {
    this.all.remove(PERSON);
    this.tab.remove(SHOWN);
  }

  /** The visitor has signed out. Other tabs notice it with `whatHappened`. */
  signOut() {
    this.forgetPerson();
    this.all.put(SIGNED_OUT, String(Date.now()));
    this.tab.put(SIGNED_OUT, "here");
  }

  /** @returns {boolean} whether this page load is the first one after a sign-out in this tab */
  takeSignedOut() {
    return this.tab.take(SIGNED_OUT) !== null;
  }

  /**
   * @param {StorageEvent} event
   * @returns {"signed-out" | "signed-in" | null} what another tab has just done
   */
  static whatHappened(event) {
    if (event.key === null || (event.key === SIGNED_OUT && event.newValue !== null)) return "signed-out"; // null: cleared
    return event.key === PERSON && event.newValue !== null ? "signed-in" : null;
  }

  /**
   * @param {string} state
   * @param {Pending} pending
   * @throws {Trouble} storage_blocked, because the page could not recognise the answer as its own
   */
  keepPending(state, pending) {
    const others = Object.entries(this.#pending()).filter(([name]) => name !== state);
    const kept = Object.fromEntries([...others, [state, pending]].slice(-MOST_PENDING));
    if (!this.tab.put(PENDING, JSON.stringify(kept))) throw new Trouble("storage_blocked");
  }

  /** @param {string} state @returns {Pending | null} valid for one answer only */
  takePending(state) {
    const { [state]: pending = null, ...others } = this.#pending();
    if (pending) this.tab.put(PENDING, JSON.stringify(others));
    return pending;
  }

  /** @returns {boolean} whether this tab waits for the answer to a sign-in */
  get isWaiting() {
    return Object.keys(this.#pending()).length > 0;
  }

  /** @returns {boolean} whether the page may leave once more without being asked; each yes is counted */
  countDeparture() {
    const departures = Number(this.tab.get(DEPARTURES) ?? 0);
    return departures < MOST_DEPARTURES && this.tab.put(DEPARTURES, String(departures + 1));
  }

  forgetDepartures() {
    this.tab.remove(DEPARTURES);
  }

  get language() {
    return this.all.get(LANGUAGE);
  }

  /** @param {string} language */
  setLanguage(language) {
    this.all.put(LANGUAGE, language);
  }

  /** @returns {Record<string, Pending>} */
  #pending() {
    try {
      return { __proto__: null, ...JSON.parse(this.tab.get(PENDING) ?? "{}") };
    } catch {
      return {};
    }
  }
}

/** A storage that remembers nothing if the browser blocks it or it is full. */
class Shelf {
  /** @param {Storage | null} storage */
  constructor(storage) {
    this.storage = storage;
  }

  /** @param {string} key @returns {string | null} */
  get(key) {
    return attempt(() => this.storage?.getItem(key)) ?? null;
  }

  /** @param {string} key @param {string} value @returns {boolean} whether it was stored */
  put(key, value) {
    return attempt(() => this.storage?.setItem(key, value)) !== null && this.get(key) === value;
  }

  /** @param {string} key */
  remove(key) {
    attempt(() => this.storage?.removeItem(key));
  }

  /** @param {string} key @returns {string | null} */
  take(key) {
    const value = this.get(key);
    if (value !== null) this.remove(key);
    return value;
  }
}

/** @template T @param {() => T} action @returns {T | null} null if the browser refuses */
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

/** @param {() => Storage} find @returns {Storage | null} */
function storageOf(find) {
  return attempt(find);
}

/** @param {string} sub @returns {Promise<string>} */
async function newMark(sub) {
  const salt = randomText(12);
  return `${salt}.${await hash(salt, sub)}`;
}

/** @param {string} mark @param {string} sub @returns {Promise<boolean>} */
async function isMarkOf(mark, sub) {
  const [salt = "", hashed] = mark.split(".");
  return hashed === (await hash(salt, sub));
}

/** @param {string} salt @param {string} sub @returns {Promise<string>} */
async function hash(salt, sub) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${salt}.${sub}`));
  return encodeBase64Url(new Uint8Array(digest).subarray(0, 12));
}

/** @param {number} octets @returns {string} */
export function randomText(octets) {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(octets)));
}

/** @param {Uint8Array} octets @returns {string} without padding (RFC 7515 §2) */
function encodeBase64Url(octets) {
  return btoa(String.fromCharCode(...octets))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
