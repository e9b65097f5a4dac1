import { describe, expect, it } from "vitest";
import { describeError } from "../src/describe-error.ts";

describe("describeError", () => {
  it("adds the causes, without repeating a message", () => {
    const root = new Error("connection refused");
    const middle = new Error("cannot connect: connection refused", { cause: root });
    expect(describeError(new Error("the run failed", { cause: middle }))).toBe(
      "the run failed\n  cannot connect: connection refused",
    );
  });

  it("lists every error of an AggregateError", () => {
    expect(describeError(new AggregateError([new Error("one"), new Error("two")], "both"))).toBe("both\n  one\n  two");
  });

  it("accepts values that are not errors, and errors without a message", () => {
    expect(describeError("just text")).toBe("just text");
    expect(describeError(new TypeError())).toBe("TypeError");
  });
});
