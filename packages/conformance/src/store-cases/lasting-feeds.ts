import type { Position, ReplayError } from "@aether/core";
import { check } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { containsBytes, malformedRecords } from "../samples/malformed-records.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { FeedFollower, readFeed } from "./feed-reads.ts";
import { namesOf, type Saved, saved, savedOne, saveMany, saveMixed } from "./saved-feeds.ts";

const unreadable = ["text that is not JSON", "an object that is not an event", "an event of another actor"];

/** The ids and positions of events, which the cases compare. */
function entriesOf(all: readonly Saved[]): readonly unknown[] {
  return all.map((each) => [each.event.id, each.receipt.position]);
}

export const lastingFeeds: readonly StoreCase[] = storeCaseGroup(
  "feed",
  [
    {
      name: "a reopened store has the same feed, and accepts the positions from before",
      needs: ["durable"],
      async run(context) {
        const first = await context.open("feed");
        const all = [...(await saveMixed(first))];
        const before = await readFeed(first, "before the store was closed");
        await first.close();
        for (const round of range(1, 3)) {
          const store = await context.open("feed");
          const given = { reopened: round };
          check("getLatestPosition does not change when the store is opened again", {
            given,
            expected: all.at(-1)?.receipt.position,
            actual: await store.getLatestPosition(),
          });
          const { stored, events: found } = await readFeed(store, given);
          check("a reopened store has the same events at the same positions", {
            given,
            expected: entriesOf(all),
            actual: stored.map((each) => [each.event.id, each.position]),
          });
          check("a reopened store has every event unchanged", {
            given,
            expected: all.map((each) => each.event),
            actual: found,
          });
          const late = await readFeed(store, given, { after: before.position });
          check("a reopened store accepts a position from before", {
            given: { ...given, after: before.position },
            expected: namesOf(all.slice(before.stored.length)),
            actual: namesOf(late.stored),
          });
          for (const index of [0, 2, all.length - 2]) {
            const rest = await readFeed(store, given, { after: all[index]?.receipt.position as Position });
            check("a reopened store continues after the position of a receipt from before", {
              given: { ...given, after: index },
              expected: namesOf(all.slice(index + 1)),
              actual: namesOf(rest.stored),
            });
          }
          for (const each of await saved(store, events(`round ${round}`, [1, 2, 3]))) all.push(each);
          await store.close();
        }
      },
    },
    {
      name: "a long feed of a reopened store is complete",
      needs: ["durable"],
      async run(context) {
        const first = await context.open("feed");
        const all = [...(await saveMany(context, first, (n) => event(`actor ${n % 7}-${n}`, n), 1_100))];
        await first.close();
        const second = await context.open("feed");
        all.push(await savedOne(second, event("late", 1)));
        const { stored } = await readFeed(second, `${all.length} events, reopened`);
        check("a long feed of a reopened store is complete and in order", {
          given: all.length,
          expected: namesOf(all),
          actual: namesOf(stored),
        });
      },
    },
    {
      name: "a follower receives what other stores save",
      needs: ["shared"],
      async run(context) {
        const stores = [await context.open("feed"), await context.open("feed"), await context.open("feed")] as const;
        const followers = stores.map((store) => new FeedFollower(store));
        for (const follower of followers) await follower.until((read) => read.pages.at(-1)?.isCaughtUp === true);
        const all: Saved[] = [];
        for (const round of range(1, 9)) {
          const store = stores[round % 3] ?? stores[0];
          for (const each of await saved(store, events(`actor ${round}`, range(1, round)))) all.push(each);
          await Promise.all(followers.map((follower) => follower.reached(all.at(-1)?.receipt.position as Position)));
        }
        for (const [index, follower] of followers.entries()) {
          const { stored } = await follower.stop({ store: index });
          check("a follower receives the events of every store once, in order", {
            given: { follower: index, stores: 3 },
            expected: namesOf(all),
            actual: namesOf(stored),
          });
        }
      },
    },
    {
      name: "a store reads the feed that another store has saved, and its positions",
      needs: ["shared"],
      async run(context) {
        const [first, second] = [await context.open("feed"), await context.open("feed")];
        const all = [...(await saveMixed(first))];
        for (const round of range(1, 4)) {
          const { stored } = await readFeed(second, { round });
          check("a store reads everything that other stores have saved", {
            given: { round },
            expected: entriesOf(all),
            actual: stored.map((each) => [each.event.id, each.position]),
          });
          const after = all[3 * round]?.receipt.position as Position;
          const rest = await readFeed(second, { round }, { after });
          check("a store accepts the positions of other stores", {
            given: { round, after },
            expected: namesOf(all.slice(3 * round + 1)),
            actual: namesOf(rest.stored),
          });
          all.push(await savedOne(first, event("late", round)));
        }
      },
    },
    {
      name: "malformed records are skipped, reported once with their bytes, and never end a read",
      needs: ["durable"],
      needsDamage: "malformedRecord",
      async run(context) {
        const first = await context.open("feed");
        const all = [...(await saved(first, events("a", [1, 2])))];
        const records = malformedRecords("b").filter(({ kind }) => unreadable.includes(kind));
        const written: Uint8Array[] = [];
        await first.close();
        for (const { bytes } of records) {
          if (await context.malformedRecord("b", bytes)) written.push(bytes);
          const store = await context.open("feed");
          all.push(await savedOne(store, event("c", written.length + 1, { id: `c ${all.length}` })));
          await store.close();
        }
        if (written.length === 0) return;
        const store = await context.open("feed");
        const { stored, errors, pages } = await readFeed(store, "malformed records between events");
        checkErrors("malformed records between events", written, errors);
        check("the feed has every event, although malformed records are between them", {
          given: { malformed: written.length },
          expected: namesOf(all),
          actual: namesOf(stored),
        });
        const unknown = await readFeed(store, "malformed records", { eventTypes: ["None"] });
        checkErrors("a read that skips all events", written, unknown.errors);
        for (const page of pages) {
          const rest = await readFeed(store, "after a page", { after: page.position });
          check("an error is reported only by the page that has its record", {
            given: { after: page.position },
            expected: [],
            actual: rest.errors.filter(({ position }) => page.position !== undefined && position <= page.position),
          });
        }
        const [error] = errors;
        const later = await readFeed(store, "after the position of an error", { after: error?.position });
        checkErrors("after the position of the first error", written.slice(1), later.errors);
        const follower = new FeedFollower(store, { after: all[1]?.receipt.position });
        await follower.until((read) => read.pages.at(-1)?.isCaughtUp === true);
        all.push(await savedOne(store, event("c", 99)));
        await follower.reached(all.at(-1)?.receipt.position as Position);
        const live = await follower.stop("a follower");
        checkErrors("a follower", written, live.errors);
        check("a follower receives every event, although malformed records are between them", {
          given: { malformed: written.length },
          expected: namesOf(all.slice(2)),
          actual: namesOf(live.stored),
        });
      },
    },
  ],
  ["feed"],
);

function checkErrors(given: unknown, written: readonly Uint8Array[], errors: readonly ReplayError[]): void {
  const shown = errors.map(({ raw, position, cause }, index) => ({
    hasBytes: raw instanceof Uint8Array && containsBytes(raw, written[index] ?? new Uint8Array()),
    hasCause: cause !== undefined,
    position: typeof position,
  }));
  check("the feed reports each malformed record once, in order, with its position, bytes and cause", {
    given,
    expected: written.map(() => ({ hasBytes: true, hasCause: true, position: "string" })),
    actual: shown,
  });
}
