import type { Event, FeedEventStore, FeedOptions, FeedPage, Position } from "@aether/core";
import { check } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";
import { checkPages, combined, FeedFollower, readFeed } from "./feed-reads.ts";
import { moments } from "./moments.ts";
import { saveAll } from "./save-all.ts";
import { inOrder, namesOf, type Saved, saved, savedOne, saveMany } from "./saved-feeds.ts";

const followed =
  "a follower receives every event once: those that were stored before, and each one that is saved later";
const caughtUp = "a page is caught up only if everything that was stored when it was requested has been delivered";
const belowNothing = "no event appears at a position below one that was already delivered";

/** Opens a store that reads and one that saves: two stores if stores are `shared`, otherwise the same one. */
async function openReaderAndWriter(context: StoreCaseContext) {
  const reader = await context.open("feed");
  const writer = context.supports.shared ? await context.open() : reader;
  return [reader, writer] as const;
}

function lastOf(all: readonly Saved[]): Position {
  return inOrder(all).at(-1)?.receipt.position as Position;
}

/** Waits until the follower has reached the last of these events. Then checks everything that it has received. */
async function checkFollower(follower: FeedFollower, given: unknown, all: readonly Saved[]): Promise<void> {
  await follower.reached(lastOf(all));
  const { stored } = await follower.stop(given);
  check(followed, { given, expected: namesOf(inOrder(all)), actual: namesOf(stored) });
  check("a follower receives events with the positions of their receipts", {
    given,
    expected: inOrder(all).map(({ receipt }) => receipt.position),
    actual: stored.map(({ position }) => position),
  });
}

/** Follows the feed page by page. Calls `beside` in the moments before and after each request. */
async function followWith(
  store: FeedEventStore,
  options: FeedOptions,
  beside: (page: FeedPage | undefined, isRequested: boolean) => Promise<boolean> | boolean,
): Promise<readonly FeedPage[]> {
  const iterator = store.readFeed({ ...options, follow: true })[Symbol.asyncIterator]();
  const pages: FeedPage[] = [];
  try {
    while (await beside(pages.at(-1), false)) {
      const requested = iterator.next();
      await beside(pages.at(-1), true);
      const step = await requested;
      check("a read with follow does not end by itself", {
        given: options,
        expected: false,
        actual: step.done === true,
      });
      pages.push(step.value as FeedPage);
    }
  } finally {
    await iterator.return?.();
  }
  checkPages(options, pages, options.after);
  return pages;
}

/** Writers that save single events and, in between, batches, until `stop` is called. */
class Writers {
  readonly all: Saved[] = [];
  #isStopped = false;
  readonly #done: Promise<unknown>;

  constructor(stores: readonly FeedEventStore[], actors: number) {
    const write = (n: number): Promise<void> =>
      this.#write(stores[n % stores.length] as FeedEventStore, `writer-${n}`, n);
    this.#done = Promise.all(range(1, actors).map(write));
    this.#done.catch(() => {});
  }

  async stop(): Promise<readonly Saved[]> {
    this.#isStopped = true;
    await this.#done;
    return inOrder(this.all);
  }

  async #write(store: FeedEventStore, actorId: string, size: number): Promise<void> {
    for (let version = 1; !this.#isStopped; version += size) {
      for (const each of await saved(store, events(actorId, range(version, version + size - 1)))) this.all.push(each);
      // Stores in memory would otherwise keep the turn.
      await moments[7]?.wait();
    }
  }
}

/** The events that were acknowledged at some time, without those that a read has delivered by then. */
function missing(acknowledged: readonly Saved[], pages: readonly FeedPage[]): readonly string[] {
  const delivered = new Set(combined(pages).stored.map((each) => each.position));
  return namesOf(acknowledged.filter(({ receipt }) => !delivered.has(receipt.position)));
}

