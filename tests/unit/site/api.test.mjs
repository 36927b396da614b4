import assert from "node:assert/strict";
import { test } from "node:test";
import { getItem, listItems, request } from "../../../site/app/api.js";
import { Trouble } from "../../../site/app/trouble.js";
import { exampleConfig, serve, unsignedToken } from "./support.mjs";

const api = exampleConfig().apis.movies;

/** A session with the tokens t-0, t-1, ...: a new one after each renewal. */
function exampleSession({ renews = true, renewal = async () => {} } = {}) {
  let count = 0;
  return {
    renews,
    isSignedIn: true,
    async accessToken({ fresh = false } = {}) {
      if (fresh) {
        await renewal();
        count += 1;
      }
      return `t-${count}`;
    },
  };
}

/** A server that gives the answers in turn, then repeats the last one; and the requests that it got. */
async function answering(context, ...answers) {
  const seen = [];
  const origin = await serve(context, (asked, response) => {
    const { status = 200, headers = {}, body = "" } = answers.length > 1 ? answers.shift() : answers[0];
    seen.push({ url: asked.url, authorization: asked.headers.authorization });
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  return { seen, options: { fetch: (path, init) => fetch(origin + path, init), session: exampleSession() } };
}

test("the first page is asked with the access token and no cursor", async (context) => {
  const { seen, options } = await answering(context, { body: { items: [{ id: "1" }] } });
  const { items, nextCursor, exchange } = await listItems(api, options);
  assert.deepEqual([items, nextCursor], [[{ id: "1" }], null]);
  assert.deepEqual(seen, [{ url: "/api/movies", authorization: "Bearer t-0" }]);
  assert.deepEqual([exchange.method, exchange.path, exchange.status], ["GET", "/api/movies", 200]);
});

test("the next page is asked with its cursor, written so that an address can carry it", async (context) => {
  const { seen, options } = await answering(context, { body: { items: [], next_cursor: "c/3" } });
  const { nextCursor } = await listItems(api, { ...options, cursor: "a+b/=&", limit: 100 });
  assert.equal(nextCursor, "c/3");
  const query = new URL(seen[0].url, "http://x").searchParams;
  assert.deepEqual(Object.fromEntries(query), { limit: "100", cursor: "a+b/=&" });
});

test("rows that are no objects stay in their place, as nothing", async (context) => {
  const { options } = await answering(context, { body: { items: [null, { id: "1" }, 7, ["x"]], next_cursor: 3 } });
  const { items, nextCursor } = await listItems(api, options);
  assert.deepEqual([items, nextCursor], [[null, { id: "1" }, null, null], null]);
});

test("one item is asked by its id, whatever is in it", async (context) => {
  const { seen, options } = await answering(context, { body: { id: "a/b?c" } });
  assert.deepEqual((await getItem(api, "a/b?c", options)).item, { id: "a/b?c" });
  assert.equal(seen[0].url, "/api/movies/a%2Fb%3Fc");
});

test("a 401 is answered with one new token and one more attempt", async (context) => {
  const { seen, options } = await answering(context, { status: 401, body: {} }, { body: { items: [] } });
  await listItems(api, options);
  assert.deepEqual(
    seen.map(({ authorization }) => authorization),
    ["Bearer t-0", "Bearer t-1"],
  );
});

test("a token that is refused afresh is refused for good", async (context) => {
  const { seen, options } = await answering(context, { status: 401, body: { request_id: "r-1" } });
  await assert.rejects(listItems(api, options), { kind: "refused" });
  assert.equal(seen.length, 2);
});

test("a session that cannot be renewed has ended", async (context) => {
  const { seen, options } = await answering(context, { status: 401 });
  await assert.rejects(listItems(api, { ...options, session: exampleSession({ renews: false }) }), {
    kind: "session_ended",
  });
  assert.equal(seen.length, 1);
});

test("a write carries its headers, and its answer names the version; a deletion answers nothing", async (context) => {
  const origin = await serve(context, (asked, response) => {
    const { "if-match": version = null, authorization } = asked.headers;
    if (asked.method === "DELETE") response.writeHead(204).end();
    else response.writeHead(200, { etag: '"v2"' }).end(JSON.stringify({ version, authorization }));
  });
  const options = { fetch: (path, init) => fetch(origin + path, init), session: exampleSession() };
  const headers = { "If-Match": '"v1"', Authorization: "Bearer mine" };
  const replaced = await request("/api/orders/1", { ...options, method: "PUT", body: {}, headers });
  assert.deepEqual([replaced.json, replaced.etag], [{ version: '"v1"', authorization: "Bearer t-0" }, '"v2"']);
  const deleted = await request("/api/orders/1", { ...options, method: "DELETE" });
  assert.deepEqual([deleted.exchange.status, deleted.etag], [204, null]);
});

test("the error says why a token could not be renewed, not that the API refused it", async (context) => {
  const { options } = await answering(context, { status: 401 });
  const renewal = async () => {
    throw new Trouble("tenant_down");
  };
  await assert.rejects(listItems(api, { ...options, session: exampleSession({ renewal }) }), { kind: "tenant_down" });
});

test("a token of another time blames the tenant's clock", async (context) => {
  const { options } = await answering(context, { status: 401 });
  const token = unsignedToken({ iat: Date.now() / 1000 + 7200, exp: Date.now() / 1000 + 9000 });
  const session = { renews: true, isSignedIn: true, accessToken: async () => token };
  await assert.rejects(listItems(api, { ...options, session }), { kind: "clock_tenant" });
});

const HTML = { "content-type": "text/html" };
for (const [what, answer, kind, facts] of [
  [
    "the authorizer's own refusal",
    { status: 403, body: { error: "x", message: "No." } },
    "forbidden",
    { reason: "No." },
  ],
  ["a firewall's refusal", { status: 403, body: "<html>" }, "forbidden_elsewhere", {}],
  ["a refusal with a message that is no text", { status: 403, body: { error: "x", message: {} } }, "forbidden", {}],
  ["nothing there", { status: 404, body: { message: "No such movie." } }, "not_found", { reason: "No such movie." }],
  ["too much", { status: 429, headers: { "retry-after": "7" } }, "rate_limited", { seconds: 7 }],
  ["too much, for a day", { status: 429, headers: { "retry-after": "86400" } }, "rate_limited", { seconds: 300 }],
  ["too much, nobody knows how long", { status: 429 }, "rate_limited", { seconds: 5 }],
  ["a failure", { status: 500, body: { message: "Away." } }, "api_failed", { status: 500, reason: "Away." }],
  ["a proxy's failure", { status: 502, body: "<html>" }, "api_failed", { status: 502 }],
  ["another refusal", { status: 400, body: { message: ["x"] } }, "api_refused", { status: 400 }],
  ["a page of the network", { headers: HTML, body: "<html>" }, "portal", {}],
  ["half an answer", { body: '{"items": [' }, "malformed", {}],
  ["another form", { body: { items: "none" } }, "malformed", {}],
  ["nothing", { body: "null" }, "malformed", {}],
]) {
  test(`${what} is "${kind}"`, async (context) => {
    const { options } = await answering(context, answer);
    await assert.rejects(listItems(api, options), { kind, facts });
  });
}

test("a request is known by the id in its body, else in its headers", async (context) => {
  const headers = { "x-amz-cf-id": "cf-1" };
  const { options } = await answering(
    context,
    { status: 500, headers, body: { request_id: "r-1", reason_code: "why" } },
    { status: 500, headers, body: { request_id: 7 } },
  );
  for (const [requestId, reasonCode] of [
    ["r-1", "why"],
    ["cf-1", null],
  ]) {
    await assert.rejects(request("/api/movies", options), ({ exchange }) => {
      assert.deepEqual([exchange.requestId, exchange.reasonCode], [requestId, reasonCode]);
      return true;
    });
  }
});

test("nobody listening, and an answer that breaks off, are an API that cannot be reached", async (context) => {
  const session = exampleSession();
  await assert.rejects(listItems(api, { fetch: () => fetch("http://127.0.0.1:1/"), session }), {
    kind: "api_unreachable",
  });
  const origin = await serve(context, (_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{", () => response.destroy());
  });
  await assert.rejects(listItems(api, { fetch: (path) => fetch(origin + path), session }), { kind: "api_unreachable" });
});

test("something to write is sent as JSON", async (context) => {
  let received = "";
  const origin = await serve(context, async (asked, response) => {
    for await (const part of asked) received += part;
    response.writeHead(201, { "content-type": "application/json" }).end(`{"method": "${asked.method}"}`);
  });
  const { json } = await request("/api/movies", {
    fetch: (path, init) => fetch(origin + path, init),
    session: exampleSession(),
    method: "POST",
    body: { title: "Metropolis" },
  });
  assert.deepEqual([json.method, received], ["POST", '{"title":"Metropolis"}']);
});
