import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { Memory } from "../../../site/app/memory.js";
import { ownRoute, Session } from "../../../site/app/session.js";
import { Trouble } from "../../../site/app/trouble.js";
import { MemoryStorage, unsignedToken } from "./support.mjs";

const ADA = "google-oauth2|ada";
const LOGIN_REQUIRED = new URLSearchParams({ error: "login_required" });
const CODE = new URLSearchParams({ code: "c" });

class Left extends Error {}

/** A browser and a tenant: the frame's answer, and the addresses to which the page has left. */
class TestWorld {
  departures = [];
  time = 0;
  renewals = 0;
  sub = ADA;
  redeems = async () => this.tokens();
  renews = async () => this.tokens();
  frame = async () => LOGIN_REQUIRED;

  constructor() {
    this.memory = new Memory(new MemoryStorage(), new MemoryStorage());
    this.prepared = 0;
  }

  tokens() {
    const accessToken = unsignedToken({ sub: this.sub, scope: "read:Devices", n: this.renewals });
    return { accessToken, seconds: 600, refreshToken: `r-${this.renewals}`, profile: { sub: this.sub, name: "Ada" } };
  }

  session() {
    const flow = {
      prepare: async (wish) => {
        this.prepared += 1;
        const address = `https://tenant.example/?${new URLSearchParams({ ...wish })}`;
        return { address, state: `s-${this.prepared}`, kept: { n: String(this.prepared) } };
      },
      redeem: (...answer) => this.redeems(...answer),
      renew: async (refreshToken) => {
        this.renewals += 1;
        return this.renews(refreshToken);
      },
      signOutAddress: () => "https://tenant.example/v2/logout",
    };
    return new Session({
      memory: this.memory,
      loadFlow: async () => flow,
      ask: (address) => this.frame(address),
      leave: async (address, { leavesTrace }) => {
        this.departures.push({ query: Object.fromEntries(new URL(address).searchParams), leavesTrace });
        throw new Left();
      },
      now: () => this.time,
    });
  }
}

let world;
let addresses;
beforeEach(() => {
  world = new TestWorld();
  addresses = [];
});

function arrive(answer = null, route = "/movies?x=1#y", session = world.session()) {
  const setAddress = (address) => addresses.push(address);
  return session.arrive(answer && new URLSearchParams(answer), route, setAddress);
}

/** Leave for the tenant, and return the state for its answer. */
async function depart({ silent = false } = {}) {
  const session = world.session();
  const way = silent ? session.restore("/devices?x=1#y") : session.signIn({ connection: "amazon" }, "/devices?x=1#y");
  await assert.rejects(way, Left);
  return `s-${world.prepared}`;
}

