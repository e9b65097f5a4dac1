import type { Event } from "@aether/core";
import { expect, test } from "vitest";
import { publishedEvent } from "../src/index.ts";
import { eventOf } from "./support/small-bus.ts";

test("an event is copied and frozen each time it is published", () => {
  const event = eventOf({ data: { items: ["lamp"] } });
  const [first, second] = [publishedEvent(event), publishedEvent(event)];
  expect(first).toEqual(event);
  expect(first).not.toBe(event);
  expect(first).not.toBe(second);
  expect(Object.isFrozen((first.data as { items: unknown }).items)).toBe(true);
});

test("an event that is already deeply frozen is not copied, and is checked only once", () => {
  let reads = 0;
  const frozen = publishedEvent(eventOf());
  const watched: Event = new Proxy(frozen, {
    get: (target, key, receiver) => {
      reads++;
      return Reflect.get(target, key, receiver);
    },
  });
  expect(publishedEvent(watched)).toBe(watched);
  expect(reads).toBeGreaterThan(0);
  reads = 0;
  expect(publishedEvent(watched)).toBe(watched);
  expect(reads).toBe(0);
});

test("an event without an id or a timestamp is rejected", () => {
  for (const path of ["id", "timestamp"]) {
    const incomplete = { ...eventOf(), [path]: undefined } as unknown as Event;
    expect(() => publishedEvent(incomplete)).toThrow(expect.objectContaining({ code: "AETHER_INVALID_EVENT", path }));
  }
});
