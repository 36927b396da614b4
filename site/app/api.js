/**
 * Requests to the APIs. Each carries the access token, has a time limit, and names the cause of a failure.
 *
 * @import {Api} from "./config.js"
 * @import {Exchange} from "./trouble.js"
 * @typedef {{accessToken: (options?: {fresh?: boolean}) => Promise<string>, renews: boolean, isSignedIn: boolean}} TokenSource
 *   a Session of session.js; a visitor who is signed out has no token
 * @typedef {{json: any, etag: string | null, exchange: Exchange}} ApiAnswer `etag` names the version of the item in `json`
 * @typedef {Record<string, unknown> | null} Item null if the API has sent something that is no object
 * @typedef {{items: Item[], nextCursor: string | null, exchange: Exchange}} Page
 */

import { ask, isPortal, secondsToWait } from "./net.js";
import { decodeToken } from "./token.js";
import { Trouble } from "./trouble.js";

/** API Gateway answers within 29 seconds or not at all. */
const TIMEOUT_MILLISECONDS = 30_000;
const DEFAULT_WAIT_SECONDS = 5;
const CLOCK_TOLERANCE_SECONDS = 60;
/** The headers that may hold a request's id if the body has none, the best one first. */
const REQUEST_ID_HEADERS = ["x-amzn-requestid", "x-amz-cf-id"];

/**
 * Send a request to an API. After a 401, renew the token once and send it again.
 *
 * @param {string} path of this origin
 * @param {{fetch: typeof globalThis.fetch, session: TokenSource, method?: string, body?: unknown, headers?: Record<string, string>}} options
 *   `body` is sent as JSON; `headers`: such as `Idempotency-Key` with a POST, or `If-Match` with a PUT or a DELETE
 * @returns {Promise<ApiAnswer>}
 * @throws {Trouble}
 */
export async function request(path, { fetch, session, method = "GET", body, headers = {} }) {
  let token = session.isSignedIn ? await session.accessToken() : null;
  let answer = await send();
  if (answer.response.status === 401) {
    if (!session.renews) throw new Trouble("session_ended", {}, answer.exchange);
    token = await session.accessToken({ fresh: true });
    answer = await send();
  }
  check(answer, token);
  return { json: answer.json, etag: answer.response.headers.get("etag"), exchange: answer.exchange };

  async function send() {
    const started = performance.now();
    const answer = await ask(fetch, path, {
      method,
      headers: {
        ...headers,
        Accept: "application/json",
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      cache: "no-store",
      milliseconds: TIMEOUT_MILLISECONDS,
      slow: "api_slow",
      unreachable: "api_unreachable",
    });
    const exchange = exchangeOf(answer, method, path, performance.now() - started);
    return { ...answer, exchange };
  }
}

/**
 * @param {Api} api
 * @param {{fetch: typeof globalThis.fetch, session: TokenSource, cursor?: string | null, limit?: number | null}} options `cursor` is null
 *   for the first page; `limit` is null for the API's own
 * @returns {Promise<Page>}
 * @throws {Trouble}
 */
export async function listItems(api, { cursor = null, limit = null, ...options }) {
  const query = new URLSearchParams({ ...(limit && { limit: String(limit) }), ...(cursor && { cursor }) }).toString();
  const { json, exchange } = await request(query ? `${api.path}?${query}` : api.path, options);
  if (!Array.isArray(json?.items)) throw new Trouble("malformed", {}, exchange);
  const next = json.next_cursor;
  return { items: json.items.map(toItem), nextCursor: typeof next === "string" && next !== "" ? next : null, exchange };
}

/**
 * @param {Api} api
 * @param {string} id
 * @param {{fetch: typeof globalThis.fetch, session: TokenSource}} options
 * @returns {Promise<{item: Record<string, unknown>, exchange: Exchange}>}
 * @throws {Trouble}
 */
export async function getItem(api, id, options) {
  const { json, exchange } = await request(`${api.path}/${encodeURIComponent(id)}`, options);
  const item = toItem(json);
  if (!item) throw new Trouble("malformed", {}, exchange);
  return { item, exchange };
}

/** @param {any} value @returns {Item} */
function toItem(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}

/**
 * @param {import("./net.js").Answer & {exchange: Exchange}} answer
 * @param {string | null} token the one that was sent
 * @throws {Trouble} unless the answer is the expected JSON
 */
function check(answer, token) {
  const { response, json, exchange } = answer;
  const { status } = response;
  const reason = textOf(json, "message");
  const told = reason === null ? {} : { reason };
  if (status === 401)
    throw new Trouble(token && isOfAnotherTime(token, response) ? "clock_tenant" : "refused", told, exchange);
  if (status === 403 && textOf(json, "error") !== null) throw new Trouble("forbidden", told, exchange);
  if (status === 403) throw new Trouble("forbidden_elsewhere", {}, exchange);
  if (status === 404) throw new Trouble("not_found", told, exchange);
  if (status === 429) {
    throw new Trouble("rate_limited", { seconds: secondsToWait(response) ?? DEFAULT_WAIT_SECONDS }, exchange);
  }
  if (status >= 500) throw new Trouble("api_failed", { status, ...told }, exchange);
  if (!response.ok) throw new Trouble("api_refused", { status, ...told }, exchange);
  if (status === 204) return;
  if (isPortal(answer)) throw new Trouble("portal", {}, exchange);
  if (json === undefined) throw new Trouble("malformed", {}, exchange);
}

/** Compare the token's times with the API's Date header: if the tenant's clock is wrong, nobody accepts its tokens. */
function isOfAnotherTime(/** @type {string} */ token, /** @type {Response} */ response) {
  const claims = decodeToken(token)?.claims;
  const date = Date.parse(response.headers.get("date") ?? "") / 1000;
  if (!claims || !Number.isFinite(date)) return false;
  return claims.iat > date + CLOCK_TOLERANCE_SECONDS || claims.exp < date - CLOCK_TOLERANCE_SECONDS;
}

/**
 * @param {import("./net.js").Answer} answer
 * @param {string} method
 * @param {string} path
 * @param {number} milliseconds
 * @returns {Exchange}
 */
function exchangeOf({ response, json }, method, path, milliseconds) {
  const header = REQUEST_ID_HEADERS.map((name) => response.headers.get(name)).find(Boolean);
  return {
    method,
    path,
    status: response.status,
    milliseconds: Math.round(milliseconds),
    requestId: textOf(json, "request_id") ?? header ?? null,
    reasonCode: textOf(json, "reason_code"),
  };
}

/** @param {any} json @param {string} name @returns {string | null} an API's member, if it is a text that is not empty */
function textOf(json, name) {
  const value = json?.[name];
  return typeof value === "string" && value !== "" ? value : null;
}