describe("arriving", () => {
  test("a sign-in comes back to its place, query and fragment, and is remembered", async () => {
    const state = await depart();
    const session = world.session();
    assert.deepEqual(await arrive({ code: "c", state }, "/", session), { kind: "signed-in", notice: null });
    assert.deepEqual(addresses, ["/devices?x=1#y"]);
    assert.equal(session.connection, "google-oauth2");
    assert.deepEqual(session.scopes, ["read:Devices"]);
    assert.equal(world.memory.hasPerson, true);
  });

  test("the answer is out of the address, and the sign-in remembered, before the exchange has ended", async () => {
    const state = await depart();
    world.redeems = () => new Promise(() => {});
    arrive({ code: "c", state });
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual(addresses, ["/devices?x=1#y"]);
    assert.equal(world.memory.hasPerson, true);
  });

  test("an answer works once", async () => {
    const state = await depart();
    await arrive({ code: "c", state });
    world.memory.forgetPerson();
    const arrival = await arrive({ code: "c", state });
    assert.equal(arrival.notice.kind, "answer_elsewhere");
  });

  test("a stranger's answer signs nobody in, and says whether one was waited for", async () => {
    assert.equal((await arrive({ code: "c", state: "x" })).notice.kind, "answer_elsewhere");
    await depart();
    assert.equal((await arrive({ error: "x", state: "x" })).notice.kind, "answer_not_yours");
    assert.deepEqual(addresses, ["/", "/"]);
  });

  test("a stranger's answer signs nobody out", async () => {
    await world.memory.setPerson(ADA);
    world.frame = async () => CODE;
    assert.deepEqual(await arrive({ code: "c", state: "x" }, "/"), { kind: "signed-in", notice: null });
    assert.deepEqual(addresses, ["/"]);
    world.frame = async () => LOGIN_REQUIRED;
    await assert.rejects(arrive({ code: "c", state: "x" }, "/?code=c&state=x"), Left);
    await arrive({ code: "c", state: `s-${world.prepared}` });
    assert.deepEqual(addresses, ["/", "/", "/"]);
  });

  test("a visitor who gave up keeps the earlier sign-in", async () => {
    await world.memory.setPerson(ADA);
    const state = await depart();
    world.frame = async () => CODE;
    const arrival = await arrive({ error: "access_denied", state });
    assert.equal(arrival.kind, "signed-in");
    assert.equal(arrival.notice.kind, "cancelled");
  });

  for (const [error, reason, kind, facts] of [
    ["access_denied", "User did not authorize the request", "cancelled", {}],
    ["access_denied", "", "cancelled", {}],
    ["access_denied", "Staff only.", "denied", { reason: "Staff only." }],
    ["temporarily_unavailable", "x", "tenant_down", {}],
    ["unauthorized_client", "x", "incomplete", { code: "unauthorized_client" }],
  ]) {
    test(`${error} "${reason}" is "${kind}"`, async () => {
      const state = await depart();
      const { trouble } = await arrive({ error, error_description: reason, state });
      assert.deepEqual([trouble.kind, trouble.facts], [kind, facts]);
      assert.equal(world.memory.hasPerson, false);
    });
  }

  test("an exchange that a passing fault breaks leaves the sign-in to be found again", async () => {
    const state = await depart();
    world.redeems = async () => {
      throw new Trouble("tenant_down");
    };
    assert.equal((await arrive({ code: "c", state })).kind, "trouble");
    assert.equal(world.memory.hasPerson, true);
  });

  test("an answer that is wrong leaves nothing", async () => {
    const state = await depart();
    world.redeems = async () => {
      throw new Trouble("incomplete", { code: "x" });
    };
    assert.equal((await arrive({ code: "c", state })).kind, "trouble");
    assert.equal(world.memory.hasPerson, false);
  });
});

describe("restoring", () => {
  beforeEach(() => world.memory.setPerson(ADA));

  test("a frame that the tenant knows the visitor in is enough", async () => {
    world.frame = async () => CODE;
    assert.deepEqual(await arrive(), { kind: "signed-in", notice: null });
    assert.deepEqual(world.departures, []);
  });

  test("a frame without the tenant's cookie leads there once, without a trace for Back", async () => {
    await assert.rejects(arrive(), Left);
    assert.deepEqual(world.departures, [{ query: { prompt: "none", inFrame: "false" }, leavesTrace: false }]);
    const arrival = await arrive({ error: "login_required", state: `s-${world.prepared}` });
    assert.deepEqual([arrival.kind, arrival.notice.kind], ["signed-out", "session_over"]);
    assert.equal(world.memory.hasPerson, false);
    assert.deepEqual(addresses, ["/movies?x=1#y"]);
  });

  test("a tenant that does not answer is not left for, and nothing is forgotten", async () => {
    for (const cause of ["tenant_down", "tenant_slow", "offline"]) {
      world.frame = async () => {
        throw new Trouble(cause);
      };
      assert.equal((await arrive()).trouble.kind, cause);
    }
    assert.deepEqual(world.departures, []);
    assert.equal(world.memory.hasPerson, true);
  });

  test("a page that never gets its answer stops going round, and forgets nobody", async () => {
    for (let load = 0; load < 5; load += 1) await assert.rejects(arrive(), Left);
    assert.equal((await arrive()).trouble.kind, "restore_stuck");
    assert.equal(world.memory.hasPerson, true);
    world.memory.forgetDepartures();
    await assert.rejects(arrive(), Left);
  });

  test("a notice survives the way to the tenant and back", async () => {
    await assert.rejects(world.session().restore("/", new Trouble("cancelled")), Left);
    const arrival = await arrive({ code: "c", state: `s-${world.prepared}` });
    assert.equal(arrival.notice.kind, "cancelled");
  });

  test("somebody else's session is told", async () => {
    world.frame = async () => CODE;
    world.sub = "amazon|bob";
    assert.equal((await arrive()).notice.kind, "other_person_now");
    assert.equal(await world.memory.isPerson("amazon|bob"), true);
  });

  test("somebody else whom the visitor has just chosen is no news", async () => {
    const state = await depart();
    world.sub = "amazon|bob";
    assert.equal((await arrive({ code: "c", state })).notice, null);
  });

  test("an answer in the frame that is an error of another kind is told", async () => {
    world.frame = async () => new URLSearchParams({ error: "access_denied", error_description: "Staff only." });
    assert.deepEqual((await arrive()).trouble.facts, { reason: "Staff only." });
  });
});

