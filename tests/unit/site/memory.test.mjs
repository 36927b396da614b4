import assert from "node:assert/strict";
import { test } from "node:test";
import { Memory } from "../../../site/app/memory.js";
import { MemoryStorage } from "./support.mjs";

const PENDING = { route: "/", silent: false, kept: {}, notice: null };
const memoryOf = (all = new MemoryStorage(), tab = new MemoryStorage()) => new Memory(all, tab);

test("a person is remembered by a mark that does not name them", async () => {
  const storage = new MemoryStorage();
  const memory = memoryOf(storage);
  assert.equal(memory.hasPerson, false);
  await memory.setPerson("amazon|ada");
  assert.equal(memory.hasPerson, true);
  assert.doesNotMatch(storage.getItem("gatehouse.signed-in"), /ada|amazon/);
  assert.equal(await memory.isPerson("amazon|ada"), true);
  assert.equal(await memory.isPerson("amazon|bob"), false);
});

test("the same person again leaves the mark alone, so that no other tab is woken", async () => {
  const storage = new MemoryStorage();
  await memoryOf(storage).setPerson("amazon|ada");
  const mark = storage.getItem("gatehouse.signed-in");
  await memoryOf(storage).setPerson("amazon|ada");
  assert.equal(storage.getItem("gatehouse.signed-in"), mark);
});

test("somebody whose name is not known yet could be anybody", async () => {
  const memory = memoryOf();
  memory.expectPerson();
  assert.equal(memory.hasPerson, true);
  assert.equal(await memory.isPerson("amazon|ada"), true);
});

test("a tab notices that it shows somebody else than before", async () => {
  const memory = memoryOf();
  assert.equal(await memory.setPerson("amazon|ada"), true);
  assert.equal(await memory.setPerson("amazon|ada"), true);
  assert.equal(await memory.setPerson("amazon|bob"), false);
  assert.equal(await memory.setPerson("amazon|bob"), true);
});

test("a sign-in under way is taken once, by its state", () => {
  const memory = memoryOf();
  memory.keepPending("a", PENDING);
  memory.keepPending("b", { ...PENDING, route: "/b" });
  assert.equal(memory.takePending("c"), null);
  assert.equal(memory.takePending("b").route, "/b");
  assert.equal(memory.takePending("b"), null);
  assert.equal(memory.isWaiting, true);
  memory.takePending("a");
  assert.equal(memory.isWaiting, false);
  assert.equal(memory.takePending("__proto__"), null);
});

test("of many sign-ins only the last few can be answered", () => {
  const memory = memoryOf();
  for (let count = 0; count < 7; count += 1) memory.keepPending(`s${count}`, PENDING);
  assert.equal(memory.takePending("s1"), null);
  assert.notEqual(memory.takePending("s2"), null);
});

test("an entry that somebody else wrote does no harm", () => {
  const tab = new MemoryStorage();
  for (const text of ["{", "null", "7", '"text"', "[]"]) {
    tab.setItem("gatehouse.sign-ins", text);
    assert.equal(memoryOf(new MemoryStorage(), tab).takePending("s"), null);
  }
});

test("a storage that is blocked or full remembers nothing, and says so where it matters", async () => {
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
    removeItem() {},
  };
  const get = () => {
    throw new DOMException("blocked", "SecurityError");
  };
  const blocked = Object.defineProperties({}, { localStorage: { get }, sessionStorage: { get } });
  for (const memory of [new Memory(full, full), new Memory(null, null), Memory.of(blocked)]) {
    assert.equal(await memory.setPerson("amazon|ada"), true);
    assert.equal(memory.hasPerson, false);
    assert.equal(memory.countDeparture(), false);
    assert.throws(() => memory.keepPending("s", PENDING), { kind: "storage_blocked" });
  }
});

test("another tab's sign-out and sign-in are told apart, and the rest is none of them", () => {
  const event = (key, newValue) => Memory.whatHappened({ key, newValue });
  assert.equal(event("gatehouse.signed-out", "7"), "signed-out");
  assert.equal(event(null, null), "signed-out");
  assert.equal(event("gatehouse.signed-in", "x.y"), "signed-in");
  assert.equal(event("gatehouse.signed-in", null), null, "a session that is over ends no other tab's tokens");
  assert.equal(event("other", "x"), null);
});
