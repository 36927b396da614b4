// Tests the tests of the Action: they have to notice each mutation of it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const source = await readFile(new URL("../../../../auth0/actions/grant_scopes.js", import.meta.url), "utf8");
const tests = fileURLToPath(new URL("grant_scopes.test.js", import.meta.url));

// Each text, which occurs in the Action exactly once, and its replacement.
const MUTANTS = [
  ["event.resource_server?.identifier === ACCESS.audience", "true"],
  ["event.resource_server?.identifier === ACCESS.audience", "false"],
  ["event.resource_server?.identifier === ACCESS.audience", "ACCESS.audience.startsWith(event.resource_server?.identifier)"],
  ["event.resource_server?.identifier === ACCESS.audience", "!!event.resource_server?.identifier.startsWith(ACCESS.audience)"],
  ["event.resource_server?.identifier", "event.resource_server.identifier"],
  ["event.resource_server?.identifier", "event.resource_server?.identifier?.toLowerCase()"],
  ["event.client?.metadata?.gatehouse_audience === ACCESS.audience", "true"],
  ["event.client?.metadata?.gatehouse_audience === ACCESS.audience", "false"],
  ["event.client?.metadata?.gatehouse_audience === ACCESS.audience", "!!event.client?.metadata?.gatehouse_audience"],
  ["event.client?.metadata", "event.client.metadata"],
  ["metadata?.gatehouse_audience", "metadata.gatehouse_audience"],
  ["if (!forOurApi && !atOurSite) return;", ""],
  ["!forOurApi && !atOurSite", "!forOurApi"],
  ["!forOurApi && !atOurSite", "!atOurSite"],
  ["!forOurApi && !atOurSite", "!forOurApi || !atOurSite"],
  ["event.connection?.strategy", "event.connection?.name"],
  ["event.connection?.strategy", "event.connection.strategy"],
  ["!Object.hasOwn(ACCESS.connections, strategy)", "!(strategy in ACCESS.connections)"],
  ["!Object.hasOwn(ACCESS.connections, strategy)", "true"],
  ["!Object.hasOwn(ACCESS.connections, strategy)", "false"],
  ["connection.display_name", "connection.name"],
  ["    api.access.deny(", "    String("],
  ['.join(" or ")}.`);\n    return;', '.join(" or ")}.`);'],
  ["  if (!forOurApi) return;", ""],
  ["  if (!forOurApi) return;", "  return;"],
  ["  if (!forOurApi) return;", "  if (!atOurSite) return;"],
  ["ACCESS.connections[strategy].scopes", "Object.keys(ACCESS.scopes)"],
  ["of Object.keys(ACCESS.scopes)", "of allowed"],
  ["of Object.keys(ACCESS.scopes)", "of event.transaction?.requested_scopes ?? []"],
  ["of Object.keys(ACCESS.scopes)", "of Object.keys(ACCESS.scopes).slice(1)"],
  ["of Object.keys(ACCESS.scopes)", "of Object.keys(ACCESS.scopes).slice(0, -1)"],
  ["if (!allowed.has(scope))", "if (allowed.has(scope))"],
  ["if (!allowed.has(scope))", "if (false)"],
  ["if (!allowed.has(scope))", "if (true)"],
  ["api.accessToken.removeScope(scope)", "api.accessToken.addScope(scope)"],
  ["api.accessToken.removeScope(scope)", "undefined"],
  ["api.accessToken.addScope(scope)", "undefined"],
  ["api.accessToken.addScope(scope)", "api.accessToken.removeScope(scope)"],
  ["if (!ACCESS.role_based_access_control)", "if (ACCESS.role_based_access_control)"],
  ["if (!ACCESS.role_based_access_control)", "if (true)"],
  ["if (!ACCESS.role_based_access_control)", "if (false)"],
];

let directory;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "mutants-"));
});
after(() => rm(directory, { recursive: true }));

async function failsWith(action) {
  const path = join(directory, "action.js");
  await writeFile(path, action);
  const { NODE_TEST_CONTEXT, ...environment } = process.env; // with it, the tests would report to this run
  const run = spawnSync(process.execPath, ["--test", tests], { env: { ...environment, ACTION_SOURCE: path } });
  return run.status !== 0;
}

test("the Action as it is passes", async () => {
  assert.equal(await failsWith(source), false);
});

for (const [text, replacement] of MUTANTS) {
  test(`${text} -> ${replacement}`, async () => {
    assert.equal(source.split(text).length, 2, "the Action has changed: change this mutant as well");
    assert.equal(await failsWith(source.replace(text, () => replacement)), true, "no test notices");
  });
}
