import assert from "node:assert/strict";
import { test } from "node:test";
import { allows, describeNeed, explainDenial, listWords } from "../../../site/app/explain.js";
import { exampleConfig } from "./support.mjs";

test("a Google user is told that Amazon opens the movies", () => {
  const config = exampleConfig();
  assert.deepEqual(explainDenial(config, config.apis.movies, "google-oauth2"), {
    sentence:
      "Movies need read:Movies. You signed in with Google, which grants read:Devices. Sign in with Amazon to see movies.",
    remedies: ["amazon"],
  });
});

test("an Amazon user is told that Google opens the devices", () => {
  const config = exampleConfig();
  assert.deepEqual(explainDenial(config, config.apis.devices, "amazon"), {
    sentence:
      "Devices need read:Devices. You signed in with Amazon, which grants read:Movies. Sign in with Google to see devices.",
    remedies: ["google-oauth2"],
  });
});

test("whoever should have been let in is told to sign in again", () => {
  const config = exampleConfig();
  assert.deepEqual(explainDenial(config, config.apis.movies, "amazon"), {
    sentence:
      "Movies need read:Movies. You signed in with Amazon, which should grant it, but this sign-in does not carry it. Sign in again to see movies.",
    remedies: ["amazon"],
  });
});

test("a connection that the configuration does not know grants nothing", () => {
  const config = exampleConfig();
  const { sentence } = explainDenial(config, config.apis.movies, "github");
  assert.equal(
    sentence,
    "Movies need read:Movies. You signed in with github, which grants nothing here. Sign in with Amazon to see movies.",
  );
});

test("an API that no connection opens promises no remedy", () => {
  const config = exampleConfig();
  config.connections.amazon.scopes = [];
  assert.deepEqual(explainDenial(config, config.apis.movies, "google-oauth2"), {
    sentence:
      "Movies need read:Movies. You signed in with Google, which grants read:Devices. No way of signing in grants it yet.",
    remedies: [],
  });
});

test("several remedies are all named", () => {
  const config = exampleConfig();
  config.connections.github = { display_name: "GitHub", scopes: ["read:Movies"] };
  const { sentence, remedies } = explainDenial(config, config.apis.movies, "google-oauth2");
  assert.match(sentence, /Sign in with Amazon or GitHub to see movies\.$/);
  assert.deepEqual(remedies, ["amazon", "github"]);
});

test("a title in the singular needs, one in the plural need", () => {
  const config = exampleConfig();
  config.apis.movies.title = "Watchlist";
  assert.match(explainDenial(config, config.apis.movies, "google-oauth2").sentence, /^Watchlist needs read:Movies\./);
});

test("one whole alternative is enough, and a part of one is not", () => {
  const anyOf = [["a"], ["b", "c"]];
  assert.equal(allows(anyOf, ["a"]), true);
  assert.equal(allows(anyOf, ["c", "b"]), true);
  assert.equal(allows(anyOf, ["b"]), false);
  assert.equal(allows(anyOf, []), false);
});

test("no alternative at all lets nobody in", () => {
  assert.equal(allows([], ["a"]), false);
});

test("a scope that only looks alike does not count", () => {
  assert.equal(allows([["read:Movies"]], ["read:movies", "read:Moviesx"]), false);
});

test("alternatives are told apart from scopes that are needed together", () => {
  assert.equal(describeNeed([["a"], ["b", "c"]]), "a, or b and c");
});

test("words are listed as people do", () => {
  assert.equal(listWords([], "or"), "");
  assert.equal(listWords(["a"], "or"), "a");
  assert.equal(listWords(["a", "b", "c"], "or"), "a, b or c");
});
