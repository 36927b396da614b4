import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, test } from "node:test";
import { ImplicitFlow } from "../../../site/app/implicit_flow.js";
import { randomText } from "../../../site/app/memory.js";
import { Trouble } from "../../../site/app/trouble.js";
import { createSigner, exampleConfig, ISSUER } from "./support.mjs";

const ACCESS_TOKEN = "header.payload.signature";
const ORIGIN = "https://site.example";
const SCOPE = "openid profile read:Movies read:Devices";
let signer;
let WebAuth;

before(async () => {
  signer = await createSigner();
  // auth0-js is made for a browser: it needs a window, and fetches the tenant's keys through it.
  globalThis.window = globalThis;
  globalThis.fetch = async (address) => {
    assert.equal(address, `${ISSUER}/.well-known/jwks.json`);
    return Response.json(signer.jwks);
  };
  ({ WebAuth } = await import("../../../site/node_modules/auth0-js/dist/auth0.min.esm.js"));
});

/** A flow, its request to the tenant, and a function that accepts an answer. */
async function departed({ inFrame = false } = {}) {
  const flow = new ImplicitFlow(exampleConfig().auth0, SCOPE, ORIGIN, { WebAuth, randomText, Trouble });
  const { address, state, kept } = await flow.prepare({ connection: "amazon", inFrame });
  const take = (answer) => flow.redeem(new URLSearchParams(answer), state, kept);
  return { flow, address: new URL(address), query: new URL(address).searchParams, state, kept, take };
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
    const { address, query } = await departed();
    assert.equal(address.origin + address.pathname, `${ISSUER}/authorize`);
    const { state, nonce, ...rest } = Object.fromEntries(query);
    assert.deepEqual(rest, {
      response_type: "token id_token",
      client_id: "client",
      audience: "https://StreamingResourceServer",
      scope: SCOPE,
      redirect_uri: ORIGIN,
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
  test("a frame is answered by a message", async () => {
    const { query } = await departed({ inFrame: true });
    assert.equal(query.get("response_mode"), "web_message");
  });

  test("a right answer gives the tokens and who it is", async () => {
    const { query, take } = await departed();
    const tokens = await take(await rightAnswer(query));
    assert.deepEqual([tokens.accessToken, tokens.seconds, tokens.refreshToken], [ACCESS_TOKEN, 600, null]);
    assert.equal(tokens.profile.name, "Ada");
  });

  test("an answer with another state signs nobody in", async () => {
    const { query, take } = await departed();
    await assert.rejects(take({ ...(await rightAnswer(query)), state: "forged" }), { kind: "incomplete" });
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
      const { query, take } = await departed();
      const kind = what.startsWith("an expired") ? "clock" : "incomplete";
      await assert.rejects(take(await rightAnswer(query, forgery)), { kind });
    });
  }

  test("a signature by another key signs nobody in", async () => {
    const { query, take } = await departed();
    const stranger = await createSigner();
    await assert.rejects(take(await rightAnswer(query, { sign: stranger.sign })), { kind: "incomplete" });
  });

  test("claims changed after the signature sign nobody in", async () => {
    const { query, take } = await departed();
    const answer = await rightAnswer(query);
    const [header, , signature] = answer.id_token.split(".");
    const forged = Buffer.from(JSON.stringify({ ...(await rightClaims(query)), sub: "amazon|2" })).toString(
      "base64url",
    );
    const changed = { ...answer, id_token: [header, forged, signature].join(".") };
    await assert.rejects(take(changed), { kind: "incomplete" });
  });

  test("an answer without an ID token signs nobody in", async () => {
    const { query, take } = await departed();
    const { id_token: _, ...answer } = await rightAnswer(query);
    await assert.rejects(take(answer), { kind: "incomplete" });
  });

  test("an access token that does not say how long it lives is not used", async () => {
    const { query, take } = await departed();
    const { expires_in: _, ...answer } = await rightAnswer(query);
    assert.equal((await take(answer)).seconds, 0);
  });
});

test("signing out ends the tenant's session and comes back", async () => {
  const address = new URL((await departed()).flow.signOutAddress());
  assert.equal(address.origin + address.pathname, `${ISSUER}/v2/logout`);
  assert.deepEqual(Object.fromEntries(address.searchParams), { client_id: "client", returnTo: ORIGIN });
});
