import type { FeedPage, Position } from "@aether/core";
import type { OpenFeedRange } from "@aether/store-kit";
import type { StoredRecord } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { changingPages } from "./feed.ts";
import { type Mutant, mutant } from "./mutant.ts";

const same = "feed: a reopened store has the same feed, and accepts the positions from before";
const long = "feed: a long feed of a reopened store is complete";
const malformed = "feed: malformed records are skipped, reported once with their bytes, and never end a read";

export const lastingMutants: readonly Mutant[] = [
  mutant(
    "has another incarnation whenever it is opened",
    [same],
    class extends ReferenceStore {
      readonly #incarnation = crypto.randomUUID().replaceAll("-", "");
      protected override position(sequence: number, index: number): string {
        return super.position(sequence, index).replace(this.storage.incarnation, this.#incarnation);
      }
      protected override isOwn(incarnation: string): boolean {
        return incarnation === this.#incarnation;
      }
    },
  ),
  mutant(
    "sorts its feed by actor when it is opened again",
    [same, long],
    class extends ReferenceStore {
      readonly #end = this.storage.log.length;
      readonly #sorted = this.storage.log.toSorted((left, right) => (left.key < right.key ? -1 : 1));
      protected override page(...[records, ...more]: Parameters<ReferenceStore["page"]>): FeedPage {
        const indexOf = (record: StoredRecord): number => this.storage.log.indexOf(record);
        const sorted = (record: StoredRecord): StoredRecord =>
          indexOf(record) < this.#end ? (this.#sorted[indexOf(record)] ?? record) : record;
        return super.page(records.map(sorted), ...more);
      }
    },
  ),
  mutant(
    "finds only the last 1,000 events when it is opened again",
    [long],
    class extends ReferenceStore {
      readonly #skipped = Math.max(0, this.storage.log.length - 1_000);
      protected override firstAfter(range: OpenFeedRange): number {
        return Math.max(this.#skipped, super.firstAfter(range));
      }
    },
  ),
  mutant(
    "does not know its latest position after it was opened again",
    [same],
    class extends ReferenceStore {
      readonly #end = this.storage.log.length;
      protected override latestPosition(): Position | undefined {
        return this.storage.log.length === this.#end ? undefined : super.latestPosition();
      }
    },
  ),
  mutant(
    "fails at a malformed record",
    [malformed],
    class extends ReferenceStore {
      protected override page(...args: Parameters<ReferenceStore["page"]>): FeedPage {
        const page = super.page(...args);
        if (page.errors.length > 0) throw page.errors[0]?.cause;
        return page;
      }
    },
  ),
  mutant(
    "ends its feed at a malformed record",
    [malformed],
    class extends ReferenceStore {
      protected override end(): number {
        const index = this.storage.log.findIndex((record) => this.storedIn(record).errors.length > 0);
        return index < 0 ? super.end() : index;
      }
    },
    { caseTimeoutMs: 250 },
  ),
  mutant(
    "does not report malformed records in its feed",
    [malformed],
    changingPages(() => ({ errors: [] })),
  ),
  mutant(
    "reports malformed records only if their actor is selected",
    [malformed],
    changingPages(({ errors }, { accepts }) => ({
      errors: errors.filter(() => accepts?.({ eventType: "Tested", actorId: "b" }) ?? true),
    })),
  ),
  mutant(
    "reports malformed records on every page again",
    [malformed],
    class extends ReferenceStore {
      protected override page(...args: Parameters<ReferenceStore["page"]>): FeedPage {
        const page = super.page(...args);
        return { ...page, errors: this.storage.log.flatMap((record) => this.storedIn(record).errors) };
      }
    },
  ),
  mutant(
    "reports the bytes of malformed records as text",
    [malformed],
    changingPages(({ errors }) => ({
      errors: errors.map((error) => ({ ...error, raw: new TextDecoder().decode(error.raw) as unknown as Uint8Array })),
    })),
  ),
  mutant(
    "reports only the last malformed record of a page",
    [malformed],
    changingPages(({ errors }) => ({ errors: errors.slice(-1) })),
  ),
  mutant(
    "skips the event after a malformed record",
    [malformed],
    class extends ReferenceStore {
      protected override page(...args: Parameters<ReferenceStore["page"]>): FeedPage {
        const [records, ...more] = args;
        const isAfterMalformed = (index: number): boolean => {
          const before = records[index - 1];
          return before !== undefined && this.storedIn(before).errors.length > 0;
        };
        const kept = records.filter(
          (record, index) => !isAfterMalformed(index) || this.storedIn(record).errors.length > 0,
        );
        return super.page(kept, ...more);
      }
    },
  ),
];
