import type { Event, FeedOptions, FeedPage, Position } from "@aether/core";
import { type OpenFeedRange, readFeedOptions, stoppable } from "@aether/store-kit";
import type { StoredRecord } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const complete = "feed: the feed has every event of every actor once, in store order, with the position of its receipt";
const hostile = "feed: the feed has events with hostile contents unchanged";
const empty = "feed: the feed of an empty store is one empty page that is caught up";
const latest = "feed: getLatestPosition is the position of the last stored event";
const long = "feed: a long feed is complete, and is read in pages of limited size";
const batches = "feed: a batch is never split across pages";
const lazy = "feed: nothing is read before the first page is requested";
const again = "feed: each iteration of a feed is a new read";
const fresh = "feed: getLatestPosition never returns less than a save that was acknowledged before";

/** Returns a store class that changes each page of its feed. */
export function changingPages(
  change: (page: FeedPage, range: OpenFeedRange, index: number) => Partial<FeedPage>,
): StoreClass {
  return class extends ReferenceStore {
    protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
      let index = 0;
      for await (const page of super.pages(range)) yield { ...page, ...change(page, range, index++) };
    }
  };
}

/** Returns a store class that changes each event of its feed. */
function changingEvents(change: (event: Event) => Event): StoreClass {
  return changingPages(({ events }) => ({
    events: events.map(({ event, position }) => ({ event: change(event), position })),
  }));
}

/** Returns a store class that rearranges the pages of reads that do not follow. */
function rearranging(rearrange: (pages: readonly FeedPage[]) => Iterable<FeedPage>): StoreClass {
  return class extends ReferenceStore {
    protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
      if (range.follow) return yield* super.pages(range);
      const pages: FeedPage[] = [];
      for await (const page of super.pages(range)) pages.push(page);
      yield* rearrange(pages);
    }
  };
}

/** Cuts the events of pages into pages of this many events. */
function* cut(pages: readonly FeedPage[], size: number): Generator<FeedPage, void, undefined> {
  for (const page of pages) {
    for (let first = 0; first < Math.max(1, page.events.length); first += size) {
      const events = page.events.slice(first, first + size);
      const isLast = first + size >= page.events.length;
      yield {
        events,
        errors: isLast ? page.errors : [],
        position: isLast ? page.position : events.at(-1)?.position,
        isCaughtUp: isLast && page.isCaughtUp,
      };
    }
  }
}

function joined(pages: readonly FeedPage[]): FeedPage {
  const last = pages.at(-1) as FeedPage;
  return { ...last, events: pages.flatMap((page) => page.events), errors: pages.flatMap((page) => page.errors) };
}

