import fc from "fast-check";
import { expect, test } from "vitest";
import { PARTITION_COUNT, partitionOf } from "../src/index.ts";

/** Texts with characters of one to four bytes in UTF-8, and with lone surrogates. */
const texts = fc.string({ unit: fc.constantFrom("a", "Z", "\0", "\x7f", "\x80", "é", "\uffff", "💥", "\ud83d") });

test("every text has a partition from 0 to 15", () => {
  fc.assert(
    fc.property(texts, (actorId) => {
      const partition = partitionOf(actorId);
      expect(Number.isInteger(partition) && partition >= 0 && partition < PARTITION_COUNT).toBe(true);
    }),
  );
});

/** Values that other programs have to compute as well, so they must never change. */
test.each([
  ["order-1", 13],
  ["order-2", 4],
  ["a", 12],
  ["é", 1],
  ["💥", 9],
  ["", 5],
])("the partition of %j is %i", (actorId, partition) => {
  expect(partitionOf(actorId)).toBe(partition);
});

test("sequential ids are divided evenly", () => {
  const counts = new Map<number, number>();
  for (let n = 0; n < 16_000; n++) {
    const partition = partitionOf(`order-${n}`);
    counts.set(partition, (counts.get(partition) ?? 0) + 1);
  }
  expect(counts.size).toBe(PARTITION_COUNT);
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});
