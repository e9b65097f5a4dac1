import { describe, expect, it } from "vitest";
import type { ExpectedFile } from "../src/expected-state.ts";
import type { FileState } from "../src/file-state.ts";
import { verify } from "../src/verify.ts";

function check(
  state: Partial<FileState> | undefined,
  expected: ExpectedFile | undefined,
  logged = state?.changes ?? 0,
) {
  const replayed = new Map(state && [["a", { changes: 1, lines: 0, lastOrdinal: 1, binary: false, ...state }]]);
  const counts = new Map(logged === 0 ? [] : [["a", logged]]);
  return verify(replayed, counts, new Map(expected === undefined ? [] : [["a", expected]]));
}

describe("verify", () => {
  it.each<[string, Partial<FileState>, ExpectedFile | undefined]>([
    ["the lines are right", { changes: 1, lines: 7 }, 7],
    ["an empty file is there", { changes: 1 }, 0],
    ["a file is gone and its lines too", { changes: 2 }, undefined],
    ["a binary file was binary in the end", { changes: 1, binary: true }, "binary"],
    ["a binary file once was text", { changes: 2, lines: 5, binary: true }, "binary"],
    ["a binary file is gone", { changes: 2, binary: true }, undefined],
  ])("finds nothing where %s", (_, state, expected) => {
    expect(check(state, expected)).toEqual([]);
  });

  it.each<[string, Partial<FileState> | undefined, ExpectedFile | undefined]>([
    ["the lines differ", { changes: 1, lines: 7 }, 8],
    ["the lines are below zero", { changes: 1, lines: -1 }, 0],
    ["a file is gone, but not its lines", { changes: 1, lines: 7 }, undefined],
    ["a file is gone, but fewer than no lines are left", { changes: 1, lines: -7 }, undefined],
    ["a binary file was text in the end", { changes: 2, lines: 0 }, "binary"],
    ["a file is not in the log", undefined, 7],
    ["an empty file is not in the log", undefined, 0],
    ["a binary file is not in the log", undefined, "binary"],
  ])("finds a mismatch where %s", (_, state, expected) => {
    const [mismatch, ...others] = check(state, expected);
    expect(mismatch?.path).toBe("a");
    expect(others).toEqual([]);
  });

  it("finds a mismatch where events were lost or doubled, even if the lines come out right", () => {
    expect(check({ changes: 1, lines: 7 }, 7, 2)).toEqual([{ path: "a", expected: "2 event(s)", got: "1" }]);
    expect(check({ changes: 3, lines: 7 }, 7, 2)).toHaveLength(1);
    expect(check(undefined, undefined, 2)).toHaveLength(1);
  });

  it("says what was expected and what came out", () => {
    expect(check({ changes: 1, lines: 7, binary: true }, 8)).toEqual([
      { path: "a", expected: "8 line(s)", got: "7 line(s), and a last change of binary content" },
    ]);
  });
});
