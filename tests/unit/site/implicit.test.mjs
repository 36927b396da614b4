import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, test } from "node:test";
import { ImplicitFlow } from "../../../site/app/implicit.js";
import { SessionEnded } from "../../../site/app/session.js";
import { createSigner, exampleConfig, ISSUER, MemoryStorage } from "./support.mjs";

const ACCESS_TOKEN = "header.payload.signature";
const APP_STATE = { route: "/movies", silent: false };
let signer;
let WebAuth;

before(async () => {
  signer = await createSigner();
  // auth0-js is made for a browser: it looks for a window, and fetches the tenant's keys by it.
  globalThis.window = globalThis;
  globalThis.fetch = async (address) => {
    assert.equal(address, `${ISSUER}/.well-known/jwks.json`);
    return Response.json(signer.jwks);
  };
  ({ WebAuth } = await import("../../../site/node_modules/auth0-js/dist/auth0.min.esm.js"));
});

/** The part of a browser's window that the flow touches. */
function createWindow() {
  const visited = [];
  return {
    visited,
    location: { origin: "https://site.example", assign: (address) => visited.push(new URL(address)) },
    sessionStorage: new MemoryStorage(),
  };
}

/** A flow that has left for the tenant, and what it asked there. */
async function departed(window = createWindow()) {
  const flow = new ImplicitFlow(exampleConfig(), window, WebAuth);
  await flow.leave({ appState: APP_STATE, connection: "amazon" });
  return { flow, window, query: window.visited[0].searchParams };
}

/** OpenID Connect Core §3.2.2.9: the left half of the hash. */
function accessTokenHash(accessToken) {
  return createHash("sha256").update(accessToken).digest().subarray(0, 16).toString("base64url");
}

async function rightClaims(query) {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: `${ISSUER}/`,
    sub: "amazon|1",
    aud: "client",
    iat: now,
    exp: now + 600,
    nonce: query.get("nonce"),
    at_hash: accessTokenHash(ACCESS_TOKEN),
    name: "Ada",
  };
}

function callback(parameters) {
  return { hash: `#${new URLSearchParams(parameters)}` };
}

async function rightAnswer(query, { claims = {}, sign = signer.sign, header } = {}) {
  return {
    access_token: ACCESS_TOKEN,
    id_token: await sign({ ...(await rightClaims(query)), ...claims }, header),
    state: query.get("state"),
    expires_in: "600",
    token_type: "Bearer",
  };
}

describe("leaving", () => {
  test("the tenant is asked for both tokens, for this API, by this connection", async () => {
    const { window, query } = await departed();
    assert.equal(window.visited[0].origin + window.visited[0].pathname, `${ISSUER}/authorize`);
    const { state, nonce, ...rest } = Object.fromEntries(query);
    assert.deepEqual(rest, {
      response_type: "token id_token",
      client_id: "client",
      audience: "https://StreamingResourceServer",
      scope: "openid profile read:Movies read:Devices",
      redirect_uri: "https://site.example",
      connection: "amazon",
    });
    assert.match(state, /^[\w-]{43}$/);
    assert.match(nonce, /^[\w-]{43}$/);
    assert.notEqual(state, nonce);
  });

  test("each sign-in has a state and a nonce of its own", async () => {
    const [first, second] = [await departed(), await departed()];
    assert.notEqual(first.query.get("state"), second.query.get("state"));
    assert.notEqual(first.query.get("nonce"), second.query.get("nonce"));
  });
});

