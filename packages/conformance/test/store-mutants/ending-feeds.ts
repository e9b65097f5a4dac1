import { abortable, type FeedOptions, type FeedPage, onAbort } from "@aether/core";
import { readFeedOptions, stoppable } from "@aether/store-kit";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const leaving = "feed: leaving the loop ends a read, and frees it";
const returning = "feed: return() ends a follower that waits for an event";
const waiting = "feed: an abort ends a follower that waits for an event, with the signal's reason";
const between = "feed: an abort between two pages ends a read with the signal's reason";
const atAnyMoment = "feed: a read that is aborted at any moment is complete, or rejects with the signal's reason";
const closing = "feed: close ends followers with StoreClosedError, and does not wait for their loops";
const alone = "feed: the end of one read leaves the other reads alone";

const impatient = { caseTimeoutMs: 250 };

type Generate = (store: Feeding, options: FeedOptions | undefined) => AsyncIterator<FeedPage>;

/** A store whose feed is made by a function. */
class Feeding extends ReferenceStore {
  pagesOf(options: FeedOptions | undefined, signal: AbortSignal): AsyncGenerator<FeedPage, void, undefined> {
    return this.pages({ ...readFeedOptions(options), signal });
  }
  check(options: FeedOptions | undefined): void {
    this.checkOpen(options);
  }
  get closed$(): AbortSignal {
    return this.closing.signal;
  }
  correct(options: FeedOptions | undefined): AsyncIterator<FeedPage> {
    return super.readFeed(options)[Symbol.asyncIterator]();
  }
}

function feeding(generate: Generate): StoreClass {
  return class extends Feeding {
    override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
      return { [Symbol.asyncIterator]: () => generate(this, options) };
    }
  };
}

/** A plain generator: a pending `next` keeps `return` waiting. */
async function* plain(
  store: Feeding,
  options: FeedOptions | undefined,
  signals: readonly AbortSignal[],
): AsyncGenerator<FeedPage, void, undefined> {
  store.check(options);
  const stop = new AbortController();
  const listening = signals.map((signal) => onAbort(signal, () => stop.abort(signal.reason)));
  try {
    for await (const page of store.pagesOf(options, stop.signal)) {
      yield page;
      stop.signal.throwIfAborted();
    }
  } finally {
    for (const stopListening of listening) stopListening();
  }
}

const signalOf = (options: FeedOptions | undefined): readonly AbortSignal[] =>
  options?.signal === undefined ? [] : [options.signal];

