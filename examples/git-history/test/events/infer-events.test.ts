import { describe, expect, it } from "vitest";
import { inferEvents } from "../../src/events/infer-events.ts";
import { parseGitLog } from "../../src/log/git-log.ts";
import { bytes, commitLine } from "../support/history.ts";

/** Returns the event types that are inferred from the changes to one path, without the prefix `File`. */
function typesOf(...changes: readonly string[]): readonly string[] {
  const lines = changes.flatMap((change, index) => [commitLine(index + 1), "", `${change}\ta`]);
  return inferEvents(parseGitLog(bytes(...lines), "a.log").changes).map(({ draft }) => draft.eventType.slice(4));
}

describe("inferEvents", () => {
  it.each([
    ["a first change adds", ["5\t0"], ["Added"]],
    ["the first change of a binary file adds", ["-\t-"], ["Added"]],
    ["the first change of an empty file adds", ["0\t0"], ["Added"]],
    ["a later change modifies", ["5\t0", "1\t2"], ["Added", "Modified"]],
    ["removing the last lines deletes", ["5\t0", "1\t2", "0\t4"], ["Added", "Modified", "Deleted"]],
    ["replacing all lines modifies", ["5\t0", "3\t8"], ["Added", "Modified"]],
    [
      "a change after a deletion adds again",
      ["5\t0", "0\t5", "2\t0", "0\t2"],
      ["Added", "Deleted", "Added", "Deleted"],
    ],
    ["a change of the file mode modifies", ["5\t0", "0\t0"], ["Added", "Modified"]],
    ["the deletion of an empty file is not detected", ["0\t0", "0\t0"], ["Added", "Modified"]],
    ["the deletion of a binary file is not detected", ["-\t-", "-\t-"], ["Added", "Modified"]],
    ["binary changes do not affect the line count", ["5\t0", "-\t-", "0\t5"], ["Added", "Modified", "Deleted"]],
  ])("%s", (_, changes, types) => {
    expect(typesOf(...changes)).toEqual(types);
  });

  it("infers the events of each path separately", () => {
    const log = parseGitLog(bytes(commitLine(1), "5\t0\ta", "5\t0\tb", commitLine(2), "0\t5\ta", "1\t0\tb"), "a.log");
    expect(inferEvents(log.changes).map(({ path, draft }) => [path, draft.eventType])).toEqual([
      ["a", "FileAdded"],
      ["b", "FileAdded"],
      ["a", "FileDeleted"],
      ["b", "FileModified"],
    ]);
  });

  it("keeps the line counts, the ordinal, the commit and its date", () => {
    const log = parseGitLog(bytes(commitLine(7), "5\t0\ta", "-\t-\tb"), "a.log");
    expect(inferEvents(log.changes).map(({ draft }) => draft)).toEqual([
      {
        eventType: "FileAdded",
        data: { ordinal: 1, content: "text", added: 5, deleted: 0 },
        metadata: { correlationId: "7".padStart(40, "0") },
        timestamp: "2026-02-28T12:00:00+01:00",
      },
      {
        eventType: "FileAdded",
        data: { ordinal: 2, content: "binary" },
        metadata: { correlationId: "7".padStart(40, "0") },
        timestamp: "2026-02-28T12:00:00+01:00",
      },
    ]);
  });
});
