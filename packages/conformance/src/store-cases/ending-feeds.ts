import type { FeedEventStore, FeedOptions, FeedPage } from "@aether/core";
import { check, checkRejects, checkRejectsWith, outcomeOf } from "../checks/check.ts";
import { nextTurn } from "../checks/next-turn.ts";
import { event, events } from "../samples/events.ts";
import { type WatchedSignal, watchedSignal } from "../samples/watched-signal.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { FeedFollower, readFeed } from "./feed-reads.ts";
import { moments } from "./moments.ts";
import { saveAll } from "./save-all.ts";
import { namesOf, saved } from "./saved-feeds.ts";

const done = { done: true, value: undefined };

/** A follower that has caught up, and has requested one more page. */
interface WaitingFollower extends WatchedSignal {
  readonly iterator: AsyncIterator<FeedPage>;
  readonly next: Promise<IteratorResult<FeedPage>>;
}

async function waitingFollower(store: FeedEventStore, options: FeedOptions = {}): Promise<WaitingFollower> {
  const watched = watchedSignal();
  const iterator = store.readFeed({ ...options, follow: true, signal: watched.signal })[Symbol.asyncIterator]();
  for (let isCaughtUp = false; !isCaughtUp; ) {
    const step = await iterator.next();
    check("a read with follow does not end by itself", { given: options, expected: false, actual: step.done === true });
    isCaughtUp = (step.value as FeedPage).isCaughtUp;
  }
  return { ...watched, iterator, next: iterator.next() };
}

/** Checks that nothing of a read is left. */
async function checkFreed(given: unknown, { listeners }: WatchedSignal): Promise<void> {
  await nextTurn();
  check("no listener of a read that has ended is left on its signal", {
    given,
    expected: { listeners: 0 },
    actual: { listeners: listeners() },
  });
}

/** Checks that a store still saves, reads and follows. */
async function checkWorks(store: FeedEventStore, given: unknown, actorId: string): Promise<void> {
  const all = await saved(store, events(actorId, [1, 2]));
  const follower = new FeedFollower(store, { actorIdPrefix: actorId });
  await follower.until((read) => read.events.length === 2);
  const { stored } = await follower.stop(given);
  check("after a read has ended, the store still saves, reads and follows", {
    given,
    expected: namesOf(all),
    actual: namesOf(stored),
  });
}

