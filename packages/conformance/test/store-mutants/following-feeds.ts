import { abortable, type Event, type FeedPage, type SaveReceipt } from "@aether/core";
import { formatPosition, type OpenFeedRange } from "@aether/store-kit";
import type { StoredRecord } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { changingPages } from "./feed.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const follows = "feed: a follower receives what is stored, and then each event that is saved";
const ofEmpty =
  "feed: a follower of an empty store gets an empty page that is caught up, and then each event that is saved";
const noGap = "feed: no event is missed between the stored events and the live ones, whenever it is saved";
const caughtUp =
  "feed: a page is caught up only if everything that was stored when it was requested has been delivered";
const beside = "feed: a read beside writers is complete, and no event appears later below a delivered position";
const large =
  "feed: large batches and single events that are saved at the same time appear in the order of their positions";
const ends = "feed: a read without follow ends although events are saved all the time";
const filtered = "feed: a follower receives only what its options select, and its position moves past the other events";
const continued = "feed: a follower continues after any position, without a gap or a repetition";
const others = "feed: a follower receives what other stores save";
const ofOthers = "feed: a store reads the feed that another store has saved, and its positions";

/** A store that fails soon if an awaited page does not come. */
const impatient = { caseTimeoutMs: 250 };

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Records that are not committed yet. */
const hidden = new WeakSet<StoredRecord>();

/**
 * A store that assigns positions before the commit: readers see a save only some turns of the event loop later, and in
 * the meantime, saves with higher positions.
 */
