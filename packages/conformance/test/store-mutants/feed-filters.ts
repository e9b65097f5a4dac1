import type { Event, FeedOptions, FeedPage } from "@aether/core";
import type { OpenFeedRange } from "@aether/store-kit";
import { hashText } from "../reference-store/hash-text.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const select = "feed: eventTypes, actorIdPrefix and partition select events, alone and together";
const partitions = "feed: each actor is in the partition that the contract defines, and in no other one";
const reopened = "feed: partitions do not change when the store is closed and opened again";

/** Returns a store class that reads partitions by another function. */
function partitionedBy(partitionOf: (actorId: string, incarnation: string) => number): StoreClass {
  return class extends ReferenceStore {
    protected readonly incarnation: string = crypto.randomUUID();
    protected override accepts(event: Event, range: OpenFeedRange): boolean {
      if (range.partition === undefined) return super.accepts(event, range);
      return partitionOf(event.actorId, this.incarnation) === range.partition;
    }
  };
}

/** Returns a store class that changes the event before its filters see it. */
function filtering(change: (event: Event) => Event): StoreClass {
  return class extends ReferenceStore {
    protected override accepts(event: Event, range: OpenFeedRange): boolean {
      return super.accepts(change(event), range);
    }
  };
}

const fnv1 = (bytes: Uint8Array): number =>
  bytes.reduce((hash, byte) => (Math.imul(hash, 0x01000193) ^ byte) >>> 0, 0x811c9dc5);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export const feedFilterMutants: readonly Mutant[] = [
  mutant(
    "ignores the filters of its feed",
    [select],
    class extends ReferenceStore {
      protected override accepts(): boolean {
        return true;
      }
    },
  ),
  mutant(
    "folds the case of prefixes",
    [select],
    withPrefix((id, prefix) => id.toLowerCase().startsWith(prefix.toLowerCase())),
  ),
  mutant(
    "normalises prefixes",
    [select],
    withPrefix((id, prefix) => id.normalize().startsWith(prefix.normalize())),
  ),
  mutant(
    "treats prefixes as patterns of SQL",
    [select],
    withPrefix((id, prefix) => {
      const escaped = prefix.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      return new RegExp(`^${escaped.replaceAll("%", ".*").replaceAll("_", ".")}`, "s").test(id);
    }),
  ),
  mutant(
    "finds prefixes anywhere in the id",
    [select],
    withPrefix((id, prefix) => id.includes(prefix)),
  ),
  mutant(
    "trims event types before it compares them",
    [select],
    filtering((event) => ({ ...event, eventType: event.eventType.trim() })),
  ),
  mutant(
    "folds the case of event types",
    [select],
    filtering((event) => ({ ...event, eventType: event.eventType.toLowerCase() })),
  ),
  mutant(
    "reads all events if the list of event types is empty",
    [select],
    class extends ReferenceStore {
      override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
        return super.readFeed(options?.eventTypes?.length === 0 ? { ...options, eventTypes: undefined } : options);
      }
    },
  ),
  mutant(
    "ignores event types if there is a partition",
    [select],
    partitionedBy((actorId) => hashText(actorId) % 16),
  ),
  mutant(
    "ends a filtered read at the last event that it selects",
    [select],
    class extends ReferenceStore {
      protected override page(...args: Parameters<ReferenceStore["page"]>): FeedPage {
        const page = super.page(...args);
        return { ...page, position: page.events.at(-1)?.position ?? page.position };
      }
    },
  ),
  mutant(
    "has partitions that overlap",
    [partitions],
    class extends ReferenceStore {
      protected override accepts(event: Event, range: OpenFeedRange): boolean {
        if (range.partition === undefined) return super.accepts(event, range);
        return [range.partition, (range.partition + 1) % 16].includes(hashText(event.actorId) % 16);
      }
    },
  ),
  mutant(
    "leaves actors out of its partitions whose ids are not ASCII",
    [partitions],
    partitionedBy((actorId) => (/^[ -~]*$/.test(actorId) ? hashText(actorId) % 16 : -1)),
  ),
  mutant(
    "has only fifteen partitions",
    [partitions],
    partitionedBy((actorId) => hashText(actorId) % 15),
  ),
  mutant(
    "reads every partition if it is asked for partition 0",
    [partitions],
    class extends ReferenceStore {
      protected override accepts(event: Event, range: OpenFeedRange): boolean {
        return range.partition ? super.accepts(event, range) : true;
      }
    },
  ),
  mutant(
    "takes the first four bits of the hash",
    [partitions],
    partitionedBy((actorId) => hashText(actorId) >>> 28),
  ),
  mutant(
    "uses FNV-1 in place of FNV-1a",
    [partitions],
    partitionedBy((actorId) => fnv1(utf8(actorId)) % 16),
  ),
  mutant(
    "hashes the UTF-16 code units of ids",
    [partitions],
    partitionedBy((actorId) => {
      let hash = 0x811c9dc5;
      for (let index = 0; index < actorId.length; index++)
        hash = Math.imul(hash ^ actorId.charCodeAt(index), 0x01000193) >>> 0;
      return hash % 16;
    }),
  ),
  mutant(
    "hashes only the first 64 bytes of ids",
    [partitions],
    partitionedBy((actorId) => hashText(actorId.slice(0, 64)) % 16),
  ),
  mutant(
    "hashes normalised ids",
    [partitions],
    partitionedBy((actorId) => hashText(actorId.normalize()) % 16),
  ),
  mutant(
    "has another hash function whenever it is opened",
    [partitions, reopened],
    partitionedBy((actorId, incarnation) => hashText(incarnation + actorId) >>> 28),
  ),
  mutant(
    "has other partitions after it was opened again",
    [reopened],
    class extends ReferenceStore {
      readonly #isFirst = this.storage.log.length === 0;
      protected override accepts(event: Event, range: OpenFeedRange): boolean {
        if (range.partition === undefined || this.#isFirst) return super.accepts(event, range);
        return hashText(event.actorId) >>> 28 === range.partition;
      }
    },
  ),
];

/** Returns a store class that compares ids with prefixes by another function. */
function withPrefix(startsWith: (actorId: string, prefix: string) => boolean): StoreClass {
  return class extends ReferenceStore {
    override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
      const { actorIdPrefix = "", ...rest } = options ?? {};
      const pages = super.readFeed(rest);
      const keep = (page: FeedPage): FeedPage => ({
        ...page,
        events: page.events.filter(({ event }) => startsWith(event.actorId, actorIdPrefix)),
      });
      return {
        async *[Symbol.asyncIterator]() {
          for await (const page of pages) yield keep(page);
        },
      };
    }
  };
}
