import type { Event } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { type BadEvent, badEvents } from "../samples/bad-events.ts";
import { event } from "../samples/events.ts";
import { type BusCase, type BusThemeCase, busTheme } from "../suite/bus-case.ts";
import { rest } from "./listening.ts";

const { id: _, ...withoutId } = event("a", 1);
const { timestamp: __, ...withoutTimestamp } = event("a", 1);

/** What a store would complete: a bus does not. */
const incomplete: readonly BadEvent[] = [
  { given: withoutId, path: "id" },
  { given: { ...withoutId, id: undefined }, path: "id" },
  { given: withoutTimestamp, path: "timestamp" },
];

const everything = { ...badEvents, "an event that is not complete is refused": incomplete };

export const invalidEvents: readonly BusCase[] = busTheme(
  "invalid events",
  Object.entries(everything).map(
    ([promise, table]): BusThemeCase => ({
      name: promise,
      settings: ["one bus"],
      async run(stage) {
        const subscription = stage.subscriber.subscribe(">");
        await subscription.ready;
        for (const { given, path } of table) {
          const call = stage.publisher.publish("a", given as Event);
          await checkRejects(promise, given, call, { code: "AETHER_INVALID_EVENT", path });
        }
        await stage.publisher.publish("a", event("a", 2));
        await stage.settle();
        await stage.subscriber.close();
        const given = table.map((bad) => bad.given);
        check("an event that is refused is not published", { given, expected: [2], actual: await rest(subscription) });
      },
    }),
  ),
);
