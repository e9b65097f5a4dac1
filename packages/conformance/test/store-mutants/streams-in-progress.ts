import type { Event, ReadOptions } from "@aether/core";
import { readRange } from "@aether/store-kit";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const backward = "streaming reads: a backward stream is complete although events are saved while it is read";
const forward = "streaming reads: a forward stream is complete although events are saved while it is read";
const ofRange = "streaming reads: a stream of a range is complete although events are saved while it is read";
const closing = "streaming reads: a stream that is being read when the store is closed does not end early";

/** Returns a store class that pages by offset, in pages of this size, through the events that it reads each time. */
function pagingByOffset(size: number, direction: "forward" | "backward"): StoreClass {
  return class extends ReferenceStore {
    protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
      const range = readRange(options);
      if (range.direction !== direction) return yield* super.stream(actorId, options);
      this.checkOpen(options);
      for (let offset = 0; ; offset += size) {
        const page = this.select(this.read(actorId).events, range).slice(offset, offset + size);
        for (const event of page) {
          options?.signal?.throwIfAborted();
          yield event;
        }
        if (page.length < size) return;
      }
    }
  };
}

export const streamInProgressMutants: readonly Mutant[] = [
  mutant("pages backward by offset while others save", [backward], pagingByOffset(1_000, "backward")),
  mutant("pages backward by offset, in small pages", [backward], pagingByOffset(50, "backward")),
  mutant(
    "restarts a forward stream when an event is saved",
    [forward],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        const { length } = this.read(actorId).events;
        for await (const event of super.stream(actorId, options)) {
          yield event;
          if (this.read(actorId).events.length > length && options?.direction !== "backward") {
            return yield* super.stream(actorId, options);
          }
        }
      }
    },
  ),
  mutant(
    "ends a forward stream when an event is saved",
    [forward, ofRange],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        const { length } = this.read(actorId).events;
        for await (const event of super.stream(actorId, options)) {
          yield event;
          if (this.read(actorId).events.length > length && options?.direction !== "backward") return;
        }
      }
    },
  ),
  mutant(
    "has a stream that simply ends when the store is closed",
    [closing],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        for await (const event of super.stream(actorId, options)) {
          if (this.closed) return;
          yield event;
        }
      }
    },
  ),
  mutant(
    "has a stream that fails with a driver's error when the store is closed",
    [closing],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        for await (const event of super.stream(actorId, options)) {
          if (this.closed) throw new Error("the connection was closed");
          yield event;
        }
      }
    },
  ),
];
