import assert from "node:assert/strict";
import { test } from "node:test";
import { listItems } from "../../../site/app/api.js";
import { SessionEnded } from "../../../site/app/session.js";
import { exampleConfig, serve } from "./support.mjs";

const api = exampleConfig().apis.movies;

/** Ask a server that gives `answer`; also returns the requests that it saw. */
async function ask(context, answer, options = {}) {
  const seen = [];
  const origin = await serve(context, (request, response) => {
    seen.push({ url: request.url, authorization: request.headers.authorization });
    response.writeHead(answer.status ?? 200, answer.headers);
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  });
  const result = await listItems(api, {
    fetch: (path, init) => fetch(origin + path, init),
    accessToken: async () => "the-token",
    ...options,
  });
  return { result, seen };
}

test("the first page is asked with the access token and no cursor", async (context) => {
  const { result, seen } = await ask(context, { body: { items: [{ id: "1" }] } });
  assert.deepEqual(result, { kind: "ok", items: [{ id: "1" }], nextCursor: null });
  assert.deepEqual(seen, [{ url: "/api/movies", authorization: "Bearer the-token" }]);
});

test("the next page is asked with its cursor, written so that an address can carry it", async (context) => {
  const { result, seen } = await ask(context, { body: { items: [], next_cursor: "c/3" } }, { cursor: "a+b/=&" });
  assert.equal(result.nextCursor, "c/3");
  assert.equal(new URL(seen[0].url, "http://x").searchParams.get("cursor"), "a+b/=&");
});

for (const [status, kind] of [
  [401, "unauthorized"],
  [403, "forbidden"],
]) {
  test(`${status} is "${kind}", with the request's id`, async (context) => {
    const body = { error: "x", message: "y", request_id: "r-1" };
    assert.deepEqual((await ask(context, { status, body })).result, { kind, requestId: "r-1" });
  });
}

test("a failure of the API keeps its words and its id", async (context) => {
  const body = { error: "server_error", message: "The table is away.", request_id: "r-2" };
  const { result } = await ask(context, { status: 500, body });
  assert.deepEqual(result, { kind: "failed", status: 500, message: "The table is away.", requestId: "r-2" });
});

test("an error page of a proxy keeps the status, and the id of its header", async (context) => {
  const answer = { status: 502, headers: { "x-amz-cf-id": "cf-1" }, body: "<html>Bad gateway</html>" };
  assert.deepEqual((await ask(context, answer)).result, {
    kind: "failed",
    status: 502,
    message: null,
    requestId: "cf-1",
  });
});

test("HTML with status 200 is a failure, never an empty list", async (context) => {
  assert.equal((await ask(context, { body: "<html>" })).result.kind, "failed");
  assert.equal((await ask(context, { body: { items: "none" } })).result.kind, "failed");
});

test("nobody listening is offline", async () => {
  const options = { fetch: () => fetch("http://127.0.0.1:1/"), accessToken: async () => "t" };
  assert.deepEqual(await listItems(api, options), { kind: "offline" });
});

test("an answer that breaks off is offline", async (context) => {
  const origin = await serve(context, (_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{", () => response.destroy());
  });
  const options = { fetch: (path) => fetch(origin + path), accessToken: async () => "t" };
  assert.deepEqual(await listItems(api, options), { kind: "offline" });
});

test("a session that has ended is not sent to the API at all", async (context) => {
  const accessToken = async () => {
    throw new SessionEnded("over");
  };
  const { result, seen } = await ask(context, { body: { items: [] } }, { accessToken });
  assert.deepEqual(result, { kind: "unauthorized", requestId: null });
  assert.deepEqual(seen, []);
});

test("a tenant that cannot be reached for a fresh token is offline, not a session that has ended", async (context) => {
  const accessToken = async () => {
    throw new TypeError("Failed to fetch");
  };
  assert.deepEqual((await ask(context, { body: { items: [] } }, { accessToken })).result, { kind: "offline" });
});
