import { type CallOptions, type Event, type ReadOptions, type SaveReceipt, StoreClosedError } from "@aether/core";
import { nextTurn } from "../../src/checks/next-turn.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { impatient, type Mutant, mutant, type StoreClass } from "./mutant.ts";

const leftEarly = "streaming reads: streams that are left early keep nothing that later calls need";
const many = "streaming reads: many streams can be open at the same time, and do not block saves";
const over =
  "streaming reads: a stream that is left before its first event, has ended or has failed, yields nothing more";
const defaults = "streaming reads: options that are undefined have their defaults";
const reasons = "streaming reads: a signal that is aborted before the first event ends a stream, whatever its reason";
const closing =
  "streaming reads: close does not wait for streams that are not read to their end, and they can be left afterwards";

type Events = AsyncGenerator<Event, void, undefined>;

/** A store that counts its open streams. */
abstract class Counting extends ReferenceStore {
  protected open = 0;
  protected override async *stream(actorId: string, options?: ReadOptions): Events {
    this.open++;
    try {
      yield* super.stream(actorId, options);
    } finally {
      this.open--;
    }
  }
  protected async waitUntilFewerThan(count: number): Promise<void> {
    while (this.open >= count) await nextTurn();
  }
}

/** Returns a store class with another iterator. */
function iterating(change: (store: ReferenceStore, start: () => Events) => AsyncIterator<Event>): StoreClass {
  return class extends ReferenceStore {
    override readEvents(actorId: string, options?: ReadOptions): AsyncIterable<Event> {
      return { [Symbol.asyncIterator]: () => change(this, () => this.stream(actorId, options)) };
    }
  };
}

export const openStreamMutants: readonly Mutant[] = [
  mutant(
    "keeps a connection for each stream that was left early",
    [leftEarly],
    class extends ReferenceStore {
      #open = 0;
      protected override async *stream(actorId: string, options?: ReadOptions): Events {
        if (this.#open >= 10) await new Promise(() => {});
        this.#open++;
        yield* super.stream(actorId, options);
        this.#open--;
      }
    },
    impatient,
  ),
  mutant(
    "has connections for ten open streams",
    [many],
    class extends ReferenceStore {
      #open = 0;
      protected override async *stream(actorId: string, options?: ReadOptions): Events {
        while (this.#open >= 10) await nextTurn();
        this.#open++;
        try {
          yield* super.stream(actorId, options);
        } finally {
          this.#open--;
        }
      }
    },
    impatient,
  ),
  mutant(
    "saves nothing while a stream is open",
    [many],
    class extends Counting {
      protected override async save(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        await this.waitUntilFewerThan(1);
        return super.save(events, options);
      }
    },
    impatient,
  ),
  mutant(
    "reads a stream that was left before its first event",
    [over],
    iterating((_, start) => {
      const events = start();
      return { next: () => events.next(), return: async () => ({ done: true, value: undefined }) };
    }),
  ),
  mutant(
    "begins a stream again after it has failed",
    [over],
    class extends ReferenceStore {
      override readEvents(actorId: string, options?: ReadOptions): AsyncIterable<Event> {
        const start = (): Events => this.stream(actorId, options);
        return {
          [Symbol.asyncIterator]: () => {
            let events = start();
            const next = async (): Promise<IteratorResult<Event>> => {
              try {
                return await events.next();
              } catch (error) {
                events = start();
                throw error;
              }
            };
            return { next, return: () => events.return(undefined) };
          },
        };
      }
    },
  ),
  mutant(
    "takes a limit that is undefined for 0",
    [defaults],
    class extends ReferenceStore {
      protected override stream(actorId: string, options?: ReadOptions): Events {
        const isEmpty = options !== undefined && "limit" in options && options.limit === undefined;
        return super.stream(actorId, isEmpty ? { ...options, limit: 0 } : options);
      }
    },
  ),
  mutant(
    "takes every direction but forward for backward",
    [defaults],
    class extends ReferenceStore {
      protected override stream(actorId: string, options?: ReadOptions): Events {
        const isGiven = options !== undefined && "direction" in options;
        return super.stream(actorId, isGiven && options.direction === undefined ? { direction: "backward" } : options);
      }
    },
  ),
  mutant(
    "ends a stream without an error if the reason of its abort is falsy",
    [reasons],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): Events {
        try {
          yield* super.stream(actorId, options);
        } catch (error) {
          if (error) throw error;
        }
      }
    },
  ),
  mutant(
    "waits in close for streams that are not read to their end",
    [closing],
    class extends Counting {
      override async close(): Promise<void> {
        this.closed = true;
        await this.waitUntilFewerThan(1);
        await super.close();
      }
    },
    impatient,
  ),
  mutant(
    "rejects when a stream is left after close",
    [closing],
    iterating((store, start) => {
      const events = start();
      const leave = async (): Promise<IteratorResult<Event>> => {
        await store.getLatestVersion("a").catch(() => {
          throw new StoreClosedError();
        });
        return events.return(undefined);
      };
      return { next: () => events.next(), return: leave };
    }),
  ),
];
