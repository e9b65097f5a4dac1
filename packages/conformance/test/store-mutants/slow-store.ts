import type { Event, SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";

/** Resolves in a later turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Resolves after this time, in milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A correct store that writes each commit in a later turn of the event loop. It has one queue for all writers. */
export class SlowStore extends ReferenceStore {
  static readonly #queues = new WeakMap<object, Promise<unknown>>();

  protected override commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
    return this.inTurn(async () => {
      await turn();
      return super.commit(events);
    });
  }

  /** Runs the work after all earlier work of stores on the same storage. */
  protected inTurn<T>(work: () => Promise<T>, queue: object = this.storage): Promise<T> {
    const result = (SlowStore.#queues.get(queue) ?? Promise.resolve()).then(work);
    SlowStore.#queues.set(
      queue,
      result.catch(() => {}),
    );
    return result;
  }
}
