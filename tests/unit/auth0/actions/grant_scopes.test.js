// The Action, run as it is deployed: access.yaml's content comes as one constant before the real file.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import vm from "node:vm";

// mutants.test.js sets this variable to a mutated Action.
const path = process.env.ACTION_SOURCE ?? new URL("../../../../auth0/actions/grant_scopes.js", import.meta.url);
const source = await readFile(path, "utf8");
const ACCESS = {
  audience: "https://api.example",
  scopes: { "read:Movies": "List the movies", "read:Devices": "List the devices", "read:Nothing": "Granted to nobody" },
  connections: {
    amazon: { display_name: "Amazon", scopes: ["read:Movies"] },
    "google-oauth2": { display_name: "Google", scopes: ["read:Devices"] },
  },
};

// Returns the Action's calls in order: ["addScope", scope], ["removeScope", scope], ["deny", sentence].
async function run(event, access = ACCESS) {
  const calls = [];
  const record = (method) => (...values) => {
    calls.push([method, ...values]);
    return api;
  };
  const api = {
    access: { deny: record("deny") },
    accessToken: { addScope: record("addScope"), removeScope: record("removeScope"), setCustomClaim: record("claim") },
  };
  const exports = {};
  vm.runInNewContext(`const ACCESS = ${JSON.stringify(access)};\n${source}`, { exports });
  await exports.onExecutePostLogin(event, api);
  return calls;
}

// The call about each scope, by the scope's name.
const scopesOf = async (event, access) => Object.fromEntries((await run(event, access)).map(([method, scope]) => [scope, method]));

const loginWith = (strategy, more = {}) => ({
  client: { metadata: { gatehouse_audience: ACCESS.audience } },
  resource_server: { identifier: ACCESS.audience },
  connection: { name: strategy, strategy },
  ...more,
});
const nothing = { "read:Movies": "removeScope", "read:Devices": "removeScope", "read:Nothing": "removeScope" };
const denial = [["deny", "This way of signing in is not accepted here. Sign in with Amazon or Google."]];

test("amazon grants the movies and nothing else", async () => {
  assert.deepEqual(await scopesOf(loginWith("amazon")), { ...nothing, "read:Movies": "addScope" });
});

test("google grants the devices and nothing else", async () => {
  assert.deepEqual(await scopesOf(loginWith("google-oauth2")), { ...nothing, "read:Devices": "addScope" });
});

for (const strategy of ["auth0", "github", "constructor", "__proto__", "toString", "hasOwnProperty", ""]) {
  test(`a sign-in by the strategy ${JSON.stringify(strategy)} is denied with a sentence and nothing else`, async () => {
    assert.deepEqual(await run(loginWith(strategy)), denial);
  });
}

test("a sign-in without a connection is denied", async () => {
  assert.deepEqual(await run(loginWith("amazon", { connection: undefined })), denial);
});

test("a connection that is only named like one is denied", async () => {
  assert.deepEqual(await run(loginWith("amazon", { connection: { name: "amazon", strategy: "auth0" } })), denial);
});

test("another application that asks for our API is denied alike", async () => {
  for (const client of [undefined, {}, { metadata: {} }]) assert.deepEqual(await run(loginWith("auth0", { client })), denial);
});

test("what was requested makes no difference", async () => {
  const greedy = { transaction: { requested_scopes: ["read:Movies", "read:Devices"] } };
  assert.deepEqual(await run(loginWith("amazon", greedy)), await run(loginWith("amazon")));
});

const OTHERS = [undefined, "https://api.exampl", "https://api.example/", "https://API.example", "https://other.example"];
for (const identifier of OTHERS) {
  const resource_server = identifier === undefined ? undefined : { identifier };

  test(`another application's sign-in for ${identifier} passes unchanged, whatever its strategy`, async () => {
    for (const gatehouse_audience of OTHERS) {
      const client = { metadata: { gatehouse_audience } };
      assert.deepEqual(await run(loginWith("auth0", { resource_server, client })), []);
      assert.deepEqual(await run(loginWith("amazon", { resource_server, client })), []);
    }
    for (const client of [undefined, {}]) assert.deepEqual(await run(loginWith("auth0", { resource_server, client })), []);
  });

  test(`at our site a sign-in for ${identifier} keeps its scopes, and an undeclared strategy is denied`, async () => {
    assert.deepEqual(await run(loginWith("amazon", { resource_server })), []);
    assert.deepEqual(await run(loginWith("auth0", { resource_server })), denial);
  });
}

test("a scope that access.yaml does not define is not granted", async () => {
  const access = { ...ACCESS, connections: { amazon: { scopes: ["read:Unknown"] } } };
  assert.deepEqual(await scopesOf(loginWith("amazon"), access), nothing);
});

test("with role-based access control nothing is added to what the user's roles permit", async () => {
  const access = { ...ACCESS, role_based_access_control: true };
  assert.deepEqual(await scopesOf(loginWith("amazon"), access), { "read:Devices": "removeScope", "read:Nothing": "removeScope" });
});

test("without role-based access control the switch changes nothing", async () => {
  const access = { ...ACCESS, role_based_access_control: false };
  assert.deepEqual(await run(loginWith("amazon"), access), await run(loginWith("amazon")));
});
