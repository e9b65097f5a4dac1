import { describe, expect, it } from "vitest";
import { describeError } from "../src/describe-error.ts";

describe("describeError", () => {
  it("says what and because of what, nothing twice", () => {
    const root = new Error("connection refused");
    const middle = new Error("cannot connect: connection refused", { cause: root });
    expect(describeError(new Error("the run failed", { cause: middle }))).toBe(
      "the run failed\n  cannot connect: connection refused",
    );
  });

  it("names every error of several", () => {
    expect(describeError(new AggregateError([new Error("one"), new Error("two")], "both"))).toBe("both\n  one\n  two");
  });

  it("copes with what is no error", () => {
    expect(describeError("just text")).toBe("just text");
    expect(describeError(new TypeError())).toBe("TypeError");
  });
});
