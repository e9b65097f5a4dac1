import { type Event, type FeedEventStore, type FeedOptions, supports } from "@aether/core";
import { check } from "../checks/check.ts";
import { event } from "../samples/events.ts";
import { allActorIds, hostilePrefixes } from "../samples/hostile-actor-ids.ts";
import { PARTITIONS, partitionOf, partitionsOfActors } from "../samples/partitions.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";
import { readFeed } from "./feed-reads.ts";
import { namesOf, type Saved, saved, saveMany } from "./saved-feeds.ts";

const inOnePartition = "each actor is in exactly one partition: the one that its id has in every store";

/** Ids that a prefix that is a pattern, or is folded or normalised, confuses. */
const similarIds = "a A a. a.b a* a> a% a_b a%b ab a_ é e\u0301 éa Éa . .a * % _".split(" ");
const types = ["Tested", "tested", "Tested ", "Te", "T*", "*"];

function isSelected({ eventTypes, actorIdPrefix = "", partition }: FeedOptions): (event: Event) => boolean {
  return ({ eventType, actorId }) =>
    (eventTypes === undefined || eventTypes.includes(eventType)) &&
    actorId.startsWith(actorIdPrefix) &&
    (partition === undefined || partitionOf(actorId) === partition);
}

async function checkSelection(store: FeedEventStore, all: readonly Saved[], options: FeedOptions): Promise<void> {
  const given = { options };
  const { stored, position } = await readFeed(store, given, options);
  check("a read returns exactly the events that all its options select", {
    given,
    expected: namesOf(all.filter((each) => isSelected(options)(each.event))),
    actual: namesOf(stored),
  });
  check("a read ends at the latest position, whichever events its options skip", {
    given,
    expected: all.at(-1)?.receipt.position,
    actual: position,
  });
}

/** Reads all partitions, and checks that each has exactly its actors, and all events of them, in order. */
async function checkPartitions(store: FeedEventStore, given: string, all: readonly Saved[]): Promise<void> {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  const reads = await Promise.all(partitions.map((partition) => readFeed(store, given, { partition })));
  for (const [partition, { stored, position }] of reads.entries()) {
    check(inOnePartition, {
      given: { given, partition },
      expected: namesOf(all.filter((each) => partitionOf(each.event.actorId) === partition)),
      actual: namesOf(stored),
    });
    check("a read of a partition ends at the latest position", {
      given: { given, partition },
      expected: all.at(-1)?.receipt.position,
      actual: position,
    });
  }
}

/** Saves events of the actors whose partitions are known, and of others if the store is fast enough. */
async function savePartitions(context: StoreCaseContext, store: FeedEventStore): Promise<readonly Saved[]> {
  const ids = [...new Set([...Object.keys(partitionsOfActors), ...allActorIds])];
  return saveMany(context, store, (n) => event(ids[n - 1] ?? "", 1), ids.length);
}

export const feedFilters: readonly StoreCase[] = storeCaseGroup(
  "feed",
  [
    {
      name: "eventTypes, actorIdPrefix and partition select events, alone and together",
      async run(context) {
        const store = await context.open("feed");
        const eventType = (n: number): string => types[n % types.length] ?? "";
        const eventOf = (n: number): Event =>
          event(similarIds[n % similarIds.length] ?? "", 1, { id: `${n}`, eventType: eventType(n) });
        const all = [...(await saveMany(context, store, eventOf, similarIds.length))];
        if (supports(store, "batch")) {
          const mixed = types.map((each, index) => event("a", 2 + index, { eventType: each }));
          for (const each of await saved(store, mixed)) all.push(each);
        }
        const selections: readonly FeedOptions[] = [
          {},
          { eventTypes: undefined, actorIdPrefix: undefined, partition: undefined, after: undefined, follow: false },
          ...hostilePrefixes.map((actorIdPrefix) => ({ actorIdPrefix })),
          ...[[], ["Tested"], ["tested", "Te"], ["*"], ["None", "T*"], ["Tested", "Tested"]].map((eventTypes) => ({
            eventTypes,
          })),
          { eventTypes: ["Tested"], actorIdPrefix: "a" },
          { eventTypes: ["Tested", "*"], partition: partitionOf("a") },
          { actorIdPrefix: "a", partition: partitionOf("a.b") },
          { actorIdPrefix: "a", partition: partitionOf("a*"), eventTypes: types },
        ];
        for (const options of selections) await checkSelection(store, all, options);
      },
    },
    {
      name: "each actor is in the partition that the contract defines, and in no other one",
      async run(context) {
        const store = await context.open("feed");
        await checkPartitions(store, "one event of each actor", await savePartitions(context, store));
      },
    },
    {
      name: "partitions do not change when the store is closed and opened again",
      needs: ["durable"],
      async run(context) {
        const first = await context.open("feed");
        const all = [...(await savePartitions(context, first))];
        await first.close();
        const second = await context.open("feed");
        const ids = Object.keys(partitionsOfActors);
        for (const each of await saveMany(context, second, (n) => event(ids[n - 1] ?? "", 2), ids.length))
          all.push(each);
        await checkPartitions(second, "events from before and after the store was opened again", all);
      },
    },
  ],
  ["feed"],
);
