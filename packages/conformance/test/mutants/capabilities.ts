import { type ReadRange, readRange } from "@aether/codec";
import type {
  CallOptions,
  Event,
  EventsWithErrors,
  NewSnapshot,
  ReadOptions,
  ReplayError,
  Snapshot,
} from "@aether/core";
import { ReferenceStore, type ShelfRecord } from "../reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const bounds = "streaming reads: a stream has bounds, a limit and a direction";
const lazily = "streaming reads: nothing is read before the first event is asked for";

/** Streams with some of the range replaced. */
function streaming(
  change: (range: ReadRange) => Partial<ReadRange>,
): new (
  ...args: ConstructorParameters<typeof ReferenceStore>
) => ReferenceStore {
  return class extends ReferenceStore {
    protected override select(events: readonly Event[], range: ReadRange): readonly Event[] {
      return super.select(events, { ...range, ...change(range) });
    }
  };
}

export const streamingMutants: readonly Mutant[] = [
  mutant(
    "streams without metadata",
    ["streaming reads: a stream is what getEvents reads"],
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
    "takes a limit of 0 for none",
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
    "ends before toVersion",
    [bounds],
    streaming(({ toVersion }) => ({ toVersion: toVersion - 1 })),
  ),
  mutant(
    "ignores fromVersion",
    [bounds],
    streaming(() => ({ fromVersion: 0 })),
  ),
  mutant(
    "limits first and turns round then",
    [bounds],
    class extends ReferenceStore {
      protected override select(events: readonly Event[], range: ReadRange): readonly Event[] {
        const selected = super.select(events, { ...range, direction: "forward" });
        return range.direction === "backward" ? selected.toReversed() : selected;
      }
    },
  ),
  mutant(
    "does not check its bounds",
    ["streaming reads: bad bounds are refused"],
    class extends ReferenceStore {
      protected override stream(actorId: string, options: ReadOptions = {}): AsyncGenerator<Event, void, undefined> {
        const { fromVersion = 0 } = options;
        return super.stream(actorId, fromVersion >= 0 ? options : { ...options, fromVersion: 0 });
      }
    },
  ),
  mutant(
    "throws at the call for bad bounds",
    ["streaming reads: bad bounds are refused"],
    class extends ReferenceStore {
      override readEvents(actorId: string, options?: ReadOptions): AsyncIterable<Event> {
        readRange(options);
        return super.readEvents(actorId, options);
      }
    },
  ),
  mutant(
    "reads at the call",
    [lazily],
    class extends ReferenceStore {
      override readEvents(actorId: string, options?: ReadOptions): AsyncIterable<Event> {
        const selected = this.select(this.read(actorId).events, readRange(options));
        return { [Symbol.asyncIterator]: () => yieldAll(selected) };
      }
    },
  ),
  mutant(
    "reads when the iterator is made",
    [lazily],
    class extends ReferenceStore {
      protected override stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        return yieldAll(this.select(this.read(actorId).events, readRange(options)));
      }
    },
  ),
  mutant(
    "goes on after the loop was left",
    ["streaming reads: leaving the loop ends the read"],
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
    "has a stream that can be read once",
    ["streaming reads: each iteration of a stream is a read of its own"],
    class extends ReferenceStore {
      override readEvents(actorId: string, options?: ReadOptions): AsyncIterable<Event> {
        return this.stream(actorId, options);
      }
    },
  ),
  mutant(
    "looks at the signal at the beginning only",
    ["streaming reads: a signal ends a stream in the middle"],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        options?.signal?.throwIfAborted();
        const { signal: _, ...rest } = options ?? {};
        yield* super.stream(actorId, rest);
      }
    },
  ),
];

async function* yieldAll(events: readonly Event[]): AsyncGenerator<Event, void, undefined> {
  yield* events;
}

const skipped = "replay errors: plain reads skip a malformed record";
const reported = "replay errors: a malformed record is reported with its position, its bytes and the cause";

