import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionOf, decodeToken, scopesOf, secondsLeft } from "../../../site/app/token.js";
import { base64Url, unsignedToken } from "./support.mjs";

test("a token is read in both its parts, in any script", () => {
  const decoded = decodeToken(unsignedToken({ sub: "amazon|1", name: "Åsa 文 🎬" }, { alg: "RS256" }));
  assert.deepEqual(decoded, { header: { alg: "RS256" }, claims: { sub: "amazon|1", name: "Åsa 文 🎬" } });
});

for (const [what, token] of Object.entries({
  "an opaque token": "c0ffee",
  "a token of five parts": "a.b.c.d.e",
  "what is not base64": "*.*.*",
  "what is not JSON": `${base64Url("{")}.${base64Url("{}")}.x`,
  "a list in place of claims": `${base64Url("{}")}.${base64Url("[]")}.x`,
  "what is not UTF-8": `${base64Url("{}")}.${base64Url(Buffer.from([0x22, 0xff, 0x22]))}.x`,
  "an empty text": "",
})) {
  test(`${what} is not readable`, () => {
    assert.equal(decodeToken(token), null);
  });
}

test("scopes are parted by spaces", () => {
  assert.deepEqual(scopesOf({ header: {}, claims: { scope: "openid  read:Movies" } }), ["openid", "read:Movies"]);
});

test("no scope, a scope of another type and no token grant nothing", () => {
  assert.deepEqual(scopesOf({ header: {}, claims: {} }), []);
  assert.deepEqual(scopesOf({ header: {}, claims: { scope: ["read:Movies"] } }), []);
  assert.deepEqual(scopesOf(null), []);
});

test("the time left ends at zero", () => {
  const token = { header: {}, claims: { exp: 1000 } };
  assert.equal(secondsLeft(token, 940.2), 59);
  assert.equal(secondsLeft(token, 1000), 0);
  assert.equal(secondsLeft(token, 2000), 0);
});

test("a token without a time to end says so", () => {
  assert.equal(secondsLeft({ header: {}, claims: { exp: "1000" } }, 1), null);
});

test("the connection is the text before the first bar", () => {
  assert.equal(connectionOf("google-oauth2|1|2"), "google-oauth2");
  assert.equal(connectionOf("amazon"), "amazon");
});
