import { describe, expect, it } from "vitest";
import { type FileState, initialState } from "../src/events/file-state.ts";
import type { ExpectedFile } from "../src/log/expected-state.ts";
import { verify } from "../src/verify.ts";

function check(
  state: Partial<FileState> | undefined,
  expected: ExpectedFile | undefined,
  logged = state?.changes ?? 0,
) {
  const replayed = new Map(state && [["a", { ...initialState, changes: 1, lastOrdinal: 1, ...state }]]);
  const counts = new Map(logged === 0 ? [] : [["a", logged]]);
  return verify(replayed, counts, new Map(expected === undefined ? [] : [["a", expected]]));
}

describe("verify", () => {
  it.each<[string, Partial<FileState>, ExpectedFile | undefined]>([
    ["the line count is right", { changes: 1, lines: 7 }, 7],
    ["an empty file exists", { changes: 1 }, 0],
    ["a deleted file has no lines", { changes: 2 }, undefined],
    ["the last change of a binary file is binary", { changes: 1, binaryChanges: 1, isBinary: true }, "binary"],
    ["a binary file was text before", { changes: 2, binaryChanges: 1, lines: 5, isBinary: true }, "binary"],
    ["a binary file is deleted", { changes: 2, binaryChanges: 2, isBinary: true }, undefined],
  ])("accepts a path if %s", (_, state, expected) => {
    expect(check(state, expected)).toEqual({ mismatches: [], notCompared: [] });
  });

  it.each<[string, Partial<FileState> | undefined, ExpectedFile | undefined]>([
    ["the line count differs", { changes: 1, lines: 7 }, 8],
    ["the line count is negative", { changes: 1, lines: -1 }, 0],
    ["a deleted file has lines", { changes: 1, lines: 7 }, undefined],
    ["a deleted file has a negative line count", { changes: 1, lines: -7 }, undefined],
    ["the last change of a binary file is text", { changes: 2, binaryChanges: 1, lines: 0 }, "binary"],
    ["all changes of a text file are binary", { changes: 1, binaryChanges: 1, isBinary: true }, 7],
    ["a file is not in the log", undefined, 7],
    ["an empty file is not in the log", undefined, 0],
    ["a binary file is not in the log", undefined, "binary"],
  ])("finds a mismatch if %s", (_, state, expected) => {
    const { mismatches, notCompared } = check(state, expected);
    expect(mismatches.map(({ path }) => path)).toEqual(["a"]);
    expect(notCompared).toEqual([]);
  });

  it.each<[string, ExpectedFile | undefined]>([
    ["is text at the end", 8],
    ["is deleted at the end", undefined],
  ])("does not compare a path that alternated between text and binary and %s", (_, expected) => {
    const state = { changes: 3, binaryChanges: 1, lines: 7 };
    expect(check(state, expected)).toEqual({ mismatches: [], notCompared: ["a"] });
    expect(check(state, expected, 4)).toMatchObject({ mismatches: [{ path: "a" }], notCompared: [] });
  });

  it("finds a mismatch if events are lost or duplicated, even if the line count is right", () => {
    expect(check({ changes: 1, lines: 7 }, 7, 2).mismatches).toEqual([
      { path: "a", expected: "2 events", actual: "1 event" },
    ]);
    expect(check({ changes: 3, lines: 7 }, 7, 2).mismatches).toHaveLength(1);
    expect(check(undefined, undefined, 2).mismatches).toHaveLength(1);
  });

  it("describes the expected and the actual state", () => {
    expect(check({ changes: 1, binaryChanges: 1, lines: 7, isBinary: true }, 8).mismatches).toEqual([
      { path: "a", expected: "8 lines", actual: "7 lines (last change: binary)" },
    ]);
  });
});