export const endingMutants: readonly Mutant[] = [
  mutant(
    "keeps return() waiting until the next event",
    [returning, alone],
    feeding((store, options) => plain(store, options, [...signalOf(options), store.closed$])),
    impatient,
  ),
  mutant(
    "answers return() at once, but leaves the page that is awaited",
    [returning],
    feeding((store, options) => {
      const pages = plain(store, options, [...signalOf(options), store.closed$]);
      const done = { done: true, value: undefined } as const;
      let isDone = false;
      return {
        next: async () => (isDone ? done : pages.next()),
        return: async () => {
          isDone = true;
          void pages.return();
          return done;
        },
      };
    }),
    impatient,
  ),
  mutant(
    "fails a page that is awaited when return() is called",
    [returning],
    feeding((store, options) => {
      const stop = new AbortController();
      const pages = plain(store, options, [...signalOf(options), store.closed$, stop.signal]);
      return {
        next: () => pages.next(),
        return: async () => {
          stop.abort();
          return pages.return();
        },
      };
    }),
  ),
  mutant(
    "yields pages after return()",
    [leaving],
    feeding((store, options) => ({
      next: () => store.correct(options).next(),
      return: async () => ({ done: true, value: undefined }),
    })),
  ),
  mutant(
    "does not notice an abort while it waits",
    [waiting],
    feeding((store, options) => plain(store, options, [store.closed$])),
    impatient,
  ),
  mutant(
    "notices an abort only when the next event comes",
    [waiting],
    class extends ReferenceStore {
      protected override async changed(): Promise<void> {
        await super.changed(new AbortController().signal);
      }
    },
    impatient,
  ),
  mutant(
    "ends a follower quietly when its signal is aborted",
    [waiting, between],
    feeding((store, options) => {
      const pages = store.correct(options);
      const next = async (): Promise<IteratorResult<FeedPage>> => {
        try {
          return await pages.next();
        } catch (error) {
          if (error !== options?.signal?.reason) throw error;
          return { done: true, value: undefined };
        }
      };
      return { next, return: async () => (await pages.return?.()) ?? { done: true, value: undefined } };
    }),
  ),
  mutant(
    "throws an error of its own when the signal is aborted",
    [waiting, between],
    feeding((store, options) => {
      const stop = new AbortController();
      if (options?.signal !== undefined) onAbort(options.signal, () => stop.abort(new Error("aborted")));
      return plain(store, options, [stop.signal, store.closed$]);
    }),
  ),
  mutant(
    "checks its signal only while it waits",
    [between],
    class extends ReferenceStore {
      override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
        const range = readFeedOptions(options);
        const signal = range.signal ?? new AbortController().signal;
        const pages = this.pages({ ...range, signal });
        const next = async () => (this.closed ? pages.return() : abortable(pages.next(), pagesSignal(signal)));
        return { [Symbol.asyncIterator]: () => ({ next, return: () => pages.return() }) };
      }
    },
  ),
  mutant(
    "returns a part of the feed when it is aborted",
    [atAnyMoment],
    feeding((store, options) => {
      const pages = store.correct({ ...options, signal: undefined });
      const next = async (): Promise<IteratorResult<FeedPage>> => {
        await new Promise((resolve) => setImmediate(resolve));
        const step = await pages.next();
        if (step.done === true || options?.signal?.aborted !== true) return step;
        return { done: false, value: { ...step.value, events: step.value.events.slice(0, 1) } };
      };
      return { next, return: async () => (await pages.return?.()) ?? { done: true, value: undefined } };
    }),
  ),
  mutant(
    "leaves a listener on the signal of a read",
    [leaving, returning, waiting, between],
    feeding((store, options) => {
      options?.signal?.addEventListener("abort", () => {});
      return store.correct(options);
    }),
  ),
  mutant(
    "leaves a listener on the signal of a read that was left before its first page",
    [leaving],
    feeding((store, options) => {
      const listener = (): void => {};
      options?.signal?.addEventListener("abort", listener);
      const pages = store.correct(options);
      const freed = async <Step>(step: Promise<Step>): Promise<Step> => {
        options?.signal?.removeEventListener("abort", listener);
        return step;
      };
      let hasStarted = false;
      return {
        next: () => {
          hasStarted = true;
          return freed(pages.next());
        },
        return: async () => {
          const step = pages.return?.() ?? Promise.resolve({ done: true as const, value: undefined });
          return hasStarted ? freed(step) : step;
        },
      };
    }),
  ),
  mutant(
    "does not end its followers when it is closed",
    [closing],
    feeding((store, options) => plain(store, options, signalOf(options))),
    impatient,
  ),
  mutant(
    "ends its followers quietly when it is closed",
    [closing],
    feeding((store, options) => {
      const pages = store.correct(options);
      const next = (): Promise<IteratorResult<FeedPage>> =>
        pages.next().catch((error: unknown) => {
          if (!store.closed$.aborted) throw error;
          return { done: true, value: undefined };
        });
      return { next, return: async () => (await pages.return?.()) ?? { done: true, value: undefined } };
    }),
  ),
  mutant(
    "has one place to wait, so that another read takes it over",
    [alone],
    class extends ReferenceStore {
      #stop = new AbortController();
      override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
        return stoppable(
          () => readFeedOptions(options),
          (range) => this.checkOpen(range),
          (range) => {
            this.storage.waiting.clear();
            return this.pages(range);
          },
          this.closing.signal,
        );
      }
      get stop(): AbortController {
        return this.#stop;
      }
    },
    impatient,
  ),
];

/** A signal that is aborted with another one, unless that one is already aborted. */
function pagesSignal(signal: AbortSignal): AbortSignal | undefined {
  return signal.aborted ? undefined : signal;
}
