import type { Position } from "@aether/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LowWaterMark, type MarkEntry } from "../src/handling/low-water-mark.ts";
import type { HandledAhead } from "../src/state/partition-record.ts";

const positionOf = (sequence: number): Position => String(sequence).padStart(6, "0") as Position;

/** Numbers of the events up to a last one that a mark says are done. */
function doneIn(last: number, position: Position | undefined, ahead: HandledAhead | undefined): readonly number[] {
  const all = Array.from({ length: last }, (_, index) => index + 1);
  return all.filter((sequence) => {
    const each = positionOf(sequence);
    if (position !== undefined && each <= position) return true;
    return ahead !== undefined && each <= ahead.upTo && !ahead.open.includes(each);
  });
}

/** A step of an owner: it reads the next event, which it handles or not, or it is done with one that it has read. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant("enter" as const) },
  { weight: 1, arbitrary: fc.constant("pass" as const) },
  { weight: 3, arbitrary: fc.nat(1_000) },
);

test("a mark says of exactly the right events that they are done, also after owners have changed", () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 40 }), { minLength: 1, maxLength: 4 }), (owners) => {
      const done = new Set<number>();
      let position: Position | undefined;
      let ahead: HandledAhead | undefined;
      let stored = 0;
      for (const steps of owners) {
        const mark = new LowWaterMark(position, ahead, () => {});
        const known = new Set(doneIn(stored, position, ahead));
        let read = Number(position ?? 0);
        const entries: { readonly sequence: number; readonly entry: MarkEntry }[] = [];
        for (const each of steps) {
          if (typeof each === "number") {
            const [picked] = entries.splice(each % Math.max(entries.length, 1), 1);
            if (picked === undefined) continue;
            done.add(picked.sequence);
            mark.done(picked.entry);
          } else {
            const sequence = ++read;
            const at = positionOf(sequence);
            // A reader skips what a former owner has handled.
            if (known.has(sequence)) mark.pass(at);
            else if (each === "enter" || sequence <= stored) entries.push({ sequence, entry: mark.enter(at, "") });
            else {
              done.add(sequence);
              mark.pass(at);
            }
          }
          stored = Math.max(stored, read);
          expect(mark.size).toBe(entries.length);
          const said = doneIn(stored, mark.position, mark.ahead);
          expect(said.filter((sequence) => !done.has(sequence))).toEqual([]);
          expect(said).toEqual([...done].toSorted((one, other) => one - other));
        }
        position = mark.position;
        ahead = mark.ahead;
      }
    }),
  );
});

test("names at most 100 open events, and moves on only behind the last of them", () => {
  const mark = new LowWaterMark(undefined, undefined, () => {});
  const entries = Array.from({ length: 300 }, (_, index) => mark.enter(positionOf(index + 1), ""));
  expect(mark.ahead).toBeUndefined();
  for (const entry of entries.filter((_, index) => index % 2 === 1)) mark.done(entry);
  const { ahead } = mark;
  expect(ahead?.open).toHaveLength(100);
  expect(ahead?.upTo).toBe(positionOf(200));
  expect(doneIn(300, mark.position, ahead)).toHaveLength(100);
});

test("waits until few enough events are not done, in any order", async () => {
  const mark = new LowWaterMark(undefined, undefined, () => {});
  const [first, second, third] = [1, 2, 3].map((sequence) => mark.enter(positionOf(sequence), "")) as [
    MarkEntry,
    MarkEntry,
    MarkEntry,
  ];
  const steps: string[] = [];
  const waits = [mark.until(2).then(() => steps.push("two")), mark.until(0).then(() => steps.push("none"))];
  mark.done(third);
  mark.done(third);
  await waits[0];
  expect(steps).toEqual(["two"]);
  expect(mark.position).toBeUndefined();
  mark.done(first);
  expect(mark.position).toBe(positionOf(1));
  mark.done(second);
  await waits[1];
  expect(mark.position).toBe(positionOf(3));
});
