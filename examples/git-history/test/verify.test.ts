import { describe, expect, it } from "vitest";
import { type FileState, noFile } from "../src/events/file-state.ts";
import type { ExpectedFile } from "../src/log/expected-state.ts";
import { verify } from "../src/verify.ts";

function check(
  state: Partial<FileState> | undefined,
  expected: ExpectedFile | undefined,
  logged = state?.changes ?? 0,
) {
  const replayed = new Map(state && [["a", { ...noFile, changes: 1, lastOrdinal: 1, ...state }]]);
  const counts = new Map(logged === 0 ? [] : [["a", logged]]);
  return verify(replayed, counts, new Map(expected === undefined ? [] : [["a", expected]]));
}

describe("verify", () => {
  it.each<[string, Partial<FileState>, ExpectedFile | undefined]>([
    ["the lines are right", { changes: 1, lines: 7 }, 7],
    ["an empty file is there", { changes: 1 }, 0],
    ["a file is gone and its lines too", { changes: 2 }, undefined],
    ["a binary file was binary in the end", { changes: 1, binaryChanges: 1, binary: true }, "binary"],
    ["a binary file once was text", { changes: 2, binaryChanges: 1, lines: 5, binary: true }, "binary"],
    ["a binary file is gone", { changes: 2, binaryChanges: 2, binary: true }, undefined],
  ])("finds nothing where %s", (_, state, expected) => {
    expect(check(state, expected)).toEqual({ mismatches: [], undetermined: [] });
  });

  it.each<[string, Partial<FileState> | undefined, ExpectedFile | undefined]>([
    ["the lines differ", { changes: 1, lines: 7 }, 8],
    ["the lines are below zero", { changes: 1, lines: -1 }, 0],
    ["a file is gone, but not its lines", { changes: 1, lines: 7 }, undefined],
    ["a file is gone, but fewer than no lines are left", { changes: 1, lines: -7 }, undefined],
    ["a binary file was text in the end", { changes: 2, binaryChanges: 1, lines: 0 }, "binary"],
    ["a file of text was only ever binary", { changes: 1, binaryChanges: 1, binary: true }, 7],
    ["a file is not in the log", undefined, 7],
    ["an empty file is not in the log", undefined, 0],
    ["a binary file is not in the log", undefined, "binary"],
  ])("finds a mismatch where %s", (_, state, expected) => {
    const { mismatches, undetermined } = check(state, expected);
    expect(mismatches.map(({ path }) => path)).toEqual(["a"]);
    expect(undetermined).toEqual([]);
  });

  it.each<[string, ExpectedFile | undefined]>([
    ["is text", 8],
    ["is gone", undefined],
  ])("sets aside a path that was text and binary by turns and %s in the end", (_, expected) => {
    const state = { changes: 3, binaryChanges: 1, lines: 7 };
    expect(check(state, expected)).toEqual({ mismatches: [], undetermined: ["a"] });
    expect(check(state, expected, 4)).toMatchObject({ mismatches: [{ path: "a" }], undetermined: [] });
  });

  it("finds a mismatch where events were lost or doubled, even if the lines come out right", () => {
    expect(check({ changes: 1, lines: 7 }, 7, 2).mismatches).toEqual([{ path: "a", expected: "2 event(s)", got: "1" }]);
    expect(check({ changes: 3, lines: 7 }, 7, 2).mismatches).toHaveLength(1);
    expect(check(undefined, undefined, 2).mismatches).toHaveLength(1);
  });

  it("says what was expected and what came out", () => {
    expect(check({ changes: 1, binaryChanges: 1, lines: 7, binary: true }, 8).mismatches).toEqual([
      { path: "a", expected: "8 line(s)", got: "7 line(s), and a last change of binary content" },
    ]);
  });
});
