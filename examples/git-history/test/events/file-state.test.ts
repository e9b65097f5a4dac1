import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FileChange, FileEvent } from "../../src/events/file-event.ts";
import { foldEvents, initialState } from "../../src/events/file-state.ts";

function eventsOf(changes: readonly FileChange[]): readonly FileEvent[] {
  return changes.map((data, index) => ({
    id: `e${index}`,
    eventType: "FileModified",
    actorId: "a",
    version: index + 1,
    data,
    timestamp: "2026-02-28T12:00:00Z",
  }));
}

const lineChange = fc.oneof(
  fc.record({ content: fc.constant("text" as const), added: fc.nat(1_000), deleted: fc.nat(1_000) }),
  fc.constant({ content: "binary" as const }),
);

describe("foldEvents", () => {
  it("sums the lines of text changes and keeps the last change", () => {
    const events = eventsOf([
      { ordinal: 3, content: "text", added: 5, deleted: 1 },
      { ordinal: 9, content: "binary" },
      { ordinal: 4, content: "text", added: 0, deleted: 2 },
    ]);
    expect(foldEvents(events)).toEqual({ changes: 3, binaryChanges: 1, lines: 2, lastOrdinal: 9, isBinary: true });
  });

  it("returns the initial state without events", () => {
    expect(foldEvents([])).toEqual(initialState);
  });

  it("does not depend on the order in which the events were stored", () => {
    const stored = fc
      .array(lineChange, { maxLength: 20 })
      .map((changes) => changes.map((change, index) => ({ ...change, ordinal: index + 1 })))
      .chain((logged) => fc.tuple(fc.constant(logged), fc.shuffledSubarray(logged, { minLength: logged.length })));
    fc.assert(
      fc.property(stored, ([logged, shuffled]) => {
        expect(foldEvents(eventsOf(shuffled))).toEqual(foldEvents(eventsOf(logged)));
        expect(foldEvents(eventsOf(shuffled)).isBinary).toBe(logged.at(-1)?.content === "binary");
      }),
    );
  });
});
