import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, loadConfig, parseConfig } from "../../../site/app/config.js";
import { exampleConfig, serve } from "./support.mjs";

test("a whole configuration is taken as it is", () => {
  assert.deepEqual(parseConfig(exampleConfig()), exampleConfig());
});

test("a tenant on this machine may speak http", () => {
  const config = exampleConfig();
  config.auth0.domain = "http://localhost:4580";
  assert.equal(parseConfig(config).auth0.domain, "http://localhost:4580");
});

const BROKEN = {
  "auth0.domain over http elsewhere": [(c) => (c.auth0.domain = "http://tenant.example"), /auth0\.domain/],
  "auth0.domain with a slash": [(c) => (c.auth0.domain = "https://tenant.example/"), /auth0\.domain/],
  "auth0.domain without a scheme": [(c) => (c.auth0.domain = "tenant.example"), /auth0\.domain/],
  "no client": [(c) => delete c.auth0.client_id, /auth0\.client_id/],
  "an empty audience, which would give an opaque token": [(c) => (c.auth0.audience = ""), /auth0\.audience/],
  "an unknown login flow": [(c) => (c.auth0.login_flow = "token"), /auth0\.login_flow/],
  "a scope without words": [(c) => (c.scopes["read:Movies"] = null), /scopes\.read:Movies/],
  "a connection without a name": [(c) => delete c.connections.amazon.display_name, /connections\.amazon/],
  "scopes that are a text": [(c) => (c.connections.amazon.scopes = "read:Movies"), /connections\.amazon\.scopes/],
  "no APIs": [(c) => delete c.apis, /apis/],
  "an API at another origin": [(c) => (c.apis.movies.path = "https://elsewhere.example/"), /apis\.movies\.path/],
  "an API at another host": [(c) => (c.apis.movies.path = "//elsewhere.example/"), /apis\.movies\.path/],
  "an API at another host, with a backslash": [(c) => (c.apis.movies.path = "/\\elsewhere"), /apis\.movies\.path/],
  "an API at another host, with a tab": [(c) => (c.apis.movies.path = "/\t/elsewhere.example"), /apis\.movies\.path/],
  "an API at an address that holds a query": [(c) => (c.apis.movies.path = "/api/movies?x"), /apis\.movies\.path/],
  "an API above the site": [(c) => (c.apis.movies.path = "/api/../../x"), /apis\.movies\.path/],
  "picture origins that are a text": [(c) => (c.picture_origins = "https://x.example"), /picture_origins/],
  "a column without a title": [(c) => delete c.apis.movies.columns[0].title, /apis\.movies\.columns/],
  "a need that is a text": [(c) => (c.apis.movies.any_of = ["read:Movies"]), /apis\.movies\.any_of/],
  "an API on a route of the site": [(c) => (c.apis.token = c.apis.movies), /apis\.token/],
};
for (const [what, [spoil, place]] of Object.entries(BROKEN)) {
  test(`${what} is refused by name`, () => {
    const config = exampleConfig();
    spoil(config);
    assert.throws(
      () => parseConfig(config),
      (error) => error instanceof ConfigError && place.test(error.message),
    );
  });
}

test("what is not an object at all is refused", () => {
  for (const value of [null, [], "text"]) assert.throws(() => parseConfig(value), ConfigError);
});

test("the configuration is fetched from /config.json, with the time of the server", async (context) => {
  const origin = await serve(context, (request, response) => {
    response.end(request.url === "/config.json" ? JSON.stringify(exampleConfig()) : "");
  });
  const { config, date } = await loadConfig((path, options) => fetch(origin + path, options));
  assert.deepEqual(config, exampleConfig());
  assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000);
});

for (const [what, status, headers, body, expected] of [
  ["a file that is missing", 403, {}, "<html>", { kind: "config", facts: { reason: "/config.json answered 403" } }],
  ["no JSON", 200, {}, "{", { kind: "config", facts: { reason: "/config.json is not JSON" } }],
  ["a page of the network", 200, { "content-type": "text/html" }, "<html>", { kind: "portal" }],
  ["another form", 200, {}, "[]", { kind: "config", facts: { reason: "/config.json: config must be an object" } }],
]) {
  test(`${what} has its own error`, async (context) => {
    const origin = await serve(context, (_, response) => response.writeHead(status, headers).end(body));
    await assert.rejects(
      loadConfig((path) => fetch(origin + path)),
      expected,
    );
  });
}

test("a network that is down has its own error", async () => {
  await assert.rejects(
    loadConfig(() => fetch("http://127.0.0.1:1/config.json")),
    { kind: "site_unreachable" },
  );
});