export const feedMutants: readonly Mutant[] = [
  mutant(
    "repeats the last event of a page on the next one",
    [long],
    (() => {
      class Repeating extends ReferenceStore {
        protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
          let last: FeedPage["events"] = [];
          for await (const page of super.pages(range)) {
            yield { ...page, events: [...last, ...page.events] };
            last = page.events.slice(-1);
          }
        }
      }
      return Repeating;
    })(),
  ),
  mutant(
    "loses the last event of a full page",
    [long],
    changingPages(({ events, isCaughtUp }) => ({ events: isCaughtUp ? events : events.slice(0, -1) })),
  ),
  mutant(
    "sorts its feed by actor",
    [complete],
    changingPages(({ events }) => ({
      events: events.toSorted((left, right) => (left.event.actorId < right.event.actorId ? -1 : 1)),
    })),
  ),
  mutant("has only the last event of a batch in its feed", [complete, batches], rearranging(onlyLastOfBatches)),
  mutant(
    "gives events of the feed the position of their batch",
    [complete],
    changingPages(({ events }) => ({
      events: events.map((one) => ({ ...one, position: one.position.replace(/-\d{7}-/, "-0000000-") as Position })),
    })),
  ),
  mutant(
    "numbers the positions of the feed by itself",
    [complete],
    class extends ReferenceStore {
      protected override page(...args: Parameters<ReferenceStore["page"]>): FeedPage {
        const page = super.page(...args);
        const next = (position: Position): Position =>
          position.replace(/^\d{16}/, (sequence) => String(Number(sequence) + 1).padStart(16, "0")) as Position;
        return {
          ...page,
          events: page.events.map(({ event, position }) => ({ event, position: next(position) })),
          position: page.position && next(page.position),
        };
      }
    },
  ),
  mutant(
    "loses metadata in its feed",
    [complete, hostile],
    changingEvents(({ metadata: _, ...event }) => Object.freeze(event)),
  ),
  mutant(
    "trims the event types in its feed",
    [hostile],
    changingEvents((event) => Object.freeze({ ...event, eventType: event.eventType.trim() })),
  ),
  mutant(
    "has events in its feed that are not frozen",
    [complete],
    changingEvents((event) => structuredClone(event)),
  ),
  mutant(
    "has events in its feed that are frozen only on the outside",
    [complete],
    changingEvents((event) => Object.freeze(structuredClone(event))),
  ),
  mutant(
    "yields no page if there is nothing to read",
    [empty],
    rearranging((pages) => pages.filter(({ events }) => events.length > 0)),
  ),
  mutant(
    "has a position although it is empty",
    [empty],
    changingPages(({ position }) => ({ position: position ?? ("" as Position) })),
  ),
  mutant(
    "has a latest position although it is empty",
    [empty],
    class extends ReferenceStore {
      protected override latestPosition(): Position | undefined {
        return super.latestPosition() ?? (this.position(0, 0) as Position);
      }
    },
  ),
  mutant(
    "returns the first position of the last batch as the latest",
    [latest],
    class extends ReferenceStore {
      protected override latestPosition(): Position | undefined {
        const last = this.storage.log.at(-1);
        return last === undefined ? undefined : (this.position(last.sequence, 0) as Position);
      }
    },
  ),
  mutant(
    "returns the latest position of the actor that was saved first",
    [latest],
    class extends ReferenceStore {
      protected override latestPosition(): Position | undefined {
        const last = this.storage.recordsOf(this.storage.keys[0] ?? "").at(-1);
        return last === undefined ? undefined : this.positionOf(last);
      }
    },
  ),
  mutant(
    "returns the latest position that it has stored itself",
    [fresh],
    class extends ReferenceStore {
      #latest: StoredRecord | undefined;
      protected override append(events: readonly Event[]) {
        const receipts = super.append(events);
        this.#latest = this.storage.log.at(-1);
        return receipts;
      }
      protected override latestPosition(): Position | undefined {
        return this.#latest === undefined ? super.latestPosition() : this.positionOf(this.#latest);
      }
    },
  ),
  mutant(
    "keeps the latest position for a while",
    [fresh],
    class extends ReferenceStore {
      #kept: Position | undefined;
      protected override latestPosition(): Position | undefined {
        this.#kept ??= super.latestPosition();
        return this.#kept;
      }
    },
  ),
  mutant(
    "has its whole feed in the first page",
    [long],
    rearranging((pages) => [joined(pages)]),
  ),
  mutant(
    "ends its feed after the first page",
    [long],
    rearranging((pages) => pages.slice(0, 1)),
  ),
  mutant(
    "ends its feed after 1,000 events",
    [long],
    rearranging((pages) => [
      ...pages.slice(0, 10).slice(0, -1),
      { ...(pages[9] ?? pages.at(-1)), isCaughtUp: true } as FeedPage,
    ]),
  ),
  mutant(
    "says that every page is caught up",
    [long],
    changingPages(() => ({ isCaughtUp: true })),
  ),
  mutant(
    "never says that a page is caught up",
    [empty, complete],
    changingPages(() => ({ isCaughtUp: false })),
  ),
  mutant(
    "cuts pages of 100 events",
    [batches],
    rearranging((pages) => cut(pages, 100)),
  ),
  mutant(
    "cuts pages of 1,000 events",
    [batches],
    rearranging((pages) => cut([joined(pages)], 1_000)),
  ),
  mutant("leaves out batches of more than 1,000 events", [batches], changingPages(withoutLargeBatches)),
  mutant(
    "reads its feed when readFeed is called",
    [lazy],
    class extends ReferenceStore {
      override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
        const range = readFeedOptions(options);
        if (range.follow) return super.readFeed(options);
        const end = this.storage.log.length;
        const read = this.pagesUntil({ ...range, signal: new AbortController().signal }, end);
        return { [Symbol.asyncIterator]: () => read };
      }
      protected async *pagesUntil(range: OpenFeedRange, end: number): AsyncGenerator<FeedPage, void, undefined> {
        for await (const page of super.pages(range)) {
          const wanted = page.events.filter(({ position }) => Number(position.slice(0, 16)) <= end);
          yield { ...page, events: wanted };
        }
      }
    },
  ),
  mutant(
    "can read its feed only once",
    [again],
    class extends ReferenceStore {
      override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
        const iterator = super.readFeed(options)[Symbol.asyncIterator]();
        return { [Symbol.asyncIterator]: () => iterator };
      }
    },
  ),
  mutant(
    "shares its place in the feed between iterations",
    [again],
    class extends ReferenceStore {
      override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
        let seen = 0;
        const readRange = () => readFeedOptions(options);
        const store = this;
        return stoppable(
          readRange,
          (range) => this.checkOpen(range),
          async function* (range): AsyncGenerator<FeedPage, void, undefined> {
            for await (const page of store.pages(range)) {
              const events = range.follow ? page.events : page.events.slice(seen);
              seen += events.length;
              yield { ...page, events };
            }
          },
          this.closing.signal,
        );
      }
    },
  ),
  mutant(
    "has a feed that can still be read after close",
    [lazy],
    class extends ReferenceStore {
      override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
        return stoppable(
          () => readFeedOptions(options),
          () => {},
          (range) => this.pages(range),
        );
      }
    },
  ),
];

function* onlyLastOfBatches(pages: readonly FeedPage[]): Generator<FeedPage, void, undefined> {
  for (const page of pages) {
    const sequences = page.events.map(({ position }) => position.slice(0, 16));
    yield { ...page, events: page.events.filter((_, index) => sequences[index] !== sequences[index + 1]) };
  }
}

function withoutLargeBatches({ events }: FeedPage): Partial<FeedPage> {
  const sizes = new Map<string, number>();
  for (const { position } of events) {
    const sequence = position.slice(0, 16);
    sizes.set(sequence, (sizes.get(sequence) ?? 0) + 1);
  }
  return { events: events.filter(({ position }) => (sizes.get(position.slice(0, 16)) ?? 0) <= 1_000) };
}
