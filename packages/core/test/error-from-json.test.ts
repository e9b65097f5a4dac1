import { describe, expect, test } from "vitest";
import { AetherError, errorFromJson, isAetherError, StoreClosedError, VersionConflictError } from "../src/index.ts";

const conflict = new VersionConflictError({ actorId: "a", attemptedVersion: 1, currentVersion: 2 });

test("an error loses its code in a structured clone, but its JSON form keeps it", () => {
  expect(structuredClone(conflict)).not.toHaveProperty("code");
  expect(structuredClone(conflict.toJSON()).code).toBe("AETHER_VERSION_CONFLICT");
});

test("errors in a field have their JSON form at any depth", () => {
  class GroupError extends AetherError {
    readonly code = "MY_GROUP";
    declare readonly conflicts: readonly unknown[];
    constructor(conflicts: readonly unknown[]) {
      super("several", { conflicts, first: conflicts[0] });
    }
  }
  const json = structuredClone(new GroupError([conflict, [new RangeError("no")], "text"]).toJSON());
  expect(json).toMatchObject({
    conflicts: [
      { code: "AETHER_VERSION_CONFLICT", currentVersion: 2 },
      [{ name: "RangeError", message: "no" }],
      "text",
    ],
    first: { code: "AETHER_VERSION_CONFLICT" },
  });
  const restored = errorFromJson(json);
  expect(restored).toMatchObject({ code: "MY_GROUP", conflicts: [{ currentVersion: 2 }, [{ message: "no" }], "text"] });
});

test("a cause that is not an Aether error is restored as an error, with its name and code", () => {
  const system = Object.assign(new Error("refused"), { code: "ECONNREFUSED", cause: new TypeError("deepest") });
  const { cause } = errorFromJson(new StoreClosedError({ cause: system }).toJSON());
  expect(isAetherError(cause)).toBe(false);
  expect(cause).toBeInstanceOf(Error);
  expect(cause).toMatchObject({ name: "Error", message: "refused", code: "ECONNREFUSED" });
  expect((cause as Error).cause).toMatchObject({ name: "TypeError", message: "deepest" });
  expect(errorFromJson(new StoreClosedError({ cause: "text" }).toJSON()).cause).toBe("text");
});

test("fields of the JSON form cannot replace the methods, the stack or the prototype", () => {
  const json = '{"name":"E","code":"C","message":"m","toJSON":1,"stack":"forged","__proto__":{"forged":true},"own":1}';
  const restored = errorFromJson(JSON.parse(json));
  expect(restored).not.toHaveProperty("forged");
  expect(restored.stack).not.toBe("forged");
  expect(restored.toJSON()).toEqual({ name: "E", code: "C", message: "m", own: 1 });
});

describe("errorFromJson rejects", () => {
  test.each([
    ["undefined", undefined],
    ["text", "AETHER_STORE_CLOSED"],
    ["an array", []],
    ["an object without a code", { name: "E", message: "m" }],
    ["an error", conflict],
    ["a structured clone of an error", structuredClone(conflict)],
  ])("%s", (_, value) => {
    expect(() => errorFromJson(value)).toThrow(
      expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument: "json" }),
    );
  });
});
