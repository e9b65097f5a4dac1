import type { Event, SaveReceipt } from "@aether/core";
import type { ReferenceStorage } from "../reference-store/reference-storage.ts";
import { type Mutant, mutant } from "./mutant.ts";
import { pause, SlowStore } from "./slow-store.ts";

const waits = "closing: close resolves only after the calls in flight have ended";

/** A store whose close waits for the calls in flight. */
class Draining extends SlowStore {
  readonly #pending = new Set<Promise<unknown>>();

  protected override commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
    return this.track(super.commit(events));
  }

  protected track<T>(call: Promise<T>): Promise<T> {
    this.#pending.add(call);
    return call.finally(() => this.#pending.delete(call));
  }

  override async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.#pending);
  }
}

export const closingInFlightMutants: readonly Mutant[] = [
  mutant("has a close that resolves before the calls in flight have ended", [waits], SlowStore),
  mutant(
    "has a second close that resolves before the calls in flight have ended",
    [waits],
    class extends Draining {
      override async close(): Promise<void> {
        if (!this.closed) await super.close();
      }
    },
  ),
  mutant(
    "has a close that waits for saves, but not for batches",
    [waits],
    class extends Draining {
      protected override commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        return events.length === 1 ? super.commit(events) : pause(5).then(() => super.append(events));
      }
    },
  ),
  mutant(
    "writes what waits after its close has resolved",
    ["closing: nothing is stored after close has resolved"],
    class extends SlowStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return super.commit(events);
      }
    },
  ),
  mutant(
    "leaves a timer that keeps the process running",
    ["closing: a closed store leaves no timer that keeps the process running"],
    class extends Draining {
      constructor(storage: ReferenceStorage) {
        super(storage);
        const timer = setInterval(() => {}, 1_000);
        // The test must end in spite of it.
        setTimeout(() => clearInterval(timer), 2_000).unref();
      }
    },
  ),
];
