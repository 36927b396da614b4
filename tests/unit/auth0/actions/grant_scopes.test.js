// The Action, run as it is deployed: access.yaml's content as one constant in front of the real file.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import vm from "node:vm";

// mutants.test.js names a spoilt one.
const path = process.env.ACTION_SOURCE ?? new URL("../../../auth0/actions/grant_scopes.js", import.meta.url);
const source = await readFile(path, "utf8");
const ACCESS = {
  audience: "https://api.example",
  scopes: { "read:Movies": "List the movies", "read:Devices": "List the devices", "read:Nothing": "Granted to nobody" },
  connections: {
    amazon: { display_name: "Amazon", scopes: ["read:Movies"] },
    "google-oauth2": { display_name: "Google", scopes: ["read:Devices"] },
  },
};

async function run(event, access = ACCESS) {
  const calls = [];
  const record = (method) => (...values) => {
    calls.push([method, ...values]);
    return api;
  };
  const api = { accessToken: { addScope: record("add"), removeScope: record("remove"), setCustomClaim: record("claim") } };
  const exports = {};
  vm.runInNewContext(`const ACCESS = ${JSON.stringify(access)};\n${source}`, { exports });
  await exports.onExecutePostLogin(event, api);
  return Object.fromEntries(calls.map(([method, scope]) => [scope, method]));
}

const loginWith = (strategy, more = {}) => ({
  resource_server: { identifier: ACCESS.audience },
  connection: { name: strategy, strategy },
  ...more,
});
const nothing = { "read:Movies": "remove", "read:Devices": "remove", "read:Nothing": "remove" };

test("amazon grants the movies and nothing else", async () => {
  assert.deepEqual(await run(loginWith("amazon")), { ...nothing, "read:Movies": "add" });
});

test("google grants the devices and nothing else", async () => {
  assert.deepEqual(await run(loginWith("google-oauth2")), { ...nothing, "read:Devices": "add" });
});

test("an unknown connection grants nothing", async () => {
  assert.deepEqual(await run(loginWith("github")), nothing);
});

for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty", ""]) {
  test(`a connection named ${JSON.stringify(name)} grants nothing`, async () => {
    assert.deepEqual(await run(loginWith(name)), nothing);
  });
}

test("a missing connection grants nothing", async () => {
  assert.deepEqual(await run(loginWith("amazon", { connection: undefined })), nothing);
});

test("a connection that is only named like one grants nothing", async () => {
  assert.deepEqual(await run(loginWith("amazon", { connection: { name: "amazon", strategy: "auth0" } })), nothing);
});

test("what was requested makes no difference", async () => {
  const greedy = { transaction: { requested_scopes: ["read:Movies", "read:Devices"] } };
  assert.deepEqual(await run(loginWith("amazon", greedy)), await run(loginWith("amazon")));
});

const OTHERS = [undefined, "https://api.exampl", "https://api.example/", "https://API.example", "https://other.example"];
for (const identifier of OTHERS) {
  test(`a token for ${identifier} is left alone`, async () => {
    const server = identifier === undefined ? undefined : { identifier };
    assert.deepEqual(await run(loginWith("amazon", { resource_server: server })), {});
  });
}

test("a scope that access.yaml does not define is not granted", async () => {
  const access = { ...ACCESS, connections: { amazon: { scopes: ["read:Unknown"] } } };
  assert.deepEqual(await run(loginWith("amazon"), access), nothing);
});

test("with role-based access control nothing is added to what the user's roles permit", async () => {
  const access = { ...ACCESS, role_based_access_control: true };
  assert.deepEqual(await run(loginWith("amazon"), access), { "read:Devices": "remove", "read:Nothing": "remove" });
});

test("without role-based access control the switch changes nothing", async () => {
  const access = { ...ACCESS, role_based_access_control: false };
  assert.deepEqual(await run(loginWith("amazon"), access), await run(loginWith("amazon")));
});
