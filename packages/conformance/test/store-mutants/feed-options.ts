import { type FeedOptions, type FeedPage, InvalidArgumentError } from "@aether/core";
import { type OpenFeedRange, readFeedOptions, stoppable } from "@aether/store-kit";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const invalid = "feed: invalid options are rejected by the loop";
const atCall = "feed: options are read at the call, and later changes have no effect";
const order = "feed: if several errors apply to a feed, the loop reports the first of them";

/** Returns a store class that replaces invalid options before it checks them. */
function tolerating(replace: (options: Record<string, unknown>) => Record<string, unknown>): StoreClass {
  return class extends ReferenceStore {
    override readFeed(options: FeedOptions = {}): AsyncIterable<FeedPage> {
      return super.readFeed({ ...options, ...replace(options as Record<string, unknown>) });
    }
  };
}

export const feedOptionMutants: readonly Mutant[] = [
  mutant(
    "throws for invalid options at the call",
    [invalid],
    class extends ReferenceStore {
      override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
        readFeedOptions(options);
        return super.readFeed(options);
      }
    },
  ),
  mutant(
    "reads from the beginning if `after` is not a position",
    [invalid],
    tolerating(({ after }) => ({ after: /^\d{16}-/.test(String(after)) ? after : undefined })),
  ),
  mutant(
    "reads from the beginning if `after` is empty",
    [invalid],
    tolerating(({ after }) => ({ after: after || undefined })),
  ),
  mutant(
    "treats a position that is not known as the beginning",
    [invalid],
    class extends ReferenceStore {
      override readFeed(options: FeedOptions = {}): AsyncIterable<FeedPage> {
        const { after, ...rest } = options;
        const isLong = typeof after === "string" && after.length > 20;
        const isKnown = this.storage.log.some((record) => this.positionOf(record).startsWith(`${after?.slice(0, 24)}`));
        return super.readFeed(isLong && !isKnown ? rest : options);
      }
    },
  ),
  mutant(
    "reads partition 1 for 1.5",
    [invalid],
    tolerating(({ partition }) => ({ partition: whole(partition) })),
  ),
  mutant(
    "reads partition 0 for 16",
    [invalid],
    tolerating(({ partition }) => ({ partition: rest(partition) })),
  ),
  mutant(
    "reads partitions as text",
    [invalid],
    tolerating(({ partition }) => ({ partition: numeric(partition) })),
  ),
  mutant(
    "takes any value of follow",
    [invalid],
    tolerating(({ follow }) => ({ follow: follow === true })),
  ),
  mutant(
    "accepts event types that are no list",
    [invalid],
    tolerating(({ eventTypes }) => ({ eventTypes: typeof eventTypes === "string" ? [eventTypes || "x"] : eventTypes })),
  ),
  mutant(
    "ignores event types that are not text",
    [invalid],
    tolerating(({ eventTypes }) => ({
      eventTypes: Array.isArray(eventTypes) ? eventTypes.filter((each) => typeof each === "string") : eventTypes,
    })),
  ),
  mutant(
    "makes text of a prefix",
    [invalid],
    tolerating(({ actorIdPrefix }) => ({
      actorIdPrefix: actorIdPrefix === undefined ? undefined : String(actorIdPrefix),
    })),
  ),
  mutant(
    "ignores a signal that is none",
    [invalid],
    tolerating(({ signal }) => ({ signal: signal instanceof AbortSignal ? signal : undefined })),
  ),
  mutant(
    "reads its options when the first page is requested",
    [atCall],
    class extends ReferenceStore {
      override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
        const read = (): AsyncIterable<FeedPage> => super.readFeed(options);
        return { [Symbol.asyncIterator]: () => read()[Symbol.asyncIterator]() };
      }
    },
  ),
  mutant(
    "reads its options again for each page",
    [atCall],
    class extends ReferenceStore {
      override readFeed(options: FeedOptions = {}): AsyncIterable<FeedPage> {
        const isFrozen = Object.isFrozen(options);
        const pages = super.readFeed({ ...options, eventTypes: undefined });
        const kept = isFrozen ? options.eventTypes : undefined;
        return stoppable(
          () => readFeedOptions(options),
          () => {},
          async function* (): AsyncGenerator<FeedPage, void, undefined> {
            for await (const page of pages) {
              const eventTypes = kept ?? options.eventTypes;
              const events = page.events.filter(({ event }) => eventTypes?.includes(event.eventType) ?? true);
              yield { ...page, events };
            }
          },
        );
      }
    },
  ),
  mutant(
    "writes into the options of the caller",
    ["immutability: the caller's options are not changed"],
    class extends ReferenceStore {
      override readFeed(options: FeedOptions = {}): AsyncIterable<FeedPage> {
        if (!Object.isFrozen(options)) Object.assign(options, { follow: false });
        return super.readFeed(options);
      }
    },
  ),
  mutant(
    "checks a position before it checks the signal and whether it is closed",
    [order],
    class extends ReferenceStore {
      override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
        return stoppable(
          () => readFeedOptions(options),
          (range) => {
            this.firstAfter({ ...range, signal: new AbortController().signal });
            this.checkOpen(range);
          },
          (range) => this.pages(range),
          this.closing.signal,
        );
      }
    },
  ),
  mutant(
    "reports a position of another storage as an invalid argument, at once",
    [order],
    class extends ReferenceStore {
      override readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
        const checked = (): OpenFeedRange => {
          const range = readFeedOptions(options);
          if (range.after !== undefined && !this.isOwn(range.after.incarnation)) {
            throw new InvalidArgumentError({ argument: "options.after", reason: "is from another storage" });
          }
          return range as OpenFeedRange;
        };
        return stoppable(
          checked,
          (range) => this.checkOpen(range),
          (range) => this.pages(range),
        );
      }
    },
  ),
];

function whole(partition: unknown): unknown {
  return typeof partition === "number" ? Math.trunc(partition) : partition;
}

function rest(partition: unknown): unknown {
  return Number.isInteger(partition) ? (partition as number) & 15 : partition;
}

function numeric(partition: unknown): unknown {
  return typeof partition === "string" ? Number(partition) : partition;
}
