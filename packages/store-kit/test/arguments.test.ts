import { isAetherError } from "@aether/core";
import { describe, expect, test } from "vitest";
import { checkActorId, checkCount, prepareSnapshot, readAnnounceOptions, readRange, readSignal } from "../src/index.ts";

function invalidArgument(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (isAetherError(error, "AETHER_INVALID_ARGUMENT")) return error.argument;
    throw error;
  }
  return undefined;
}

test.each([[""], ["\udc00"], [undefined], [null], [7], [{}]])("%j is not an actor id", (value) => {
  expect(invalidArgument(() => checkActorId(value))).toBe("actorId");
});

test.each([["a"], [" "], ["\u0000"], ["__proto__"], ["é💥"]])("%j is an actor id", (value) => {
  expect(invalidArgument(() => checkActorId(value))).toBeUndefined();
});

test.each([[-1], [1.5], [Number.NaN], [Infinity], [2 ** 53], ["1"], [null], [1n]])("%s is not a count", (value) => {
  expect(invalidArgument(() => checkCount(value, "limit"))).toBe("limit");
});

test("a count has a minimum", () => {
  expect(invalidArgument(() => checkCount(0, "n"))).toBeUndefined();
  expect(invalidArgument(() => checkCount(0, "n", 1))).toBe("n");
});

describe("readRange", () => {
  test("fills in the defaults", () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(readRange()).toEqual({ fromVersion: 0, toVersion: most, limit: most, direction: "forward" });
    const range = { fromVersion: 2, toVersion: 3, limit: 0, direction: "backward" } as const;
    expect(readRange(range)).toEqual(range);
  });

  test.each([
    ["fromVersion", { fromVersion: -1 }],
    ["toVersion", { toVersion: Infinity }],
    ["limit", { limit: 0.5 }],
    ["direction", { direction: "sideways" }],
  ])("rejects an invalid %s", (argument, options) => {
    expect(invalidArgument(() => readRange(options as never))).toBe(argument);
  });
});

describe("prepareSnapshot", () => {
  test("detaches and freezes the state", () => {
    const state = { totals: [1] };
    const snapshot = prepareSnapshot({ actorId: "a", version: 1, state });
    state.totals.push(2);
    expect(snapshot).toEqual({ actorId: "a", version: 1, state: { totals: [1] }, timestamp: expect.any(String) });
    for (const part of [snapshot, snapshot.state, snapshot.state.totals]) expect(Object.isFrozen(part)).toBe(true);
  });

  test.each([
    ["snapshot", null],
    ["snapshot.actorId", { actorId: "", version: 1, state: {} }],
    ["snapshot.version", { actorId: "a", version: 0, state: {} }],
    ["snapshot.state", { actorId: "a", version: 1, state: [] }],
    ["snapshot.state.total", { actorId: "a", version: 1, state: { total: Number.NaN } }],
  ])("rejects an invalid %s", (argument, snapshot) => {
    expect(invalidArgument(() => prepareSnapshot(snapshot as never))).toBe(argument);
  });
});

const trap: object = new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail });
const { proxy: revoked, revoke } = Proxy.revocable([], {});
revoke();

function fail(): never {
  throw new Error("hostile");
}

const INVALID = { code: "AETHER_INVALID_ARGUMENT" };

test("options that are not an object, or throw when they are read, are rejected", () => {
  for (const options of [null, 1, "text", Symbol("symbol"), trap, revoked] as never[]) {
    expect(() => readSignal(options)).toThrow(expect.objectContaining({ ...INVALID, argument: "options" }));
    expect(() => readRange(options)).toThrow(expect.objectContaining({ ...INVALID, argument: "options" }));
    expect(() => prepareSnapshot(options)).toThrow(expect.objectContaining({ ...INVALID, argument: "snapshot" }));
    expect(() => readAnnounceOptions(options)).toThrow(expect.objectContaining({ ...INVALID, argument: "options" }));
  }
});

test("a field that throws when it is read is rejected", () => {
  for (const field of [trap, revoked] as never[]) {
    expect(() => readSignal({ signal: field })).toThrow(expect.objectContaining({ argument: "options.signal" }));
    expect(() => readRange({ fromVersion: field })).toThrow(expect.objectContaining({ argument: "fromVersion" }));
    expect(() => checkActorId(field)).toThrow(expect.objectContaining({ argument: "actorId" }));
    const snapshot = { actorId: "a", version: 1, state: field };
    expect(() => prepareSnapshot(snapshot)).toThrow(expect.objectContaining({ argument: "snapshot.state" }));
  }
});

test("options are read once", () => {
  let readings = 0;
  const { fromVersion } = readRange({
    get fromVersion() {
      return readings++ === 0 ? 3 : -1;
    },
  });
  expect(fromVersion).toBe(3);
});

test("announce options of other types are rejected", () => {
  for (const options of [{ bus: {} }, { bus: 1 }, { busNamespace: "" }, { onBusError: 1 }]) {
    const [argument] = Object.keys(options).map((name) => `options.${name}`);
    expect(() => readAnnounceOptions(options as never)).toThrow(expect.objectContaining({ ...INVALID, argument }));
  }
});