export const replayMutants: readonly Mutant[] = [
  mutant(
    "ignores fromVersion when it reads with errors",
    ["replay errors: without malformed records there are events and no errors"],
    class extends ReferenceStore {
      override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
        return this.from(await super.getEvents(actorId, 0, options), fromVersion);
      }
      override async getEventsWithErrors(
        actorId: string,
        _fromVersion = 0,
        options?: CallOptions,
      ): Promise<EventsWithErrors> {
        return super.getEventsWithErrors(actorId, 0, options);
      }
    },
  ),
  mutant(
    "fails on a malformed record",
    [skipped, "replay errors: an actor that has nothing but a malformed record can begin"],
    class extends ReferenceStore {
      protected override replayError(_: ShelfRecord, cause: unknown): ReplayError {
        throw cause;
      }
    },
  ),
  mutant(
    "counts a malformed record as a version",
    [skipped, "replay errors: an actor that has nothing but a malformed record can begin"],
    class extends ReferenceStore {
      protected override latestVersion(actorId: string): number {
        return super.latestVersion(actorId) + this.read(actorId).errors.length;
      }
    },
  ),
  mutant(
    "swallows malformed records",
    [reported],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        return { events: super.read(actorId).events, errors: [] };
      }
    },
  ),
  mutant(
    "gives what it parsed for the bytes",
    [reported],
    class extends ReferenceStore {
      protected override replayError(record: ShelfRecord, cause: unknown): ReplayError {
        return { ...super.replayError(record, cause), raw: record.json as unknown as Uint8Array };
      }
    },
  ),
  mutant(
    "does not say why a record is malformed",
    [reported],
    class extends ReferenceStore {
      protected override replayError(record: ShelfRecord): ReplayError {
        return super.replayError(record, undefined);
      }
    },
  ),
  mutant(
    "does not say where a malformed record stands",
    [reported],
    class extends ReferenceStore {
      protected override replayError(record: ShelfRecord, cause: unknown): ReplayError {
        return super.replayError({ ...record, place: 0 }, cause);
      }
    },
  ),
];

export const snapshotMutants: readonly Mutant[] = [
  mutant(
    "has null where there is no snapshot",
    ["snapshots: without a snapshot there is undefined"],
    class extends ReferenceStore {
      override async getLatestSnapshot<State extends object>(
        actorId: string,
        options?: CallOptions,
      ): Promise<Snapshot<State> | undefined> {
        return (await super.getLatestSnapshot<State>(actorId, options)) ?? (null as unknown as undefined);
      }
    },
  ),
  mutant(
    "keeps no time of a snapshot",
    ["snapshots: a snapshot is read back whole, with the time when it was taken"],
    class extends ReferenceStore {
      protected override decodeSnapshot(json: string): Snapshot {
        return { ...super.decodeSnapshot(json), timestamp: "" };
      }
    },
  ),
  mutant(
    "lets an older snapshot overwrite a newer",
    ["snapshots: the newest version wins, in whatever order snapshots come"],
    class extends ReferenceStore {
      protected override isOlder(): boolean {
        return false;
      }
    },
  ),
  mutant(
    "compares the versions of snapshots as text",
    ["snapshots: the newest version wins, in whatever order snapshots come"],
    class extends ReferenceStore {
      protected override isOlder(version: number, kept: number): boolean {
        return String(version) < String(kept);
      }
    },
  ),
  mutant(
    "accepts a snapshot of the future",
    ["snapshots: a snapshot ahead of its actor's events is refused"],
    class extends ReferenceStore {
      protected override isAhead(): boolean {
        return false;
      }
    },
  ),
  mutant(
    "saves what JSON makes of a snapshot",
    ["snapshots: a snapshot that JSON cannot carry is refused"],
    class extends ReferenceStore {
      override async saveSnapshot<State extends object>(snapshot: NewSnapshot<State>): Promise<void> {
        const text = JSON.stringify(snapshot, (_, value) => (typeof value === "bigint" ? String(value) : value));
        await super.saveSnapshot(JSON.parse(text) as NewSnapshot);
      }
    },
  ),
  mutant(
    "reads a snapshot only after it has waited",
    ["snapshots: a snapshot is detached from the caller, and frozen for the reader"],
    class extends ReferenceStore {
      override async saveSnapshot<State extends object>(
        snapshot: NewSnapshot<State>,
        options?: CallOptions,
      ): Promise<void> {
        await undefined;
        await super.saveSnapshot(snapshot, options);
      }
    },
  ),
  mutant(
    "does not freeze snapshots",
    ["snapshots: a snapshot is detached from the caller, and frozen for the reader"],
    class extends ReferenceStore {
      protected override decodeSnapshot(json: string): Snapshot {
        return JSON.parse(json) as Snapshot;
      }
    },
  ),
];
