import type { Event, FeedEventStore, FeedOptions } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { readFeed } from "./feed-reads.ts";
import { namesOf, type Saved, saved, savedOne, saveMany, saveMixed } from "./saved-feeds.ts";

const continues = "a read after a position continues with the next event: no event is missing, and none is repeated";
const reset = "a position of another storage is rejected with StreamResetError";

/** Checks a read after each of these events: it must return all later ones. */
async function checkAfterEach(
  store: FeedEventStore,
  given: unknown,
  all: readonly Saved[],
  places: readonly number[] = range(0, all.length - 1),
): Promise<void> {
  for (const index of places) {
    const { event: last, receipt } = all[index] as Saved;
    const { stored, position } = await readFeed(store, given, { after: receipt.position });
    const place = { saved: given, after: `${last.actorId}@${last.version}` };
    check(continues, { given: place, expected: namesOf(all.slice(index + 1)), actual: namesOf(stored) });
    check("a read after a position ends at the latest position, even without events", {
      given: place,
      expected: all.at(-1)?.receipt.position,
      actual: position,
    });
  }
}

/** Checks a read with these options, and a read after each of its pages: together, they must find what is wanted. */
async function checkAfterPages(
  store: FeedEventStore,
  options: FeedOptions,
  all: readonly Saved[],
  isWanted: (event: Event) => boolean,
): Promise<void> {
  const wanted = all.filter((each) => isWanted(each.event));
  const given = { saved: all.length, options };
  const { pages, stored, position } = await readFeed(store, given, options);
  check("a read finds every event that its options select", {
    given,
    expected: namesOf(wanted),
    actual: namesOf(stored),
  });
  check("the position of the last page is the latest, although the options skip the last events", {
    given,
    expected: all.at(-1)?.receipt.position,
    actual: position,
  });
  let delivered = 0;
  for (const page of pages) {
    delivered += page.events.length;
    const rest = await readFeed(store, given, { ...options, after: page.position });
    check("a read after the position of a page continues after its events: it skips and repeats none", {
      given: { ...given, after: page.position, delivered },
      expected: namesOf(wanted.slice(delivered)),
      actual: namesOf(rest.stored),
    });
  }
}

export const resumingFeeds: readonly StoreCase[] = storeCaseGroup(
  "feed",
  [
    {
      name: "a read after the position of any event continues with the next one, even inside a batch",
      async run(context) {
        const store = await context.open("feed");
        const all = await saveMixed(store);
        await checkAfterEach(store, "events of four actors", all);
        const more = [...all, await savedOne(store, event("late", 1))];
        await checkAfterEach(store, "one more event", more, [0, all.length - 2, all.length - 1, all.length]);
      },
    },
    {
      name: "a read after a position inside a large batch continues with the next event",
      needs: ["batch"],
      async run(context) {
        const store = await context.open("feed");
        const all = [
          await savedOne(store, event("a", 1)),
          ...(await saved(store, events("b", range(1, 1_001)))),
          ...(await saved(store, events("c", [1, 2]))),
        ];
        await checkAfterEach(store, "a1 [b1-b1001] [c1 c2]", all, [0, 1, 2, 99, 500, 1_000, 1_001, 1_002]);
      },
    },
    {
      name: "a read after the position of any page continues after it, whichever events the options skip",
      async run(context) {
        const store = await context.open("feed");
        const eventOf = (n: number): Event =>
          event(`${n % 2 === 0 ? "order" : "mail"}-${n % 50}`, n, n % 40 === 7 ? { eventType: "Rare" } : {});
        const many = await saveMany(context, store, eventOf, 1_203);
        const all = [...many, await savedOne(store, event("last", 1, { eventType: "Last" }))];
        await checkAfterPages(store, {}, all, () => true);
        await checkAfterPages(store, { eventTypes: ["Rare"] }, all, ({ eventType }) => eventType === "Rare");
        await checkAfterPages(store, { eventTypes: ["None"] }, all, () => false);
        const ofOrders = { actorIdPrefix: "order-", eventTypes: ["Tested"] };
        await checkAfterPages(
          store,
          ofOrders,
          all,
          (one) => one.actorId.startsWith("order-") && one.eventType === "Tested",
        );
      },
    },
    {
      name: "a read that is continued page by page finds everything that is saved in the meantime",
      async run(context) {
        const store = await context.open("feed");
        const all: Saved[] = [];
        const found: string[] = [];
        let after: FeedOptions["after"];
        for (const round of range(1, 8)) {
          for (const each of await saved(store, events(`actor ${round}`, range(1, round)))) all.push(each);
          all.push(await savedOne(store, event("one", round)));
          const { stored, position } = await readFeed(store, { round }, { after });
          for (const each of namesOf(stored)) found.push(each);
          after = position;
        }
        check(continues, {
          given: "eight rounds of saves, each followed by a read",
          expected: namesOf(all),
          actual: found,
        });
      },
    },
    {
      name: "positions of another storage are rejected with StreamResetError",
      async run(context) {
        const store = await context.open("feed");
        const elsewhere = await context.openElsewhere("feed");
        const foreign = [
          ...(await saved(elsewhere, events("elsewhere", [1, 2, 3]))),
          await savedOne(elsewhere, event("elsewhere", 4)),
        ];
        const code = "AETHER_STREAM_RESET";
        const attempts = async (given: string): Promise<void> => {
          for (const { event: last, receipt } of foreign) {
            const read = readFeed(store, given, { after: receipt.position });
            await checkRejects(reset, { store: given, after: `${last.actorId}@${last.version}` }, read, { code });
          }
        };
        await attempts("an empty storage");
        await saved(store, events("here", [1, 2, 3]));
        await attempts("a storage with three events");
        for (const n of range(1, 6)) await store.saveEvent(event(`here-${n}`, 1));
        await attempts("a storage with more events");
        const { stored } = await readFeed(elsewhere, "the other storage", { after: foreign[0]?.receipt.position });
        check("a position is accepted by its own storage", {
          given: "the other storage",
          expected: namesOf(foreign.slice(1)),
          actual: namesOf(stored),
        });
      },
    },
  ],
  ["feed"],
);
