import { abortable, type Event, type FeedEventStore, isAetherError, type Position } from "@aether/core";
import { type ProcessorStoppedError, WaitTimedOutError } from "@aether/processor";
import { isSamePlace } from "@aether/store-kit";
import { pause } from "../pause.ts";
import type { WaitLimits } from "../reading/wait-limits.ts";

/** Reason of the signal of a wait that has ended. Without a given one, each abort creates an error with a stack. */
const ENDED = new Error("the wait has ended");

/** Calls that wait until a projection in memory has reached a position. */
export class PositionWaits<E extends Event> {
  readonly #name: string;
  readonly #store: FeedEventStore<E>;
  readonly #waits = new Set<() => void>();
  #reached: Position | undefined;
  #end: ProcessorStoppedError | undefined;

  /** @param name - name of the projection */
  constructor(name: string, store: FeedEventStore<E>) {
    this.#name = name;
    this.#store = store;
  }

  /** Position up to which all events are handled; `undefined` at the beginning. */
  get reached(): Position | undefined {
    return this.#reached;
  }

  reach(position: Position): void {
    this.#reached = position;
    for (const check of this.#waits) check();
  }

  /** Rejects all calls, now and later. */
  end(error: ProcessorStoppedError): void {
    this.#end ??= error;
    for (const check of this.#waits) check();
  }

  /**
   * Waits until a position is reached.
   * @throws `AETHER_WAIT_TIMED_OUT`, `AETHER_PROCESSOR_STOPPED`, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async until(position: Position, { timeoutMs, signal }: WaitLimits): Promise<void> {
    signal?.throwIfAborted();
    if (this.#end !== undefined) throw this.#end;
    // The feed has verified the position that is reached.
    let isVerified = this.#reached !== undefined && isSamePlace(position, this.#reached);
    if (isVerified && this.#reached !== undefined && this.#reached >= position) return;
    const ended = new AbortController();
    let check = (): void => {};
    const reached = new Promise<void>((resolve, reject) => {
      check = (): void => {
        const at = this.#reached;
        if (this.#end !== undefined) reject(this.#end);
        else if (isVerified && at !== undefined && at >= position) {
          this.#waits.delete(check);
          // If the store was created again, the old position seems to be later than the new ones.
          if (isSamePlace(position, at)) resolve();
          else this.#verify(at, ended.signal).then(resolve, reject);
        }
      };
      this.#waits.add(check);
      const partitionsWithoutOwner: readonly number[] = [];
      void pause(timeoutMs, ended.signal).then(() => {
        if (ended.signal.aborted) return;
        const at = { position, reached: this.#reached };
        reject(new WaitTimedOutError({ processor: this.#name, ...at, partitionsWithoutOwner, timeoutMs }));
      });
      if (isVerified) return;
      this.#verify(position, ended.signal).then(() => {
        isVerified = true;
        check();
      }, reject);
    });
    try {
      await abortable(reached, signal);
    } finally {
      this.#waits.delete(check);
      ended.abort(ENDED);
    }
  }

  /** Verifies that a position is one of the store. @throws `AETHER_STREAM_RESET`, and the other errors of the feed */
  async #verify(position: Position, signal: AbortSignal): Promise<void> {
    try {
      for await (const _ of this.#store.readFeed({ after: position, signal })) return;
    } catch (error) {
      // The events at and after the position have expired. The position is one of the store.
      if (!isAetherError(error, "AETHER_HISTORY_TRUNCATED")) throw error;
    }
  }
}
