import { describe, expect, it } from "vitest";
import { toJson, toText } from "../../src/cli/report.ts";
import { noFile } from "../../src/events/file-state.ts";
import type { RunResult } from "../../src/run-result.ts";

const state = (changes: number, lines: number) => ({ ...noFile, changes, lines });
const result: RunResult = {
  events: 4_000,
  commits: 9,
  files: 5,
  tally: { appended: 4_000, conflictsMet: 12, conflictsResolved: 11 },
  appendSeconds: 2,
  replaySeconds: 0.5,
  states: new Map([
    ["f", state(1, 1)],
    ["e", state(20, 2)],
    ["d", state(20, 3)],
    ["c", state(1_500, 4)],
    ["b\x1b[2J", state(60, 5)],
    ["grün a", state(70, 6)],
  ]),
  verdict: { mismatches: [], undetermined: [] },
  store: { kind: "jetstream", client: "nats-io", server: "nats://me:secret@example.org:4222" },
  writers: 4,
};
const wrong: RunResult = {
  ...result,
  verdict: {
    mismatches: Array.from({ length: 12 }, (_, index) => ({ path: `p\n${index}`, expected: "1 line(s)", got: "2" })),
    undetermined: ["was\tboth"],
  },
};

describe("toJson", () => {
  it("is one object on one line", () => {
    const json = toJson(result);
    expect(json).not.toContain("\n");
    expect(JSON.parse(json)).toEqual({
      events: 4_000,
      actors: 6,
      commits: 9,
      files: 5,
      mismatches: 0,
      mismatchDetails: [],
      undetermined: 0,
      conflicts: 12,
      conflictsResolved: 11,
      appendEventsPerSecond: 2_000,
      replayEventsPerSecond: 8_000,
      busiest: [
        { path: "c", events: 1_500, lines: 4 },
        { path: "grün a", events: 70, lines: 6 },
        { path: "b\x1b[2J", events: 60, lines: 5 },
        { path: "d", events: 20, lines: 3 },
        { path: "e", events: 20, lines: 2 },
      ],
      store: "jetstream",
      client: "nats-io",
      writers: 4,
    });
  });

  it("counts all mismatches and details ten", () => {
    const { mismatches, mismatchDetails, undetermined } = JSON.parse(toJson(wrong));
    expect([mismatches, mismatchDetails.length, undetermined]).toEqual([12, 10, 1]);
  });

  it("has rates even for a run without events", () => {
    const json = JSON.parse(toJson({ ...result, events: 0, states: new Map(), appendSeconds: 0 }));
    expect([json.appendEventsPerSecond, json.replayEventsPerSecond]).toEqual([0, 0]);
  });
});

describe("toText", () => {
  it("says what was done and that it is exact, and no secret", () => {
    const text = toText(result);
    for (const part of [
      "4,000",
      "12 met, 11 resolved",
      "2,000 events/s",
      "8,000 events/s",
      "c: 1,500 events, 4 lines",
      "exact:",
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain("by the client nats-io, on nats://example.org:4222");
    expect(text).not.toContain("secret");
    expect(text).toContain("  grün a: 70 events");
  });

  it("names ten mismatches and counts the rest", () => {
    const text = toText(wrong);
    expect(text).toContain("NOT exact: 12 path(s)");
    expect(text).toContain('  "p\\n9": expected 1 line(s), got 2\n  and 2 more');
    expect(text).not.toContain("p\\n10");
    expect(text).not.toContain("exact: every");
  });

  it("names what could not be compared", () => {
    expect(toText(wrong)).toMatch(/^not compared: 1 path.*\n {2}"was\\tboth"\nNOT exact/m);
    const verdict = { mismatches: [], undetermined: ["was both"] };
    expect(toText({ ...result, verdict })).toMatch(/^exact: every other path/m);
  });

  it("shows no character that steers a terminal", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(toText(result)).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });
});