export const followingFeeds: readonly StoreCase[] = storeCaseGroup(
  "feed",
  [
    {
      name: "a follower receives what is stored, and then each event that is saved",
      async run(context) {
        const store = await context.open("feed");
        const all = [...(await saved(store, events("a", [1, 2, 3])))];
        const follower = new FeedFollower(store);
        const first = await follower.until(({ pages }) => pages.at(-1)?.isCaughtUp === true);
        check("the first page that is caught up comes after everything that was stored", {
          given: "a1 a2 a3, then followed",
          expected: namesOf(all),
          actual: namesOf(first.stored),
        });
        for (const round of range(1, 10)) {
          for (const each of await saved(store, events(`b-${round}`, range(1, round)))) all.push(each);
          await follower.reached(lastOf(all));
        }
        await checkFollower(follower, "three events before, and ten rounds of saves after", all);
      },
    },
    {
      name: "a follower of an empty store gets an empty page that is caught up, and then each event that is saved",
      async run(context) {
        const store = await context.open("feed");
        const follower = new FeedFollower(store);
        const { pages } = await follower.until((read) => read.pages.length > 0);
        check("the first page of a follower of an empty store is empty and caught up", {
          given: "an empty store",
          expected: { events: [], isCaughtUp: true, position: undefined },
          actual: { events: pages[0]?.events, isCaughtUp: pages[0]?.isCaughtUp, position: pages[0]?.position },
        });
        await checkFollower(follower, "an empty store", [
          await savedOne(store, event("a", 1)),
          await savedOne(store, event("b", 1)),
        ]);
      },
    },
    {
      name: "no event is missed between the stored events and the live ones, whenever it is saved",
      async run(context) {
        const [reader, writer] = await openReaderAndWriter(context);
        const all = [await savedOne(writer, event("actor 0", 1))];
        const saves: Promise<unknown>[] = [];
        let turn = 0;
        let isBeside = false;
        const save = async (): Promise<void> => void all.push(await savedOne(writer, event(`actor ${++turn}`, 1)));
        const pages = await followWith(reader, {}, async (page, isRequested) => {
          if (turn >= moments.length * 2) {
            if (!isRequested) await Promise.all(saves);
            return page?.position !== lastOf(all);
          }
          // Each request has one save: it is acknowledged before the request, or runs beside it.
          if (!isRequested) isBeside = turn % 2 === 1;
          if (isBeside !== isRequested) return true;
          if (isBeside) await moments[turn >> 1]?.wait();
          const saving = save();
          if (isBeside) saves.push(saving);
          else await saving;
          return true;
        });
        check(followed, {
          given: "one event per request, saved before it or beside it",
          expected: namesOf(inOrder(all)),
          actual: namesOf(combined(pages).stored),
        });
      },
    },
    {
      name: "a page is caught up only if everything that was stored when it was requested has been delivered",
      async run(context) {
        const [reader, writer] = await openReaderAndWriter(context);
        const all = [...(await saveMany(context, writer, (n) => event(`early ${n}`, 1), 250))];
        let acknowledged: readonly Saved[] = [];
        const missed: (readonly string[])[] = [];
        const seen: FeedPage[] = [];
        let round = 0;
        await followWith(reader, {}, async (page, isRequested) => {
          if (isRequested) return true;
          if (page !== undefined) {
            seen.push(page);
            if (page.isCaughtUp) missed.push(missing(acknowledged, seen));
          }
          if (page?.isCaughtUp === true && round === 6) return false;
          if (page?.isCaughtUp === true) {
            round++;
            for (const n of range(1, 3)) all.push(await savedOne(writer, event(`round ${round}`, n)));
          }
          acknowledged = [...all];
          return true;
        });
        const given = "three events saved before each request after a page that was caught up";
        check(caughtUp, { given, expected: missed.map(() => []), actual: missed });
      },
    },
    {
      name: "a read beside writers is complete, and no event appears later below a delivered position",
      async run(context) {
        const reader = await context.open("feed");
        const second = context.supports.shared ? await context.open("feed") : reader;
        const writers = new Writers([reader, second], 5);
        const follower = new FeedFollower(second);
        const found: string[] = [];
        const late: unknown[] = [];
        let after: Position | undefined;
        for (const round of range(1, 10)) {
          const acknowledged = [...writers.all];
          const { stored, position } = await readFeed(reader, { round, beside: "five writers" }, { after });
          for (const each of stored.map((each) => each.position)) found.push(each);
          const known = new Set(found);
          for (const each of namesOf(acknowledged.filter(({ receipt }) => !known.has(receipt.position))))
            late.push(each);
          after = position;
          await moments[9]?.wait();
        }
        const all = await writers.stop();
        const given = "five writers, and ten reads that each continue after the one before";
        check("a read returns every event that was acknowledged before it began", {
          given,
          expected: [],
          actual: late,
        });
        const { stored } = await readFeed(reader, given, { after });
        for (const each of stored.map((each) => each.position)) found.push(each);
        check(belowNothing, { given, expected: all.map(({ receipt }) => receipt.position as string), actual: found });
        await checkFollower(follower, "five writers", all);
      },
    },
    {
      name: "large batches and single events that are saved at the same time appear in the order of their positions",
      async run(context) {
        const reader = await context.open("feed");
        const second = context.supports.shared ? await context.open("feed") : reader;
        const follower = new FeedFollower(reader);
        await follower.until(({ pages }) => pages.length > 0);
        const all: Saved[] = [];
        for (const round of range(1, 6)) {
          const large = saved(second, events(`large ${round}`, range(1, context.supports.batch === true ? 200 : 4)));
          const singles = range(1, 4).map(async (n) => {
            await moments[(round + n) % moments.length]?.wait();
            return savedOne(n % 2 === 0 ? reader : second, event(`single ${round} ${n}`, 1));
          });
          for (const each of [...(await large), ...(await Promise.all(singles))]) all.push(each);
          // Everything is acknowledged, so all of it must come before what is saved from now on.
          await follower.reached(lastOf(all));
        }
        await checkFollower(follower, "six rounds of a large batch beside four single events", all);
      },
    },
    {
      name: "a read without follow ends although events are saved all the time",
      async run(context) {
        const [reader, writer] = await openReaderAndWriter(context);
        const before = await saveMany(context, writer, (n) => event(`early ${n}`, 1), 250);
        for (const options of [
          {},
          { eventTypes: ["None"] },
          { partition: 5 },
          { after: before[20]?.receipt.position },
        ]) {
          let saves = 0;
          const pages: FeedPage[] = [];
          const actorId = `late ${JSON.stringify(options)}`;
          for await (const page of reader.readFeed(options)) {
            pages.push(page);
            if (pages.length > before.length + 20) break;
            await saveAll(writer, events(actorId, range(saves + 1, saves + 2)));
            saves += 2;
          }
          const given = { options, saved: before.length, savedAfterEachPage: 2 };
          check("a read without follow ends after everything that was stored when it began", {
            given,
            expected: { hasEnded: true, isCaughtUp: true },
            actual: { hasEnded: pages.length <= before.length + 20, isCaughtUp: pages.at(-1)?.isCaughtUp },
          });
          checkPages(given, pages, options.after);
          if (Object.keys(options).length > 0) continue;
          check("a read without follow returns everything that was stored when it began", {
            given,
            expected: namesOf(before),
            actual: namesOf(combined(pages).stored).slice(0, before.length),
          });
        }
      },
    },
    {
      name: "a follower receives only what its options select, and its position moves past the other events",
      async run(context) {
        const store = await context.open("feed");
        const wanted = (each: Event): boolean => each.eventType === "Wanted" && each.actorId.startsWith("order-");
        const options = { eventTypes: ["Wanted"], actorIdPrefix: "order-" };
        const all = [await savedOne(store, event("order-1", 1, { eventType: "Wanted" }))];
        const follower = new FeedFollower(store, options);
        await follower.until(({ pages }) => pages.at(-1)?.isCaughtUp === true);
        for (const round of range(1, 3)) {
          for (const actorId of ["order-2", "mail"]) {
            all.push(
              await savedOne(store, event(actorId, 2 * round)),
              await savedOne(store, event(actorId, 2 * round + 1)),
            );
          }
          // No event is for this follower, so only a page without events can report the position.
          await follower.reached(lastOf(all));
          all.push(await savedOne(store, event("order-3", round, { eventType: "Wanted" })));
        }
        await follower.reached(lastOf(all));
        const { stored, position } = await follower.stop(options);
        check("a follower receives exactly the events that its options select", {
          given: options,
          expected: namesOf(all.filter((each) => wanted(each.event))),
          actual: namesOf(stored),
        });
        const { pages } = await readFeed(store, options, { ...options, after: position });
        check("a read after the position of a follower finds nothing again", {
          given: options,
          expected: [],
          actual: pages.flatMap((page) => page.events),
        });
      },
    },
    {
      name: "a follower continues after any position, without a gap or a repetition",
      async run(context) {
        const [reader, writer] = await openReaderAndWriter(context);
        const all: Saved[] = [];
        const found: string[] = [];
        let after: Position | undefined;
        for (const round of range(1, 6)) {
          const follower = new FeedFollower(reader, { after });
          for (const each of await saved(writer, events(`actor ${round}`, range(1, round)))) all.push(each);
          await follower.reached(lastOf(all));
          const { stored, position } = await follower.stop({ round });
          for (const each of namesOf(stored)) found.push(each);
          after = position;
          all.push(await savedOne(writer, event("between", round)));
        }
        const { stored } = await readFeed(reader, "the rest", { after });
        check("followers that continue one after the other receive each event once", {
          given: "six followers, and events saved while and after each of them ran",
          expected: namesOf(all),
          actual: [...found, ...namesOf(stored)],
        });
      },
    },
  ],
  ["feed"],
);
