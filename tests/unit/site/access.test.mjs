import assert from "node:assert/strict";
import { test } from "node:test";
import { allows, apisOf, connectionsFor, displayName } from "../../../site/app/access.js";
import { exampleConfig } from "./support.mjs";

test("an API opens to a visitor with all scopes of one alternative", () => {
  const anyOf = [["a"], ["b", "c"]];
  assert.equal(allows(anyOf, ["a"]), true);
  assert.equal(allows(anyOf, ["b"]), false);
  assert.equal(allows(anyOf, ["c", "b"]), true);
  assert.equal(allows([], ["a"]), false, "what needs nothing that exists is closed");
  assert.equal(allows([[]], []), true, "what needs nothing is open");
});

test("the connections that open an API are those whose scopes do", () => {
  const config = exampleConfig();
  assert.deepEqual(connectionsFor(config, config.apis.movies), ["amazon"]);
  config.connections["google-oauth2"].scopes.push("read:Movies");
  assert.deepEqual(connectionsFor(config, config.apis.movies), ["amazon", "google-oauth2"]);
});

test("a scope opens the APIs that ask for it", () => {
  const config = exampleConfig();
  assert.deepEqual(apisOf(config, "read:Devices"), [config.apis.devices]);
  assert.deepEqual(apisOf(config, "write:Devices"), []);
});

test("a connection that the configuration does not know has its own name", () => {
  assert.equal(displayName(exampleConfig(), "google-oauth2"), "Google");
  assert.equal(displayName(exampleConfig(), "github"), "github");
  assert.equal(displayName(exampleConfig(), "constructor"), "constructor");
});
