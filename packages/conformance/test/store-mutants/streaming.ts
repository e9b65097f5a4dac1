import type { Event, ReadOptions } from "@aether/core";
import { type ReadRange, readRange } from "@aether/store-kit";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const bounds = "streaming reads: readEvents respects its bounds, limit and direction";
const lazily = "streaming reads: nothing is read before the first event is requested";

/** Returns a store class whose streams use other read options. */
function streaming(change: (range: ReadRange) => Partial<ReadRange>): StoreClass {
  return class extends ReferenceStore {
    protected override select(events: readonly Event[], range: ReadRange): readonly Event[] {
      return super.select(events, { ...range, ...change(range) });
    }
  };
}

export const streamingMutants: readonly Mutant[] = [
  mutant(
    "streams events without metadata",
    ["streaming reads: readEvents yields the events that getEvents returns"],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        for await (const { metadata: _, ...event } of super.stream(actorId, options)) yield event;
      }
    },
  ),
  mutant(
    "ignores limit",
    [bounds],
    streaming(() => ({ limit: Number.MAX_SAFE_INTEGER })),
  ),
  mutant(
    "treats a limit of 0 as no limit",
    [bounds],
    streaming(({ limit }) => ({ limit: limit || Number.MAX_SAFE_INTEGER })),
  ),
  mutant(
    "ignores direction",
    [bounds],
    streaming(() => ({ direction: "forward" })),
  ),
  mutant(
    "ignores toVersion",
    [bounds],
    streaming(() => ({ toVersion: Number.MAX_SAFE_INTEGER })),
  ),
  mutant(
    "stops before toVersion",
    [bounds],
    streaming(({ toVersion }) => ({ toVersion: toVersion - 1 })),
  ),
  mutant(
    "ignores fromVersion",
    [bounds],
    streaming(() => ({ fromVersion: 0 })),
  ),
  mutant(
    "applies the limit before the direction",
    [bounds],
    class extends ReferenceStore {
      protected override select(events: readonly Event[], range: ReadRange): readonly Event[] {
        const selected = super.select(events, { ...range, direction: "forward" });
        return range.direction === "backward" ? selected.toReversed() : selected;
      }
    },
  ),
  mutant(
    "does not check its options",
    ["streaming reads: invalid options are rejected"],
    class extends ReferenceStore {
      protected override stream(actorId: string, options: ReadOptions = {}): AsyncGenerator<Event, void, undefined> {
        const { fromVersion = 0 } = options;
        return super.stream(actorId, fromVersion >= 0 ? options : { ...options, fromVersion: 0 });
      }
    },
  ),
  mutant(
    "throws synchronously for invalid options",
    ["streaming reads: invalid options are rejected"],
    class extends ReferenceStore {
      override readEvents(actorId: string, options?: ReadOptions): AsyncIterable<Event> {
        readRange(options);
        return super.readEvents(actorId, options);
      }
    },
  ),
  mutant(
    "reads when readEvents is called",
    [lazily],
    class extends ReferenceStore {
      override readEvents(actorId: string, options?: ReadOptions): AsyncIterable<Event> {
        const selected = this.select(this.read(actorId).events, readRange(options));
        return { [Symbol.asyncIterator]: () => yieldAll(selected) };
      }
    },
  ),
  mutant(
    "reads when the iterator is created",
    [lazily],
    class extends ReferenceStore {
      protected override stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        return yieldAll(this.select(this.read(actorId).events, readRange(options)));
      }
    },
  ),
  mutant(
    "continues after the loop has ended early",
    ["streaming reads: leaving the for await loop ends the read"],
    class extends ReferenceStore {
      override readEvents(actorId: string, options?: ReadOptions): AsyncIterable<Event> {
        const inner = super.readEvents(actorId, options);
        return {
          [Symbol.asyncIterator]: () => {
            const iterator = inner[Symbol.asyncIterator]();
            return { next: () => iterator.next(), return: async () => ({ done: true, value: undefined }) };
          },
        };
      }
    },
  ),
  mutant(
    "has a stream that can be iterated only once",
    ["streaming reads: each iteration of a stream is a new read"],
    class extends ReferenceStore {
      override readEvents(actorId: string, options?: ReadOptions): AsyncIterable<Event> {
        return this.stream(actorId, options);
      }
    },
  ),
  mutant(
    "checks the signal only at the start of a stream",
    ["streaming reads: aborting the signal ends a stream"],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        options?.signal?.throwIfAborted();
        const { signal: _, ...rest } = options ?? {};
        yield* super.stream(actorId, rest);
      }
    },
  ),
  mutant(
    "accepts limits of up to 1,000 only",
    ["streaming reads: a long stream is complete, in both directions"],
    streaming(({ limit }) => ({ limit: limit > 1_000 && limit < 10_000 ? 1_000 : limit })),
  ),
  mutant(
    "reads its options when the first event is requested",
    ["streaming reads: options are read at the call, and later changes have no effect"],
    class extends ReferenceStore {
      protected override keepOptions<Options extends object>(options: Options | undefined): Options | undefined {
        return options;
      }
    },
  ),
];

async function* yieldAll(events: readonly Event[]): AsyncGenerator<Event, void, undefined> {
  yield* events;
}
