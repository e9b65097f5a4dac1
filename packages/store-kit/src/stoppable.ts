import { onAbort } from "@aether/core";
import { deferred } from "./deferred.ts";

/** Starts a lazy read. The generator ends soon after its signal is aborted. */
export type StartRead<Range, Value> = (
  range: Range & { readonly signal: AbortSignal },
) => AsyncIterable<Value> | Iterable<Value>;

interface Stoppable {
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes the iterable of a lazy read. `readRange` is called now, so that later changes to the options have no effect;
 * its error is thrown by the loop. The read starts when the loop requests the first value. It ends immediately if the
 * caller's signal is aborted, the store is closed, or `return` is called, even while a value is awaited.
 *
 * @param readRange - checks the options, and fills in the defaults
 * @param check - throws if the read must not start: the store is closed, or the signal is already aborted
 * @param closing - aborted when the store is closed, with the error that open reads throw
 * @throws `AETHER_INVALID_ARGUMENT` of `readRange`, `AETHER_STORE_CLOSED`, `signal.reason`, all by the loop
 *
 * @example
 * ```ts
 * const ids = stoppable(
 *   () => readListOptions(options),
 *   ({ signal }) => signal?.throwIfAborted(),
 *   ({ actorIdPrefix }) => ["order-1", "mail-1"].filter((id) => id.startsWith(actorIdPrefix)),
 * );
 * ```
 */
export function stoppable<Range extends Stoppable, Value>(
  readRange: () => Range,
  check: (range: Range) => unknown,
  read: StartRead<Range, Value>,
  closing?: AbortSignal,
): AsyncIterable<Value> {
  return stoppableRead(readRange, check, read, { closing });
}

interface ReadHooks {
  readonly closing?: AbortSignal | undefined;
  /** Called when a read starts. The returned function is called once or twice, when the read has ended and is freed. */
  readonly onStart?: () => () => void;
}

/** Makes the iterable of a lazy read, like {@link stoppable}. */
export function stoppableRead<Range extends Stoppable, Value>(
  readRange: () => Range,
  check: (range: Range) => unknown,
  read: StartRead<Range, Value>,
  hooks: ReadHooks,
): AsyncIterable<Value> {
  const range = deferred(readRange);
  const prepare = (): Range => {
    check(range());
    return range();
  };
  return { [Symbol.asyncIterator]: () => new StoppableIterator(prepare, read, hooks) };
}

class StoppableIterator<Range extends Stoppable, Value> implements AsyncIterator<Value, void, undefined> {
  readonly #stop = new AbortController();
  readonly #values: AsyncGenerator<Value, void, undefined>;
  #isStopped = false;

  constructor(prepare: () => Range, read: StartRead<Range, Value>, hooks: ReadHooks) {
    this.#values = run(this.#stop, prepare, read, hooks);
  }

  next(): Promise<IteratorResult<Value, void>> {
    // No async function here: it would need more time per value.
    return this.#values.next().catch((error) => {
      if (this.#isStopped) return { done: true, value: undefined };
      throw error;
    });
  }

  async return(): Promise<IteratorResult<Value, void>> {
    this.#isStopped = true;
    this.#stop.abort();
    // The caller has left the loop, so an error in the rest of the read concerns it no more.
    await this.#values.return().catch(() => {});
    return { done: true, value: undefined };
  }
}

async function* run<Range extends Stoppable, Value>(
  stop: AbortController,
  prepare: () => Range,
  read: StartRead<Range, Value>,
  { closing, onStart }: ReadHooks,
): AsyncGenerator<Value, void, undefined> {
  const range = prepare();
  const { signal } = stop;
  const listening = [range.signal, closing].map((source) => {
    source?.throwIfAborted();
    return source && onAbort(source, () => stop.abort(source.reason));
  });
  const onEnd = onStart?.();
  try {
    const values = read({ ...range, signal });
    // After an abort, this generator may never run again, because its next value is never requested.
    listening.push(onAbort(signal, () => void free(values).then(onEnd)));
    for await (const value of values) {
      signal.throwIfAborted();
      yield value;
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
  } catch (error) {
    // If an abort has ended the read, its reason counts, not the error or the end that it has caused.
    signal.throwIfAborted();
    throw error;
  } finally {
    for (const stopListening of listening) stopListening?.();
    onEnd?.();
  }
}

/** Runs the `finally` blocks of a generator, even if its next value is never requested. */
async function free(values: object): Promise<void> {
  try {
    await (values as Partial<AsyncGenerator>).return?.(undefined);
  } catch {}
}
