import type { FeedPage } from "@aether/core";
import { formatPosition, type OpenFeedRange } from "@aether/store-kit";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { changingPages } from "./feed.ts";
import { type Mutant, mutant } from "./mutant.ts";

const afterEvents = "feed: a read after the position of any event continues with the next one, even inside a batch";
const inLarge = "feed: a read after a position inside a large batch continues with the next event";
const afterPages = "feed: a read after the position of any page continues after it, whichever events the options skip";
const pageByPage = "feed: a read that is continued page by page finds everything that is saved in the meantime";
const elsewhere = "feed: positions of another storage are rejected with StreamResetError";

export const resumingMutants: readonly Mutant[] = [
  mutant(
    "includes the event at `after`",
    [afterEvents, pageByPage],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        const { after } = range;
        if (after === undefined) return yield* super.pages(range);
        const index = Math.max(0, after.index - 1);
        const sequence = after.index === 0 ? after.sequence - 1 : after.sequence;
        yield* super.pages({ ...range, after: sequence === 0 ? undefined : { ...after, sequence, index } });
      }
    },
  ),
  mutant(
    "continues after the batch if `after` is inside",
    [afterEvents, inLarge],
    class extends ReferenceStore {
      protected override firstAfter(range: OpenFeedRange): number {
        const index = super.firstAfter(range);
        return this.storage.log[index]?.sequence === range.after?.sequence ? index + 1 : index;
      }
    },
  ),
  mutant(
    "continues at the beginning of the batch if `after` is inside",
    [afterEvents, inLarge],
    class extends ReferenceStore {
      protected override page(...[records, range, position, isCaughtUp]: Parameters<ReferenceStore["page"]>): FeedPage {
        return super.page(records, { ...range, after: undefined }, position, isCaughtUp);
      }
    },
  ),
  mutant(
    "continues correctly only within the first 100 events of a batch",
    [inLarge],
    class extends ReferenceStore {
      protected override page(...[records, range, position, isCaughtUp]: Parameters<ReferenceStore["page"]>): FeedPage {
        const after = range.after && { ...range.after, index: Math.min(range.after.index, 100) };
        return super.page(records, { ...range, after }, position, isCaughtUp);
      }
    },
  ),
  mutant(
    "forgets the position of a read that finds nothing",
    [afterEvents],
    changingPages(({ events, position }) => ({ position: events.length > 0 ? position : undefined })),
  ),
  mutant(
    "has pages with the position of their last event, which is that of the page before if all are skipped",
    [afterPages],
    class extends ReferenceStore {
      protected override async *pages(range: OpenFeedRange): AsyncGenerator<FeedPage, void, undefined> {
        let position = range.after === undefined ? undefined : formatPosition(range.after);
        for await (const page of super.pages(range)) {
          position = page.events.at(-1)?.position ?? position;
          yield { ...page, position };
        }
      }
    },
  ),
  mutant(
    "has pages with a position beyond events that are not delivered yet",
    [afterPages],
    class extends ReferenceStore {
      protected override page(...[records, range, , isCaughtUp]: Parameters<ReferenceStore["page"]>): FeedPage {
        return super.page(records, range, this.latestPosition(), isCaughtUp);
      }
    },
  ),
  mutant(
    "has pages with the position of their first event",
    [afterPages, pageByPage],
    changingPages(({ events, position }) => ({ position: events[0]?.position ?? position })),
  ),
  mutant(
    "takes a checkpoint past the events that a filter selects on the next page",
    [afterPages],
    class extends ReferenceStore {
      protected override page(...[records, range, position, isCaughtUp]: Parameters<ReferenceStore["page"]>): FeedPage {
        const page = super.page(records, range, position, isCaughtUp);
        if (range.accepts === undefined || page.position === undefined) return page;
        const next = this.storage.log.find((record) => this.positionOf(record) > (page.position ?? ""));
        return { ...page, position: next === undefined ? page.position : this.positionOf(next) };
      }
    },
  ),
  mutant(
    "accepts positions of another storage",
    [elsewhere],
    class extends ReferenceStore {
      protected override isOwn(): boolean {
        return true;
      }
    },
  ),
  mutant(
    "accepts positions of another storage that are beyond its last event",
    [elsewhere],
    class extends ReferenceStore {
      protected override firstAfter(range: OpenFeedRange): number {
        const isBeyond = (range.after?.sequence ?? 0) > this.storage.log.length;
        return isBeyond ? this.storage.log.length : super.firstAfter(range);
      }
    },
  ),
  mutant(
    "reports positions of another storage with an error of its own",
    [elsewhere],
    class extends ReferenceStore {
      protected override firstAfter(range: OpenFeedRange): number {
        try {
          return super.firstAfter(range);
        } catch {
          throw new RangeError("unknown position");
        }
      }
    },
  ),
];
