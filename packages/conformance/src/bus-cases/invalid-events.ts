import type { Event } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { event } from "../samples/events.ts";
import { type InvalidEvent, invalidEventsByGuarantee } from "../samples/invalid-events.ts";
import { type BusCase, type BusCaseDefinition, busCaseGroup } from "../suite/bus-case.ts";
import { remainingVersions } from "./receiving.ts";

const { id: _, ...withoutId } = event("a", 1);
const { timestamp: __, ...withoutTimestamp } = event("a", 1);

/** Events without the fields that a store fills in. A bus rejects them. */
const incomplete: readonly InvalidEvent[] = [
  { given: withoutId, path: "id" },
  { given: { ...withoutId, id: undefined }, path: "id" },
  { given: withoutTimestamp, path: "timestamp" },
];

const everything = { ...invalidEventsByGuarantee, "an event without an id or a timestamp is rejected": incomplete };

export const invalidEvents: readonly BusCase[] = busCaseGroup(
  "invalid events",
  Object.entries(everything).map(
    ([guarantee, table]): BusCaseDefinition => ({
      name: guarantee,
      setups: ["one bus"],
      async run(context) {
        const subscription = context.subscriber.subscribe(">");
        await subscription.ready;
        for (const { given, path } of table) {
          const call = context.publisher.publish("a", given as Event);
          await checkRejects(guarantee, given, call, { code: "AETHER_INVALID_EVENT", path });
        }
        await context.publisher.publish("a", event("a", 2));
        await context.settle();
        await context.subscriber.close();
        const given = table.map((bad) => bad.given);
        check("a rejected event is not delivered", {
          given,
          expected: [2],
          actual: await remainingVersions(subscription),
        });
      },
    }),
  ),
);
