import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { arrive, SignedInFlag, SignInError } from "../../../site/app/session.js";
import { MemoryStorage } from "./support.mjs";

/** A flow that answers as it is told and remembers how it left. */
class TestFlow {
  departures = [];

  /** @param {{answer?: object, error?: Error}} [callback] what a callback brings; absent when this load is no callback */
  constructor(callback) {
    this.callback = callback;
  }

  isCallback() {
    return this.callback !== undefined;
  }

  async finish() {
    if (this.callback.error) throw this.callback.error;
    return this.callback.answer;
  }

  async leave(request) {
    this.departures.push(request);
  }
}

describe("arriving", () => {
  let flag;
  const location = { pathname: "/movies" };

  beforeEach(() => {
    flag = new SignedInFlag(new MemoryStorage());
  });

  async function arriveWith(callback) {
    const flow = new TestFlow(callback);
    return { arrival: await arrive({ flow, flag, location }), departures: flow.departures };
  }

  test("a first visit is signed out where it is, without a redirect", async () => {
    const { arrival, departures } = await arriveWith();
    assert.deepEqual(arrival, { kind: "signed-out", route: "/movies" });
    assert.deepEqual(departures, []);
  });

  test("a sign-in comes back to its route and is remembered", async () => {
    const { arrival } = await arriveWith({ answer: { route: "/devices", silent: false } });
    assert.deepEqual(arrival, { kind: "signed-in", route: "/devices" });
    assert.equal(flag.isSet(), true);
  });

  test("a reload after a sign-in asks the tenant without showing anything", async () => {
    flag.set();
    const { arrival, departures } = await arriveWith();
    assert.deepEqual(arrival, { kind: "leaving" });
    assert.deepEqual(departures, [{ appState: { route: "/movies", silent: true }, prompt: "none" }]);
  });

  for (const code of ["login_required", "interaction_required", "consent_required", "account_selection_required"]) {
    test(`${code} to a silent sign-in is signed out, and asks no more`, async () => {
      flag.set();
      const error = new SignInError(code, { route: "/movies", silent: true });
      assert.deepEqual((await arriveWith({ error })).arrival, { kind: "signed-out", route: "/movies" });
      assert.equal(flag.isSet(), false);
    });
  }

  test("login_required to a sign-in that someone asked for is a problem", async () => {
    const error = new SignInError("login_required", { route: "/movies", silent: false });
    assert.deepEqual((await arriveWith({ error })).arrival, {
      kind: "problem",
      code: "login_required",
      route: "/movies",
    });
  });

  test("any other answer to a silent sign-in is a problem", async () => {
    const error = new SignInError("unauthorized_client", { route: "/", silent: true });
    assert.equal((await arriveWith({ error })).arrival.kind, "problem");
  });

  test("an answer that nobody waited for is a problem, at the start page", async () => {
    const error = new SignInError("missing_transaction");
    assert.deepEqual((await arriveWith({ error })).arrival, {
      kind: "problem",
      code: "missing_transaction",
      route: "/",
    });
  });

  test("a failure without a code is a problem and forgets the flag", async () => {
    flag.set();
    const { arrival } = await arriveWith({ error: new TypeError("Failed to fetch") });
    assert.deepEqual(arrival, { kind: "problem", code: "incomplete", route: "/" });
    assert.equal(flag.isSet(), false);
  });

  test("a tenant that never answers is not asked for ever", async () => {
    flag.set();
    const kinds = [];
    for (let load = 0; load < 5; load += 1) kinds.push((await arriveWith()).arrival.kind);
    assert.deepEqual(kinds, ["leaving", "leaving", "leaving", "signed-out", "signed-out"]);
  });

  test("a sign-in that works gives the attempts back", async () => {
    flag.set();
    for (let round = 0; round < 5; round += 1) {
      assert.equal((await arriveWith()).arrival.kind, "leaving");
      await arriveWith({ answer: { route: "/", silent: true } });
    }
  });

  for (const route of [
    "//elsewhere.example",
    "/\\elsewhere.example",
    "https://elsewhere.example",
    "movies",
    undefined,
    7,
  ]) {
    test(`the route ${route} is not one of ours`, async () => {
      assert.deepEqual((await arriveWith({ answer: { route, silent: false } })).arrival, {
        kind: "signed-in",
        route: "/",
      });
    });
  }
});

describe("the flag", () => {
  test("what someone else wrote there does not send anyone away", () => {
    const storage = new MemoryStorage();
    storage.setItem("gatehouse.signed-in", "true");
    const flag = new SignedInFlag(storage);
    assert.equal(flag.takeAttempt(), false);
    assert.equal(flag.isSet(), false);
  });

  test("another tab's sign-out is told from its sign-in", () => {
    assert.equal(SignedInFlag.wasCleared({ key: "gatehouse.signed-in", newValue: null }), true);
    assert.equal(SignedInFlag.wasCleared({ key: null, newValue: null }), true);
    assert.equal(SignedInFlag.wasCleared({ key: "gatehouse.signed-in", newValue: "0" }), false);
    assert.equal(SignedInFlag.wasCleared({ key: "other", newValue: null }), false);
  });
});
