import type { Event } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { event } from "../samples/events.ts";
import { type InvalidEvent, invalidEventsByPromise } from "../samples/invalid-events.ts";
import { type BusCase, type BusCaseDefinition, busCaseGroup } from "../suite/bus-case.ts";
import { rest } from "./receiving.ts";

const { id: _, ...withoutId } = event("a", 1);
const { timestamp: __, ...withoutTimestamp } = event("a", 1);

/** What a store would complete: a bus does not. */
const incomplete: readonly InvalidEvent[] = [
  { given: withoutId, path: "id" },
  { given: { ...withoutId, id: undefined }, path: "id" },
  { given: withoutTimestamp, path: "timestamp" },
];

const everything = { ...invalidEventsByPromise, "an event that is not complete is refused": incomplete };

export const invalidEvents: readonly BusCase[] = busCaseGroup(
  "invalid events",
  Object.entries(everything).map(
    ([promise, table]): BusCaseDefinition => ({
      name: promise,
      setups: ["one bus"],
      async run(context) {
        const subscription = context.subscriber.subscribe(">");
        await subscription.ready;
        for (const { given, path } of table) {
          const call = context.publisher.publish("a", given as Event);
          await checkRejects(promise, given, call, { code: "AETHER_INVALID_EVENT", path });
        }
        await context.publisher.publish("a", event("a", 2));
        await context.settle();
        await context.subscriber.close();
        const given = table.map((bad) => bad.given);
        check("an event that is refused is not published", { given, expected: [2], actual: await rest(subscription) });
      },
    }),
  ),
);
