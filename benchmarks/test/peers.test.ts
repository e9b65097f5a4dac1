import { expect, test } from "vitest";
import { castore, emmett } from "../src/memory/peers.ts";
import { PlainMap } from "../src/memory/plain-map.ts";
import { sampleEvent } from "../src/sample-event.ts";

test.each([
  ["castore", castore],
  ["emmett", emmett],
])("%s stores appended events, and rejects a repeated version", async (_name, open) => {
  const store = open();
  await store.append(sampleEvent("order-1", 1));
  await store.append(sampleEvent("order-1", 2));
  expect(await store.read("order-1")).toHaveLength(2);
  await expect(Promise.resolve().then(() => store.append(sampleEvent("order-1", 2)))).rejects.toThrow();
  await store.appendBatch?.([sampleEvent("order-2", 1), sampleEvent("order-2", 2)]);
  expect(await store.read("order-2")).toHaveLength(store.appendBatch === undefined ? 0 : 2);
});

test("the plain map copies and freezes events, and rejects a repeated version", () => {
  const map = new PlainMap();
  const event = sampleEvent("order-1", 1);
  map.append(event);
  expect(() => map.append(event)).toThrow("version 1");
  const [kept] = map.read("order-1");
  expect(kept).toEqual(event);
  expect(kept).not.toBe(event);
  expect([kept, kept?.data, kept?.metadata, map.read("order-1")].every(Object.isFrozen)).toBe(true);
});
