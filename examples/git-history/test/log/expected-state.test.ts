import { describe, expect, it } from "vitest";
import { parseExpectedState } from "../../src/log/expected-state.ts";
import { bytes, dataExpected } from "../support/history.ts";

const parse = (...lines: readonly string[]) => parseExpectedState(bytes(...lines), "a.tsv");

describe("parseExpectedState", () => {
  it("reads line counts and binary files", () => {
    expect([...parse("12\t0\ta b", "-\t-\tlogo.png", '0\t0\t"\\303\\244"')]).toEqual([
      ["a b", 12],
      ["logo.png", "binary"],
      ["ä", 0],
    ]);
  });

  it("accepts a repository without files", () => {
    expect(parseExpectedState(new Uint8Array(), "a.tsv").size).toBe(0);
  });

  it("reads the bundled data", () => {
    expect(parseExpectedState(dataExpected(), "nats-js.expected.tsv").size).toBe(750);
  });

  it.each([
    ["deleted lines", "12\t1\tb", /deleted lines/],
    ["a path twice", "3\t0\ta", /occurs twice/],
    ["a path twice, once quoted", '3\t0\t"a"', /occurs twice/],
    ["a commit", `commit\t${"a".repeat(40)}\t2026-02-28T12:00:00Z`, /number of lines/],
    ["a missing field", "3\tb", /form added/],
    ["a bad number", "x\t0\tb", /number of lines/],
    ["bad quoting", '1\t0\t"b', /quoted path/],
  ])("rejects %s, with file and line number", (_, line, message) => {
    const attempt = () => parse("1\t0\ta", line);
    expect(attempt).toThrow(/^a\.tsv:2: /);
    expect(attempt).toThrow(message);
  });
});
