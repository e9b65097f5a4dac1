import {
  type CallOptions,
  type Event,
  type FeedEventStore,
  InvalidEventError,
  invalid,
  isAetherError,
  type Position,
  quote,
  type StoredEvent,
  supports,
  UnsupportedError,
} from "@aether/core";
import { readFields, readSignal } from "./arguments.ts";
import { sameJson } from "./same-json.ts";

/** Number of events after which the progress is reported. */
const PROGRESS_EVENTS = 1_000;

/**
 * Numbers of a copy, so far or at the end.
 *
 * @example
 * ```ts
 * const done: CopyProgress = { copied: 60, found: 12 };
 * ```
 */
export interface CopyProgress {
  /** Number of events that this call has saved. */
  readonly copied: number;
  /** Number of events that the target already had, or that another call has saved, each equal to that of the source. */
  readonly found: number;
}

/**
 * Options of {@link copyStore}.
 *
 * @example
 * ```ts
 * const options: CopyOptions = { onProgress: ({ copied }) => console.log(copied) };
 * ```
 */
export interface CopyOptions extends CallOptions {
  /**
   * Called after every 1,000 events. An error that it throws ends the copy.
   * @default the progress is not reported
   */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}

/**
 * Copies the events of a store into another one: every event once, in the order of the feed, with the same id, version,
 * timestamp and contents. Positions are not the same in both stores. Snapshots are not copied. The events of a batch
 * are saved one by one.
 *
 * The target must be empty, or have the first events of the source, from an earlier call that has ended early. Each
 * call compares these events with those of the source, and copies the others, up to the last one that was stored when
 * the call began. Then it reads and compares the copied events. So to resume a copy, or to copy the events that were
 * saved since then, call the function again.
 *
 * No other client may write to the target, except other calls with the same source. Events are saved one after the
 * other, because their order must be the same.
 *
 * @param from - the source, with the `feed` capability
 * @param to - the target, with the `feed` capability. If it announces events on a bus, it announces the copied events
 * @returns the numbers of events, whose sum is the number of events in both stores
 * @throws `AETHER_INVALID_ARGUMENT` if the target has an event that differs from the source, or that the source does
 * not have, or if it is the source
 * @throws `AETHER_INVALID_EVENT` at a malformed record of the source or the target; the events before it are copied
 * @throws `AETHER_UNSUPPORTED` if one of the stores has no feed
 * @throws the errors of the reads and saves, such as `AETHER_STORE_UNAVAILABLE`, `AETHER_OUTCOME_UNKNOWN` and
 * `AETHER_EVENT_TOO_LARGE`, and `signal.reason`; the call can be repeated
 *
 * @example
 * ```ts
 * const { copied, found } = await copyStore(store, new MemoryEventStore());
 * console.log(`${copied} new events, ${copied + found} in total`);
 * ```
 */
export async function copyStore(
  from: FeedEventStore,
  to: FeedEventStore,
  options: CopyOptions = {},
): Promise<CopyProgress> {
  const { onProgress } = readFields(options, "options", ["onProgress"]);
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw invalid("options.onProgress", "must be a function");
  }
  const signal = readSignal(options);
  for (const store of [from, to]) if (!supports(store, "feed")) throw new UnsupportedError({ capability: "feed" });
  if (from === to) throw invalid("to", "must not be the store to copy from");
  const copy = new Copy(from, to, signal, onProgress);
  await copy.run();
  return { copied: copy.copied, found: copy.found };
}

/** One call of {@link copyStore}. */
class Copy {
  copied = 0;
  found = 0;
  readonly #from: FeedEventStore;
  readonly #to: FeedEventStore;
  readonly #signal: AbortSignal | undefined;
  readonly #onProgress: ((progress: CopyProgress) => void) | undefined;

  constructor(
    from: FeedEventStore,
    to: FeedEventStore,
    signal: AbortSignal | undefined,
    onProgress: ((progress: CopyProgress) => void) | undefined,
  ) {
    this.#from = from;
    this.#to = to;
    this.#signal = signal;
    this.#onProgress = onProgress;
  }

  async run(): Promise<void> {
    const source = this.#read(this.#from, "source");
    const target = this.#read(this.#to, "target");
    let last: readonly [source: Position, target: Position] | undefined;
    let unverified = 0;
    try {
      // The target is read first. So even if another call copies later events now, the source has every event.
      let step = await target.next();
      for await (const { event, position } of source) {
        if (step.done !== true) {
          checkSame(event, step.value.event);
          last = [position, step.value.position];
          this.found++;
          step = await target.next();
        } else {
          if (await this.#save(event)) this.copied++;
          else this.found++;
          unverified++;
        }
        if ((this.copied + this.found) % PROGRESS_EVENTS === 0) {
          this.#onProgress?.({ copied: this.copied, found: this.found });
        }
      }
      if (step.done !== true) throw unrelated(`${nameOf(step.value.event)}, which the source does not have`);
    } finally {
      await source.return();
      await target.return();
    }
    if (unverified > 0) await this.#verify(unverified, last);
  }

  /** Returns false if another call has saved the event. The verification compares its content and its place. */
  async #save(event: Event): Promise<boolean> {
    try {
      await this.#to.saveEvent(event, { signal: this.#signal });
      return true;
    } catch (error) {
      if (!isAetherError(error, "AETHER_VERSION_CONFLICT")) throw error;
      if (error.sameEvent) return false;
      throw unrelated(`version ${error.currentVersion} of ${quote(event.actorId)}, but not ${nameOf(event)}`);
    }
  }

  /** Compares the events that were saved, and later ones that another call has copied in the meantime. */
  async #verify(saved: number, last: readonly [source: Position, target: Position] | undefined): Promise<void> {
    const source = this.#read(this.#from, "source", last?.[0]);
    const target = this.#read(this.#to, "target", last?.[1]);
    try {
      for (let verified = 0; ; verified++) {
        const stored = await target.next();
        if (stored.done === true && verified >= saved) return;
        const expected = await source.next();
        if (expected.done !== true)
          checkSame(expected.value.event, stored.done === true ? undefined : stored.value.event);
        else if (stored.done !== true && verified >= saved)
          throw unrelated(`${nameOf(stored.value.event)}, which this call has not copied`);
        else throw new InvalidEventError({ path: "", reason: "is no longer in the source" });
      }
    } finally {
      await source.return();
      await target.return();
    }
  }

  async *#read(
    store: FeedEventStore,
    name: "source" | "target",
    after?: Position | undefined,
  ): AsyncGenerator<StoredEvent, void, undefined> {
    for await (const { events, errors } of store.readFeed({ after, signal: this.#signal })) {
      const [error] = errors;
      for (const stored of events) {
        if (error !== undefined && error.position < stored.position) break;
        yield stored;
      }
      if (error === undefined) continue;
      const reason = `is malformed: the record at ${error.position} of the ${name}`;
      throw new InvalidEventError({ path: "", reason, cause: error.cause });
    }
  }
}

function checkSame(expected: Event, stored: Event | undefined): void {
  if (stored === undefined) throw unrelated(`no ${nameOf(expected)}, although it was saved`);
  if (sameJson(expected, stored)) return;
  throw unrelated(`${nameOf(stored)} where the source has ${nameOf(expected)}, or with other contents`);
}

function nameOf({ id, actorId, version }: Event): string {
  return `event ${quote(id)} of ${quote(actorId)}, version ${version}`;
}

/** Returns the error for a target that is no copy of the source. */
function unrelated(found: string): Error {
  return invalid("to", `must be empty or have the first events of the source, but has ${found}`);
}