export const endingFeeds: readonly StoreCase[] = storeCaseGroup(
  "feed",
  [
    {
      name: "leaving the loop ends a read, and frees it",
      async run(context) {
        const store = await context.open("feed");
        await saveAll(store, events("a", [1, 2, 3]));
        for (const follow of [false, true]) {
          const watched = watchedSignal();
          for await (const _ of store.readFeed({ follow, signal: watched.signal })) break;
          await checkFreed({ follow, ended: "break after the first page" }, watched);
          const failure = new Error("the loop has failed");
          const loop = async (): Promise<void> => {
            for await (const _ of store.readFeed({ follow, signal: watched.signal })) throw failure;
          };
          await checkRejectsWith("a loop that throws ends with its own error", { follow }, loop(), failure);
          await checkFreed({ follow, ended: "the loop threw an error" }, watched);
          const iterator = store.readFeed({ follow, signal: watched.signal })[Symbol.asyncIterator]();
          await iterator.next();
          await iterator.return?.();
          check("a read yields no pages after return()", {
            given: { follow, calls: "next(), return(), next()" },
            expected: done,
            actual: { ...(await iterator.next()) },
          });
          await checkFreed({ follow, ended: "return()" }, watched);
          const unread = store.readFeed({ follow, signal: watched.signal })[Symbol.asyncIterator]();
          await unread.return?.();
          await checkFreed({ follow, ended: "return() before the first page" }, watched);
          check("a read yields no pages after return()", {
            given: { follow, calls: "return(), next()" },
            expected: done,
            actual: { ...(await unread.next()) },
          });
        }
        await checkWorks(store, "reads that were left", "b");
      },
    },
    {
      name: "return() ends a follower that waits for an event",
      async run(context) {
        const store = await context.open("feed");
        await saveAll(store, events("a", [1, 2, 3]));
        for (const options of [{}, { partition: 2 }, { eventTypes: ["None"] }]) {
          const follower = await waitingFollower(store, options);
          await nextTurn();
          const returned = follower.iterator.return?.();
          check("a page that is awaited when return() is called ends the loop", {
            given: options,
            expected: [done, done],
            actual: await Promise.all([follower.next, returned]).then((steps) => steps.map((step) => ({ ...step }))),
          });
          await checkFreed({ ...options, ended: "return() while a page was awaited" }, follower);
        }
        await checkWorks(store, "followers that were left", "b");
      },
    },
    {
      name: "an abort ends a follower that waits for an event, with the signal's reason",
      async run(context) {
        const store = await context.open("feed");
        await saveAll(store, events("a", [1, 2, 3]));
        for (const [index, { when, wait }] of moments.entries()) {
          const follower = await waitingFollower(store, index % 2 === 0 ? {} : { actorIdPrefix: "none" });
          await wait();
          const reason = index === 0 ? "a text" : new Error(`enough, ${when}`);
          const guarantee = "a follower whose signal is aborted rejects with signal.reason";
          const aborted = checkRejectsWith(guarantee, { aborted: when }, follower.next, reason);
          follower.abort(reason);
          await aborted;
          await checkFreed({ ended: "abort while a page was awaited" }, follower);
        }
        await checkWorks(store, "followers that were aborted", "b");
      },
    },
    {
      name: "an abort between two pages ends a read with the signal's reason",
      async run(context) {
        const store = await context.open("feed");
        await saveAll(store, events("a", [1, 2, 3]));
        const watched = watchedSignal();
        const reason = new Error("enough");
        const iterator = store.readFeed({ follow: true, signal: watched.signal })[Symbol.asyncIterator]();
        await iterator.next();
        watched.abort(reason);
        await store.saveEvent(event("a", 4));
        const given = "a follower that was aborted after its first page";
        await checkRejectsWith("an aborted read rejects with signal.reason", given, iterator.next(), reason);
        await checkFreed(given, watched);
      },
    },
    {
      name: "a read that is aborted at any moment is complete, or rejects with the signal's reason",
      async run(context) {
        const store = await context.open("feed");
        const all = await saved(store, events("a", [1, 2, 3]));
        for (const { when, wait } of moments) {
          const watched = watchedSignal();
          const reason = new Error(`enough, ${when}`);
          const reading = outcomeOf(readFeed(store, { aborted: when }, { signal: watched.signal }));
          await wait();
          watched.abort(reason);
          const outcome = await reading;
          const expected = outcome.status === "rejected" ? reason : namesOf(all);
          const actual =
            outcome.status === "rejected"
              ? outcome.reason
              : namesOf((outcome.value as Awaited<ReturnType<typeof readFeed>>).stored);
          check("a read that is aborted returns everything, or rejects with signal.reason", {
            given: { aborted: when },
            expected,
            actual,
          });
          await checkFreed({ aborted: when }, watched);
        }
      },
    },
    {
      name: "close ends followers with StoreClosedError, and does not wait for their loops",
      async run(context) {
        const store = await context.open("feed");
        await saveAll(store, events("a", [1, 2, 3]));
        const waiting = [await waitingFollower(store), await waitingFollower(store, { eventTypes: ["None"] })];
        // This loop has not requested its next page.
        const busy = store.readFeed({ follow: true })[Symbol.asyncIterator]();
        await busy.next();
        const code = "AETHER_STORE_CLOSED";
        const guarantee = "a follower that waits for an event rejects with StoreClosedError when the store is closed";
        const ended = waiting.map(({ next }) =>
          checkRejects(guarantee, "close() while a page is awaited", next, { code }),
        );
        await Promise.all([...ended, store.close()]);
        for (const follower of waiting) await checkFreed("a follower of a store that was closed", follower);
        const late = "a follower rejects with StoreClosedError if the store was closed between two pages";
        await checkRejects(late, "close() between two pages", busy.next(), { code });
      },
    },
    {
      name: "the end of one read leaves the other reads alone",
      async run(context) {
        const store = await context.open("feed");
        const all = [...(await saved(store, events("a", [1, 2, 3])))];
        const follower = new FeedFollower(store);
        await follower.until((read) => read.events.length === 3);
        for (const round of [1, 2, 3]) {
          const [left, aborted] = [await waitingFollower(store), await waitingFollower(store)];
          await Promise.all([left.next, left.iterator.return?.()]);
          const reason = new Error("enough");
          const rejected = checkRejectsWith(
            "an aborted read rejects with signal.reason",
            { round },
            aborted.next,
            reason,
          );
          aborted.abort(reason);
          await rejected;
          for await (const _ of store.readFeed()) break;
          for (const each of await saved(store, events(`b-${round}`, [1, 2]))) all.push(each);
        }
        await follower.until((read) => read.events.length >= all.length);
        const { stored } = await follower.stop("a follower beside reads that end");
        check("a follower receives every event once, although other reads end", {
          given: "a follower beside nine reads that end",
          expected: namesOf(all),
          actual: namesOf(stored),
        });
      },
    },
  ],
  ["feed"],
);