describe("coming back", () => {
  test("a fragment with a state and an answer is a callback, and others are not", () => {
    const flow = new ImplicitFlow(exampleConfig(), createWindow(), WebAuth);
    assert.equal(flow.isCallback(callback({ state: "s", access_token: "t" })), true);
    assert.equal(flow.isCallback(callback({ state: "s", error: "access_denied" })), true);
    assert.equal(flow.isCallback({ hash: "#main" }), false);
    assert.equal(flow.isCallback(callback({ access_token: "t" })), false);
  });

  test("a right answer signs in", async () => {
    const { flow, query } = await departed();
    assert.deepEqual(await flow.finish(callback(await rightAnswer(query))), APP_STATE);
    assert.equal(await flow.accessToken(), ACCESS_TOKEN);
    assert.equal((await flow.profile()).name, "Ada");
  });

  test("an answer works once", async () => {
    const { flow, query } = await departed();
    const answer = callback(await rightAnswer(query));
    await flow.finish(answer);
    await assert.rejects(flow.finish(answer), { code: "missing_transaction" });
  });

  test("an answer with another state is thrown away, and so is the sign-in", async () => {
    const { flow, query } = await departed();
    const answer = await rightAnswer(query);
    await assert.rejects(flow.finish(callback({ ...answer, state: "forged" })), { code: "state_mismatch" });
    await assert.rejects(flow.finish(callback(answer)), { code: "missing_transaction" });
    await assert.rejects(flow.accessToken(), SessionEnded);
  });

  test("an error comes back with the route that was asked for", async () => {
    const { flow, query } = await departed();
    const answer = callback({ state: query.get("state"), error: "access_denied" });
    await assert.rejects(flow.finish(answer), { code: "access_denied", appState: APP_STATE });
  });

  const FORGERIES = {
    "another nonce": { claims: { nonce: "forged" } },
    "no nonce": { claims: { nonce: undefined } },
    "another issuer": { claims: { iss: "https://tenant.example" } },
    "another application's audience": { claims: { aud: "other" } },
    "a second audience": { claims: { aud: ["client", "other"] } },
    "an expired ID token": { claims: { exp: 1 } },
    "an expiry that is a text": { claims: { exp: "9999999999" } },
    "no subject": { claims: { sub: "" } },
    "an access token that is not this ID token's": { claims: { at_hash: "AAAAAAAAAAAAAAAAAAAAAA" } },
    "no binding to the access token": { claims: { at_hash: undefined } },
    "an unknown key": { header: { alg: "RS256", kid: "unknown" } },
    "no key id": { header: { alg: "RS256" } },
    "another algorithm": { header: { alg: "HS256", kid: "key" } },
    "no algorithm": { header: { alg: "none", kid: "key" } },
  };
  for (const [what, forgery] of Object.entries(FORGERIES)) {
    test(`${what} signs nobody in`, async () => {
      const { flow, query } = await departed();
      await assert.rejects(flow.finish(callback(await rightAnswer(query, forgery))), { code: "incomplete" });
      await assert.rejects(flow.accessToken(), SessionEnded);
    });
  }

  test("a signature by another key signs nobody in", async () => {
    const { flow, query } = await departed();
    const stranger = await createSigner();
    await assert.rejects(flow.finish(callback(await rightAnswer(query, { sign: stranger.sign }))), {
      code: "incomplete",
    });
  });

  test("claims changed after the signature sign nobody in", async () => {
    const { flow, query } = await departed();
    const answer = await rightAnswer(query);
    const [header, , signature] = answer.id_token.split(".");
    const forged = Buffer.from(JSON.stringify({ ...(await rightClaims(query)), sub: "amazon|2" })).toString(
      "base64url",
    );
    const changed = { ...answer, id_token: [header, forged, signature].join(".") };
    await assert.rejects(flow.finish(callback(changed)), { code: "incomplete" });
  });

  test("an answer without an ID token signs nobody in", async () => {
    const { flow, query } = await departed();
    const { id_token: _, ...answer } = await rightAnswer(query);
    await assert.rejects(flow.finish(callback(answer)), { code: "incomplete" });
  });

  test("an access token that does not say how long it lives is not used", async () => {
    const { flow, query } = await departed();
    const { expires_in: _, ...answer } = await rightAnswer(query);
    await flow.finish(callback(answer));
    await assert.rejects(flow.accessToken(), SessionEnded);
  });
});

test("signing out ends the tenant's session and forgets the tokens", async () => {
  const { flow, window, query } = await departed();
  await flow.finish(callback(await rightAnswer(query)));
  await flow.signOut();
  const address = window.visited.at(-1);
  assert.equal(address.origin + address.pathname, `${ISSUER}/v2/logout`);
  assert.deepEqual(Object.fromEntries(address.searchParams), { client_id: "client", returnTo: "https://site.example" });
  await assert.rejects(flow.accessToken(), SessionEnded);
});
