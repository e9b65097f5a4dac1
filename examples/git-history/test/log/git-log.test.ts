import { describe, expect, it } from "vitest";
import { parseGitLog } from "../../src/log/git-log.ts";
import { MalformedInputError } from "../../src/log/malformed-input.ts";
import { bytes, commitLine, dataLog } from "../support/history.ts";

const parse = (...lines: readonly string[]) => parseGitLog(bytes(...lines), "a.log");
const hash = "b".repeat(40);

describe("parseGitLog", () => {
  it("reads commits and their changes in order", () => {
    const { commits, changes } = parse(
      commitLine(1),
      "",
      "3\t0\ta.ts",
      "-\t-\tlogo.png",
      commitLine(2),
      "",
      "1\t2\ta.ts",
    );
    expect(commits).toBe(2);
    expect(changes.map(({ ordinal, path, change }) => [ordinal, path, change])).toEqual([
      [1, "a.ts", { content: "text", added: 3, deleted: 0 }],
      [2, "logo.png", { content: "binary" }],
      [3, "a.ts", { content: "text", added: 1, deleted: 2 }],
    ]);
    expect(changes[2]?.commit).toEqual({ hash: "2".padStart(40, "0"), date: "2026-02-28T12:00:00+01:00" });
  });

  it("accepts a commit without files, in the middle and at the end", () => {
    const { commits, changes } = parse(commitLine(1), commitLine(2), "", "1\t0\ta", commitLine(3));
    expect([commits, changes.length]).toEqual([3, 1]);
  });

  it("accepts CRLF line endings and a last line without an ending", () => {
    const text = `${commitLine(1)}\r\n\r\n1\t0\ta b\r\n2\t0\tc`;
    expect(parseGitLog(Buffer.from(text), "a.log").changes.map(({ path }) => path)).toEqual(["a b", "c"]);
  });

  it("accepts a SHA-256 hash and a date in UTC", () => {
    expect(parse(`commit\t${"a".repeat(64)}\t2024-02-29T23:59:59Z`).commits).toBe(1);
  });

  it("reads the bundled data", () => {
    const { commits, changes } = parseGitLog(dataLog(), "nats-js.log");
    expect(commits).toBe(915);
    expect(changes).toHaveLength(12_912);
    expect(new Set(changes.map(({ path }) => path)).size).toBe(1_831);
  });

  it.each([
    ["a change with two fields", "1\t2", /a\.log:3: .*form added/],
    ["a change with four fields", "1\t2\ta\tb", /form added/],
    ["a change without a path", "1\t2\t", /form added/],
    ["spaces instead of tabs", "1 2 a", /form added/],
    ["a negative number", "-1\t2\ta", /number of lines/],
    ["a negative number of deleted lines", "1\t-2\ta", /number of lines/],
    ["a word instead of a number", "one\t2\ta", /number of lines/],
    ["a fraction", "1.5\t2\ta", /number of lines/],
    ["a leading zero", "01\t2\ta", /number of lines/],
    ["an empty number", "\t2\ta", /number of lines/],
    ["a number that is not a safe integer", "99999999999999999\t2\ta", /number of lines/],
    ["a dash as the number of added lines only", "-\t2\ta", /number of lines/],
    ["a dash as the number of deleted lines only", "2\t-\ta", /number of lines/],
    ["bad quoting", '1\t2\t"a', /quoted path/],
    ["a path that git would have quoted", "1\t2\ta\\b", /would have quoted/],
    ["a commit line with two fields", `commit\t${hash}`, /date/],
    ["a commit line with four fields", `commit\t${hash}\t2026-02-28T12:00:00Z\tx`, /form commit/],
    ["a short hash", "commit\tabc\t2026-02-28T12:00:00Z", /commit hash/],
    ["a hash with other letters", `commit\t${"g".repeat(40)}\t2026-02-28T12:00:00Z`, /commit hash/],
    ["a commit for the second time", commitLine(1), /occurs twice/],
    ["a date without a time", `commit\t${hash}\t2026-02-28`, /date/],
    ["a date without an offset", `commit\t${hash}\t2026-02-28T12:00:00`, /date/],
    ["a day that does not exist", `commit\t${hash}\t2026-02-30T12:00:00Z`, /date/],
    ["a month that does not exist", `commit\t${hash}\t2026-13-01T12:00:00Z`, /date/],
    ["an hour that does not exist", `commit\t${hash}\t2026-02-28T24:00:00Z`, /date/],
    ["another keyword", `committed\t${hash}\t2026-02-28T12:00:00Z`, /number of lines/],
    ["a commit line in another format", `commit ${hash}`, /form added/],
  ])("rejects %s, with file and line number", (_, line, message) => {
    const attempt = () => parse(commitLine(1), "", line);
    expect(attempt).toThrow(MalformedInputError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(/^a\.log:3: /);
  });

  it("rejects a change before the first commit", () => {
    expect(() => parse("1\t0\ta")).toThrow(/^a\.log:1: .*first commit/);
  });

  it("rejects a log without a commit", () => {
    expect(() => parseGitLog(new Uint8Array(), "a.log")).toThrow(/no commit/);
  });

  it("escapes control characters in messages", () => {
    expect(() => parse(commitLine(1), "1\t0\ta\x1b[2J")).toThrow(/\\u001b/);
  });
});
