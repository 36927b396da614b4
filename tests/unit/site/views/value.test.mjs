import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, textOf } from "../../../../site/app/views/value.js";

for (const [value, text] of [
  [null, "–"],
  [undefined, "–"],
  ["", "–"],
  [[], "–"],
  [0, "0"],
  [1927, "1927"],
  [1234567.5, "1,234,567.5"],
  [true, "yes"],
  [["a", 2, null], "a, 2, and –"],
  [{ a: 1 }, '{"a":1}'],
  ["2026-11-29", "Nov 29, 2026"],
  ["2026-13-99", "2026-13-99"],
  ["<b>", "<b>"],
]) {
  test(`${JSON.stringify(value)} is shown as ${text}`, () => assert.equal(textOf(value), text));
}

test("numbers go by size, words as people sort them, and nothing comes last", () => {
  const sorted = (values) => values.toSorted((a, b) => compare(a, b, "en"));
  assert.deepEqual(sorted([10, null, 9]), [9, 10, null]);
  assert.deepEqual(sorted(["b10", "", "B9", "á", "A"]), ["á", "A", "B9", "b10", ""]);
});