describe("signing in and out", () => {
  test("a visitor whom the tenant knows does not leave the page", async () => {
    world.frame = async () => CODE;
    assert.equal((await world.session().signIn({ connection: "amazon" }, "/")).kind, "signed-in");
    assert.deepEqual(world.departures, []);
  });

  test("another account is asked for at the tenant, whom it knows or not", async () => {
    world.frame = async () => CODE;
    await assert.rejects(world.session().signIn({ prompt: "login" }, "/"), Left);
    assert.deepEqual(world.departures, [{ query: { prompt: "login", inFrame: "false" }, leavesTrace: true }]);
  });

  test("where nothing can be kept, the page is not left", async () => {
    world.memory = new Memory(null, null);
    await assert.rejects(world.session().signIn({}, "/"), { kind: "storage_blocked" });
    assert.deepEqual(world.departures, []);
  });

  test("signing out forgets first, then leaves", async () => {
    world.frame = async () => CODE;
    const session = world.session();
    await session.signIn({}, "/");
    await assert.rejects(session.signOut(), Left);
    assert.equal(session.isSignedIn, false);
    assert.equal(world.memory.hasPerson, false);
    assert.equal(world.memory.takeSignedOut(), true);
    assert.equal(world.memory.takeSignedOut(), false);
  });

  test("signing out where the tenant does not answer has still forgotten", async () => {
    world.frame = async () => CODE;
    const session = world.session();
    await session.signIn({}, "/");
    world.frame = async () => {
      throw new Trouble("tenant_down");
    };
    await assert.rejects(session.signOut(), { kind: "tenant_down" });
    assert.equal(session.isSignedIn, false);
    assert.equal(world.memory.hasPerson, false);
  });
});

describe("the access token", () => {
  let session;
  beforeEach(async () => {
    world.frame = async () => CODE;
    session = world.session();
    await session.signIn({}, "/");
  });

  test("it is used until shortly before it ends, then renewed once for all who ask", async () => {
    const first = await session.accessToken();
    world.time = 569_000;
    assert.equal(await session.accessToken(), first);
    world.time = 571_000;
    const [second, third] = await Promise.all([session.accessToken(), session.accessToken()]);
    assert.equal(second, third);
    assert.notEqual(second, first);
    assert.equal(world.renewals, 1);
  });

  test("a renewal that fails does not take away a token that is still good", async () => {
    const first = await session.accessToken();
    world.time = 580_000;
    world.renews = async () => {
      throw new Trouble("tenant_down");
    };
    assert.equal(await session.accessToken(), first);
    await assert.rejects(session.accessToken({ fresh: true }), { kind: "tenant_down" });
    world.time = 600_000;
    await assert.rejects(session.accessToken(), { kind: "tenant_down" });
  });

  test("each renewal uses the refresh token that the last one brought", async () => {
    const used = [];
    world.renews = async (refreshToken) => {
      used.push(refreshToken);
      return world.tokens();
    };
    await session.accessToken({ fresh: true });
    await session.accessToken({ fresh: true });
    assert.deepEqual(used, ["r-0", "r-1"]);
  });

  test("a renewal that ends after a sign-out brings nobody back", async () => {
    const renewal = session.accessToken({ fresh: true });
    session.drop();
    await assert.rejects(renewal, { kind: "session_ended" });
    assert.equal(session.isSignedIn, false);
  });

  test("a flow that does not load is told, and tried again", async () => {
    const failing = new Session({
      memory: world.memory,
      loadFlow: async () => {
        throw new TypeError("Failed to fetch dynamically imported module");
      },
    });
    await assert.rejects(failing.signIn({}, "/"), { kind: "part_missing" });
    failing.loadFlow = world.session().loadFlow;
    failing.ask = async () => LOGIN_REQUIRED;
    failing.leave = async () => {
      throw new Left();
    };
    await assert.rejects(failing.signIn({}, "/"), Left);
  });
});

for (const route of [
  "//elsewhere.example",
  "/\\elsewhere.example",
  "/\t/elsewhere.example",
  "https://x.example",
  "movies",
  7,
]) {
  test(`the route ${JSON.stringify(route)} is not one of ours`, () => {
    assert.equal(ownRoute(route), "/");
  });
}
