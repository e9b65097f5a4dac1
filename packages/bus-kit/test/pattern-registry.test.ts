import { expect, test } from "vitest";
import { SmallBus } from "./support/small-bus.ts";

test("the subscribers of a namespace are found again after subscriptions are added or removed", async () => {
  const bus = new SmallBus();
  const found = (): readonly string[] =>
    bus.registry
      .matching("a.b")
      .map(({ pattern }) => pattern)
      .sort();
  expect(found()).toEqual([]);
  const [all, exact] = [bus.read({}, ">"), bus.read({}, "a.b")];
  expect(found()).toEqual([">", "a.b"]);
  bus.read({}, "a.b");
  expect(found()).toEqual([">", "a.b", "a.b"]);
  await exact.unsubscribe();
  expect(found()).toEqual([">", "a.b"]);
  await all.unsubscribe();
  expect(found()).toEqual(["a.b"]);
});

test("any number of namespaces can be looked up", () => {
  const bus = new SmallBus();
  bus.read({}, "*.b");
  for (let count = 0; count < 10_000; count++) expect(bus.registry.matching(`n${count}.b`)).toHaveLength(1);
});

test("an invalid namespace is rejected every time", () => {
  const bus = new SmallBus();
  for (const _ of [1, 2]) {
    expect(() => bus.registry.matching("a.*")).toThrow(expect.objectContaining({ code: "AETHER_INVALID_NAMESPACE" }));
  }
});
