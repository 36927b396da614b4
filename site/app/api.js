/**
 * The APIs, as typed results: a view never sees a status code or an exception.
 *
 * @import {Api} from "./config.js"
 * @typedef {{kind: "ok", items: Record<string, any>[], nextCursor: string | null}
 *   | {kind: "unauthorized", requestId: string | null}
 *   | {kind: "forbidden", requestId: string | null}
 *   | {kind: "offline"}
 *   | {kind: "failed", status: number, message: string | null, requestId: string | null}} ListResult
 */

import { SessionEnded } from "./session.js";

/** API Gateway answers within 29 seconds or not at all. */
const TIMEOUT_MILLISECONDS = 30_000;

/** Where a request's id is found when the body does not carry one, most telling first. */
const REQUEST_ID_HEADERS = ["x-amzn-requestid", "x-amz-cf-id"];

/**
 * Ask an API for one page of its list.
 *
 * @param {Api} api
 * @param {{fetch: typeof fetch, accessToken: () => Promise<string>, cursor?: string | null}} options
 *   `accessToken` throws SessionEnded when there is none to be had; `cursor` is absent for the first page
 * @returns {Promise<ListResult>}
 */
export async function listItems(api, { fetch, accessToken, cursor = null }) {
  let token;
  try {
    token = await accessToken();
  } catch (error) {
    return error instanceof SessionEnded ? { kind: "unauthorized", requestId: null } : { kind: "offline" };
  }
  try {
    const response = await fetch(pageAddress(api, cursor), {
      headers: { Accept: "application/json", Authorization: `Bearer ${token}` },
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
    return toResult(response, await readJson(response));
  } catch {
    return { kind: "offline" };
  }
}

function pageAddress(api, cursor) {
  return cursor === null ? api.path : `${api.path}?${new URLSearchParams({ cursor })}`;
}

function toResult(response, body) {
  const requestId = body?.request_id ?? requestIdFromHeaders(response.headers);
  if (response.status === 401) return { kind: "unauthorized", requestId };
  if (response.status === 403) return { kind: "forbidden", requestId };
  if (response.ok && Array.isArray(body?.items)) {
    return { kind: "ok", items: body.items, nextCursor: body.next_cursor ?? null };
  }
  return { kind: "failed", status: response.status, message: body?.message ?? null, requestId };
}

/** Null for what is not JSON: an error page of a proxy must not hide the status. */
async function readJson(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function requestIdFromHeaders(headers) {
  return REQUEST_ID_HEADERS.map((name) => headers.get(name)).find(Boolean) ?? null;
}
