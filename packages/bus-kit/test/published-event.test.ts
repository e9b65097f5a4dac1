import type { Event } from "@aether/core";
import { expect, test } from "vitest";
import { publishedEvent } from "../src/index.ts";
import { eventOf } from "./support/small-bus.ts";

test("an event is copied and frozen, once for each time that it is published", () => {
  const event = eventOf({ data: { items: ["lamp"] } });
  const [first, second] = [publishedEvent(event), publishedEvent(event)];
  expect(first).toEqual(event);
  expect(first).not.toBe(event);
  expect(first).not.toBe(second);
  expect(Object.isFrozen((first.data as { items: unknown }).items)).toBe(true);
});

test("an event that is frozen already is taken as it is, and looked at only once", () => {
  let looks = 0;
  const frozen = publishedEvent(eventOf());
  const watched: Event = new Proxy(frozen, {
    get: (target, key, receiver) => {
      looks++;
      return Reflect.get(target, key, receiver);
    },
  });
  expect(publishedEvent(watched)).toBe(watched);
  expect(looks).toBeGreaterThan(0);
  looks = 0;
  expect(publishedEvent(watched)).toBe(watched);
  expect(looks).toBe(0);
});

test("an event without id or timestamp is not complete: nothing is filled in", () => {
  for (const path of ["id", "timestamp"]) {
    const incomplete = { ...eventOf(), [path]: undefined } as unknown as Event;
    expect(() => publishedEvent(incomplete)).toThrow(expect.objectContaining({ code: "AETHER_INVALID_EVENT", path }));
  }
});
