import { describe, expect, it } from "vitest";
import { toJson, toText } from "../../src/cli/report.ts";
import { initialState } from "../../src/events/file-state.ts";
import type { ExpectedFile } from "../../src/log/expected-state.ts";
import type { RunResult } from "../../src/run.ts";

const state = (changes: number, lines: number) => ({ ...initialState, changes, lines });
const result: RunResult = {
  events: 4_000,
  commits: 9,
  expected: new Map<string, ExpectedFile>([
    ["b\x1b[2J", 5],
    ["c", 4],
    ["d", "binary"],
    ["f", 1],
    ["grün a", 6],
  ]),
  tally: { appended: 4_000, conflicts: 12, conflictsResolved: 11 },
  appendSeconds: 2,
  replaySeconds: 0.5,
  states: new Map([
    ["f", state(1, 1)],
    ["e", state(20, 0)],
    ["d", state(20, 3)],
    ["c", state(1_500, 4)],
    ["b\x1b[2J", state(60, 5)],
    ["grün a", state(70, 6)],
  ]),
  verdict: { mismatches: [], notCompared: [] },
  folders: new Map([
    ["./", { lines: 12, changes: 1_671 }],
    ["g\x1b/", { lines: 1_234, changes: 5 }],
  ]),
  folderMismatches: [],
  store: { kind: "jetstream", client: "nats-io", server: "nats://me:secret@example.org:4222" },
  writers: 4,
};
const wrong: RunResult = {
  ...result,
  verdict: {
    mismatches: Array.from({ length: 12 }, (_, index) => ({
      path: `p\n${index}`,
      expected: "1 line",
      actual: "2 lines",
    })),
    notCompared: ["was\tboth"],
  },
};

describe("toJson", () => {
  it("returns one object on one line", () => {
    const json = toJson(result);
    expect(json).not.toContain("\n");
    expect(JSON.parse(json)).toEqual({
      events: 4_000,
      actors: 6,
      commits: 9,
      files: 5,
      mismatches: 0,
      mismatchDetails: [],
      notCompared: 0,
      conflicts: 12,
      conflictsResolved: 11,
      appendEventsPerSecond: 2_000,
      replayEventsPerSecond: 8_000,
      busiest: [
        { path: "c", events: 1_500, lines: 4 },
        { path: "grün a", events: 70, lines: 6 },
        { path: "b\x1b[2J", events: 60, lines: 5 },
        { path: "d", events: 20, lines: 3 },
        { path: "e", events: 20, lines: 0 },
      ],
      folders: [
        { folder: "g\x1b/", lines: 1_234, changes: 5 },
        { folder: "./", lines: 12, changes: 1_671 },
      ],
      folderMismatches: 0,
      store: "jetstream",
      client: "nats-io",
      writers: 4,
    });
  });

  it("counts all mismatches and lists ten", () => {
    const { mismatches, mismatchDetails, notCompared } = JSON.parse(toJson(wrong));
    expect([mismatches, mismatchDetails.length, notCompared]).toEqual([12, 10, 1]);
  });

  it("contains rates even for a run without events", () => {
    const json = JSON.parse(toJson({ ...result, events: 0, states: new Map(), appendSeconds: 0 }));
    expect([json.appendEventsPerSecond, json.replayEventsPerSecond]).toEqual([0, 0]);
  });
});

describe("toText", () => {
  it("summarizes the run without showing the password", () => {
    const text = toText(result);
    for (const part of [
      "4,000 from 9 commits",
      "6 file paths; 5 files exist at the end",
      "4 competing processes",
      "12, 11 resolved",
      "2,000 events/s",
      "8,000 events/s",
      "  1,500 events       4 lines  c",
      "     70 events       6 lines  grün a",
      "     20 events        binary  d",
      "     20 events       deleted  e",
      "     12 lines   1,671 events  ./",
      "OK: every file",
      "OK: the read model has the right lines of 2 folders.",
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain("JetStream on nats://example.org:4222, with the client nats-io");
    expect(text).not.toContain("secret");
  });

  it.each([
    [0, "Conflicts  none"],
    [3, "Conflicts  3, all resolved"],
  ])("describes %d conflicts", (conflicts, line) => {
    const tally = { appended: 4_000, conflicts, conflictsResolved: conflicts };
    expect(toText({ ...result, tally })).toContain(line);
  });

  it("lists ten mismatches and counts the rest", () => {
    const text = toText(wrong);
    expect(text).toContain("FAILED: 12 files");
    expect(text).toContain('  "p\\n9": expected 1 line, got 2 lines\n  and 2 more');
    expect(text).not.toContain("p\\n10");
    expect(text).not.toContain("OK: every");
  });

  it("lists the folders in which the read model is wrong", () => {
    const folderMismatches = [{ path: "src/", expected: "2 lines after 1 events", actual: "1 lines after 1 events" }];
    const text = toText({ ...result, folderMismatches });
    expect(text).toContain(
      "FAILED: the read model is wrong in 1 folder.\n  src/: expected 2 lines after 1 events, got 1",
    );
  });

  it("lists the files that were not compared", () => {
    expect(toText(wrong)).toMatch(/^Not compared: 1 file.*\n {2}"was\\tboth"\nFAILED/m);
    const verdict = { mismatches: [], notCompared: ["was both"] };
    expect(toText({ ...result, verdict })).toMatch(/^OK: every other file/m);
  });

  it("prints no control characters", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: matches the characters that must not occur
    expect(toText(result)).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });
});
