import type { Event, FeedPage, Position } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { collect, event, events, range } from "../samples/events.ts";
import { hostileEvents } from "../samples/hostile-events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { readFeed } from "./feed-reads.ts";
import { saveSingly } from "./save-all.ts";
import { asStored, inOrder, namesOf, type Saved, saved, savedOne, saveMany, saveMixed } from "./saved-feeds.ts";

/** Number of events that no store may return in one page, if each was saved alone. */
const MANY = 2_501;

const everyEvent = "the feed has every stored event exactly once, unchanged, in the order in which events were stored";

/** Pages that only their boundaries distinguish must not be compared, so this compares what they contain. */
function contentsOf(pages: readonly FeedPage[]): readonly (readonly [string, Position])[] {
  return pages.flatMap((page) => page.events.map((one) => [one.event.id, one.position] as const));
}

export const feed: readonly StoreCase[] = storeCaseGroup(
  "feed",
  [
    {
      name: "the feed has every event of every actor once, in store order, with the position of its receipt",
      async run(context) {
        const store = await context.open("feed");
        const all = await saveMixed(store);
        const given = "events of four actors, saved at the same time";
        const { stored, errors } = await readFeed(store, given);
        check("the feed has every stored event exactly once, in the order in which events were stored", {
          given,
          expected: namesOf(all),
          actual: namesOf(stored),
        });
        check(everyEvent, { given, expected: all.map((each) => each.event), actual: stored.map((each) => each.event) });
        check("events of the feed have the positions of their receipts", {
          given,
          expected: asStored(all),
          actual: stored.map((each) => ({ ...each })),
        });
        check("the feed reports no errors if no record is malformed", { given, expected: [], actual: errors });
      },
    },
    {
      name: "the feed has events with hostile contents unchanged",
      async run(context) {
        const store = await context.open("feed");
        const [alone, batch] = [hostileEvents("a").slice(0, 12), hostileEvents("b").slice(0, 40)];
        await saveSingly(store, alone);
        await saved(store, batch);
        const all: readonly Event[] = [...alone, ...batch];
        const { events: found } = await readFeed(store, "hostile events");
        check(everyEvent, { given: "events with hostile contents", expected: all, actual: found });
      },
    },
    {
      name: "the feed of an empty store is one empty page that is caught up",
      async run(context) {
        const store = await context.open("feed");
        for (const options of [undefined, { eventTypes: ["Tested"] }, { partition: 3 }, { actorIdPrefix: "a" }]) {
          const { pages } = await readFeed(store, "an empty store", options);
          check("the feed of an empty store is one empty page without a position", {
            given: { options },
            expected: [{ events: [], errors: [], position: undefined, isCaughtUp: true }],
            actual: pages.map(({ position, ...page }) => ({ ...page, position })),
          });
        }
        check("getLatestPosition resolves to undefined if the store is empty", {
          given: "an empty store",
          expected: undefined,
          actual: await store.getLatestPosition(),
        });
      },
    },
    {
      name: "getLatestPosition is the position of the last stored event",
      async run(context) {
        const store = await context.open("feed");
        const saves = [[1], [2, 3, 9], [10]];
        for (const [actorId, versions] of [...saves, ...saves].map(
          (one, index) => [index < 3 ? "a" : "b", one] as const,
        )) {
          const last = (await saved(store, events(actorId, versions))).at(-1);
          check("getLatestPosition is the position of the event that was saved last", {
            given: { actorId, versions },
            expected: last?.receipt.position,
            actual: await store.getLatestPosition(),
          });
        }
        const all = await Promise.all(range(1, 16).map((n) => savedOne(store, event(`actor ${n}`, 1))));
        const latest = await store.getLatestPosition();
        check("getLatestPosition is the highest position", {
          given: "16 events saved at the same time",
          expected: inOrder(all).at(-1)?.receipt.position,
          actual: latest,
        });
        const { position, stored } = await readFeed(store, "all of them");
        check("the feed ends at the latest position", {
          given: "all events",
          expected: [latest, latest],
          actual: [position, stored.at(-1)?.position],
        });
      },
    },
    {
      name: "a long feed is complete, and is read in pages of limited size",
      async run(context) {
        const store = await context.open("feed");
        const all = await saveMany(context, store, (n) => event(`actor ${n % 300}`, n), MANY);
        const { pages, stored } = await readFeed(store, `${all.length} events`);
        check("a long feed is complete", { given: all.length, expected: namesOf(all), actual: namesOf(stored) });
        if (all.length < MANY) return;
        check("one page does not contain a whole long feed, because its memory is bounded", {
          given: `${MANY} events that were saved one by one`,
          expected: true,
          actual: pages.every((page) => page.events.length < MANY),
        });
        check("a page of a long feed is not caught up if later pages have events that were already stored", {
          given: `${MANY} events that were saved one by one`,
          expected: [],
          actual: pages
            .slice(
              0,
              pages.findLastIndex((page) => page.events.length > 0),
            )
            .flatMap((page, index) => (page.isCaughtUp ? [index] : [])),
        });
      },
    },
    {
      name: "a batch is never split across pages",
      needs: ["batch"],
      async run(context) {
        const store = await context.open("feed");
        const endMs = performance.now() + context.caseTimeoutMs / 4;
        const all: Saved[] = [...(await saved(store, [event("one", 1)]))];
        for (let n = 1; n <= 300 && performance.now() < endMs; n += 10) {
          const batches = range(n, n + 9).map((each) => saved(store, events(`batch ${each}`, [1, 2, 3, 4, 5, 6, 7])));
          for (const batch of await Promise.all(batches)) for (const each of batch) all.push(each);
        }
        for (const each of await saved(store, events("large", range(1, 1_001)))) all.push(each);
        const { pages, stored } = await readFeed(store, `${all.length} events in batches`);
        check("batches are complete in the feed", {
          given: "batches of seven events, and one of 1,001",
          expected: namesOf(inOrder(all)),
          actual: namesOf(stored),
        });
        const actorsOfPages = pages.map((page) => new Set(page.events.map(({ event: { actorId } }) => actorId)));
        const seen = new Set<string>();
        const split: string[] = [];
        for (const actorId of actorsOfPages.flatMap((actors) => [...actors])) {
          if (seen.has(actorId)) split.push(actorId);
          seen.add(actorId);
        }
        check("the events of a batch are all in one page", {
          given: "batches of seven events, and one of 1,001, each of its own actor",
          expected: [],
          actual: split,
        });
      },
    },
    {
      name: "nothing is read before the first page is requested",
      async run(context) {
        const store = await context.open("feed");
        const all = [await savedOne(store, event("a", 1))];
        const lazy = store.readFeed();
        all.push(await savedOne(store, event("a", 2)));
        const iterator = lazy[Symbol.asyncIterator]();
        all.push(await savedOne(store, event("b", 1)));
        const pages: FeedPage[] = [];
        for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) pages.push(step.value);
        check("the feed has events that were saved before the first page was requested", {
          given: "1 saved, readFeed called, 2 saved, iterator created, 3 saved, then read",
          expected: namesOf(all),
          actual: namesOf(pages.flatMap((page) => page.events)),
        });
        const late = store.readFeed()[Symbol.asyncIterator]();
        await store.close();
        await checkRejects(
          "a feed that has not been read rejects with StoreClosedError after close",
          "readFeed",
          late.next(),
          {
            code: "AETHER_STORE_CLOSED",
          },
        );
      },
    },
    {
      name: "each iteration of a feed is a new read",
      async run(context) {
        const store = await context.open("feed");
        const all = [...(await saved(store, events("a", [1, 2])))];
        const lazy = store.readFeed({ actorIdPrefix: "a" });
        const once = contentsOf(await collect(lazy));
        all.push(await savedOne(store, event("a", 3)));
        const twice = await Promise.all([collect(lazy), collect(lazy)]);
        const given = "a feed that is iterated once, and twice more after another save";
        const expected = all.map(({ event: { id }, receipt }) => [id, receipt.position] as const);
        check("each iteration of a feed reads everything that is stored when it begins", {
          given,
          expected: [expected.slice(0, 2), expected, expected],
          actual: [once, ...twice.map(contentsOf)],
        });
      },
    },
  ],
  ["feed"],
);