function committingLate(isLate: (events: readonly Event[]) => boolean, turns: number): StoreClass {
  return class extends ReferenceStore {
    protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
      const receipts = await super.commit(events);
      if (!isLate(events)) return receipts;
      const record = this.storage.log.at(-1) as StoredRecord;
      hidden.add(record);
      for (let count = 0; count < turns; count++) await turn();
      hidden.delete(record);
      for (const resume of [...this.storage.waiting]) resume();
      return receipts;
    }

    protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
      let after = range.after;
      let last = "";
      for (let isFirst = true; ; isFirst = false) {
        const visible = this.storage.log.filter((record) => !hidden.has(record));
        const from = after === undefined ? "" : formatPosition(after);
        const next = visible.filter((record) => this.positionOf(record) > (last || from));
        const position = next.length > 0 ? this.positionOf(next.at(-1) as StoredRecord) : last || from || undefined;
        if (next.length > 0 || isFirst) {
          const read = { ...range, after };
          yield this.page(next, read, position as FeedPage["position"], true);
        }
        last = position ?? last;
        after = range.after;
        if (!range.follow) return;
        await this.changed(range.signal);
      }
    }
  };
}
export const followingMutants: readonly Mutant[] = [
  mutant(
    "ends a follower that has caught up",
    [follows, ofEmpty, noGap],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        yield* super.pages({ ...range, follow: false });
      }
    },
    impatient,
  ),
  mutant(
    "does not report that a follower of an empty store has caught up",
    [ofEmpty],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        for await (const page of super.pages(range)) if (!range.follow || page.position !== undefined) yield page;
      }
    },
    impatient,
  ),
  mutant(
    "waits for the next save although events were saved since its last page",
    [noGap],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        for await (const page of super.pages(range)) {
          yield page;
          if (page.isCaughtUp && range.follow) await this.changed(range.signal);
        }
      }
    },
    impatient,
  ),
  mutant(
    "follows from the end of the store at the time of the request",
    [noGap, caughtUp],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        for await (const page of super.pages({ ...range, follow: false })) yield page;
        while (range.follow) {
          const end = this.end();
          await this.changed(range.signal);
          const records = this.storage.log.slice(end);
          yield this.page(records, range, this.latestPosition(), true);
        }
      }
    },
    impatient,
  ),
  mutant(
    "follows from one event after the end",
    [follows, ofEmpty],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        let isLive = false;
        for await (const page of super.pages(range)) {
          yield isLive ? { ...page, events: page.events.slice(1) } : page;
          isLive = range.follow && page.isCaughtUp;
        }
      }
    },
    impatient,
  ),
  mutant(
    "delivers the last stored event again when it follows",
    [follows],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        let last: FeedPage["events"] = [];
        for await (const page of super.pages(range)) {
          yield { ...page, events: [...last, ...page.events] };
          last = range.follow && page.isCaughtUp ? page.events.slice(-1) : [];
        }
      }
    },
    impatient,
  ),
  mutant(
    "says of every page of a follower that it is caught up",
    [caughtUp],
    changingPages(({ isCaughtUp }, { follow }) => ({ isCaughtUp: follow || isCaughtUp })),
  ),
  mutant(
    "never says that a follower is caught up",
    [follows, ofEmpty],
    changingPages(({ isCaughtUp }, { follow }) => ({ isCaughtUp: isCaughtUp && !follow })),
    impatient,
  ),
  mutant(
    "says that a page is caught up that lacks events from after the page before",
    [caughtUp],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        let isRepeated = false;
        for await (const page of super.pages(range)) {
          if (isRepeated && range.follow) yield { ...page, events: [], errors: [], position: range.after && undefined };
          isRepeated = page.isCaughtUp;
          yield page;
        }
      }
    },
  ),
  mutant(
    "commits batches late, below positions that were delivered",
    [beside, large],
    committingLate(({ length }) => length > 1, 3),
    impatient,
  ),
  mutant(
    "commits single events late, below positions that were delivered",
    [beside],
    committingLate(({ length }) => length === 1, 2),
    impatient,
  ),
  mutant(
    "ends only when nothing is saved any more",
    [ends],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        for await (const page of super.pages({ ...range, follow: true })) {
          yield { ...page, isCaughtUp: page.position === this.latestPosition() };
          if (!range.follow && page.position === this.latestPosition()) return;
        }
      }
    },
  ),
  mutant(
    "ends a filtered read only after an event that it selects",
    [ends],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        if (range.follow || range.accepts === undefined) return yield* super.pages(range);
        for await (const page of super.pages({ ...range, follow: true })) {
          yield page;
          if (page.events.length > 0 && page.isCaughtUp) return;
        }
      }
    },
    impatient,
  ),
  mutant(
    "ends too early if something is saved while it reads",
    [ends],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        const end = this.end();
        for await (const page of super.pages(range)) {
          if (range.follow || this.end() === end) yield page;
          else return yield { ...page, events: [], isCaughtUp: true };
        }
      }
    },
  ),
  mutant(
    "wakes followers only for events that they select",
    [filtered],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        let isFirst = true;
        for await (const page of super.pages(range)) {
          if (isFirst || page.events.length > 0 || !range.follow) yield page;
          isFirst = false;
        }
      }
    },
    impatient,
  ),
  mutant(
    "does not filter live events",
    [filtered],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        for await (const page of super.pages(range)) {
          yield page;
          if (!range.follow || !page.isCaughtUp) continue;
          return yield* super.pages({ ...range, accepts: undefined, ...positionOf(page) });
        }
      }
    },
    impatient,
  ),
  mutant(
    "ignores `after` if it follows",
    [continued],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        yield* super.pages(range.follow ? { ...range, after: undefined } : range);
      }
    },
    impatient,
  ),
  mutant(
    "follows only its own saves",
    [others],
    class extends ReferenceStore {
      readonly #own = new Set<() => void>();
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        const receipts = super.append(events);
        for (const resume of [...this.#own]) resume();
        return receipts;
      }
      protected override changed(signal: AbortSignal): Promise<void> {
        return new Promise((resolve, reject) => {
          this.#own.add(resolve);
          signal.addEventListener("abort", () => reject(signal.reason));
        });
      }
    },
    impatient,
  ),
  mutant(
    "reads the events of its feed as they were when it was opened",
    [ofOthers, others],
    class extends ReferenceStore {
      #end = this.storage.log.length;
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        const receipts = super.append(events);
        this.#end = this.storage.log.length;
        return receipts;
      }
      protected override end(): number {
        return this.#end;
      }
    },
    impatient,
  ),
  mutant(
    "polls, and sleeps longer each time",
    [follows],
    class extends ReferenceStore {
      #pauseMs = 200;
      protected override async changed(signal: AbortSignal): Promise<void> {
        this.#pauseMs *= 10;
        await abortable(new Promise((resolve) => setTimeout(resolve, this.#pauseMs).unref()), signal);
      }
    },
    impatient,
  ),
];

/** The option `after` that continues after a page. */
function positionOf({ position }: FeedPage): Pick<OpenFeedRange, "after"> {
  if (position === undefined) return { after: undefined };
  const [sequence, index, incarnation, stamp] = position.split("-") as [string, string, string, string];
  return { after: { sequence: Number(sequence), index: Number(index), incarnation, stamp } };
}
