import { abortable, type CallOptions, type ReadOptions, StoreClosedError } from "@aether/core";
import { checkActorId, type ReadRange, readRange, readSignal } from "./arguments.ts";
import { deferred } from "./deferred.ts";
import { isPromise, type MaybePromise } from "./maybe-promise.ts";
import { type StartRead, stoppableRead } from "./stoppable.ts";

/** The work of a call. */
type Work<T> = (signal: AbortSignal | undefined) => MaybePromise<T>;

/** Events, one by one. */
export type LazyEvents<E> = Iterable<E> | AsyncIterable<E>;

/**
 * The calls to one open store. Checks the options of each call in the order of the contract, ends waits when a signal
 * is aborted, and closes the store after the calls in flight have ended.
 */
export class StoreCalls {
  readonly #inTurn: boolean;
  readonly #inFlight = new Set<Promise<unknown>>();
  readonly #openReads = new Set<AsyncIterator<unknown>>();
  #lastTurn: Promise<unknown> = Promise.resolve();
  readonly #closed = new AbortController();
  #closing: Promise<void> | undefined;

  /** @param inTurn - true to run the calls one at a time, in the order in which they were made */
  constructor(inTurn: boolean) {
    this.#inTurn = inTurn;
  }

  /**
   * Checks the options of a call, after the call has checked its other arguments. Returns the signal, if there is one.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `signal.reason`, in this order
   */
  check(options: CallOptions | undefined): AbortSignal | undefined {
    const signal = readSignal(options);
    this.#checkOpen(signal);
    return signal;
  }

  /**
   * Checks the options, waits for the call's turn and runs the work. If the signal is aborted before that, the work
   * never runs. If it is aborted later, the work decides, because only the work knows the outcome of a save.
   */
  save<T>(options: CallOptions | undefined, work: Work<T>): MaybePromise<T> {
    const signal = this.check(options);
    const result = this.#inTurn ? this.#runInTurn(signal, work) : work(signal);
    return isPromise(result) ? this.#count(result) : result;
  }

  /** Does the same as `save`, but rejects as soon as the signal is aborted, even while the work runs. */
  read<T>(options: CallOptions | undefined, work: Work<T>): MaybePromise<T> {
    let signal: AbortSignal | undefined;
    const result = this.save(options, (read) => {
      signal = read;
      return work(read);
    });
    return isPromise(result) ? abortable(result, signal) : result;
  }

  /**
   * Returns an iterable of which each iteration calls `read` and yields its events, at most `limit` of them. The
   * arguments are read now, so that later changes to the options have no effect. Their errors are thrown by the loop.
   */
  readLazily<E>(
    actorId: string,
    options: ReadOptions | undefined,
    read: (range: ReadRange, signal: AbortSignal | undefined) => LazyEvents<E>,
  ): AsyncIterable<E> {
    const prepared = deferred(() => {
      checkActorId(actorId);
      return { range: readRange(options), call: { signal: readSignal(options) } };
    });
    return { [Symbol.asyncIterator]: () => this.#iterate(prepared, read) };
  }

  /**
   * Returns an iterable of which each iteration checks the signal of the range, and yields the values of `read`. The
   * range is read now, so that later changes to the options have no effect. An iteration ends immediately if the signal
   * is aborted, the loop is left or the store is closed.
   */
  readStoppably<Range extends CallOptions & { readonly signal: AbortSignal | undefined }, Value>(
    readRange: () => Range,
    read: StartRead<Range, Value>,
  ): AsyncIterable<Value> {
    const check = ({ signal }: Range): void => this.#checkOpen(signal);
    return stoppableRead(readRange, check, read, { closing: this.#closed.signal, onStart: () => this.#open() });
  }

  /**
   * Rejects later calls, waits for the calls in flight, ends lazy reads, and then calls `release`. Later calls wait for
   * the first one. Never rejects: an error of `release` is ignored, because the events are already stored.
   */
  close(release: () => unknown): Promise<void> {
    this.#closing ??= this.#finish(release);
    return this.#closing;
  }

  #checkOpen(signal: AbortSignal | undefined): void {
    if (this.#closing !== undefined) throw new StoreClosedError();
    signal?.throwIfAborted();
  }

  async #finish(release: () => unknown): Promise<void> {
    this.#closed.abort(new StoreClosedError());
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
    await Promise.allSettled([...this.#openReads].map((events) => events.return?.()));
    try {
      await release();
    } catch {}
  }

  #runInTurn<T>(signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
    const before = this.#lastTurn;
    const turn = abortable(before, signal).then(() => {
      signal?.throwIfAborted();
      return work(signal);
    });
    // An aborted call leaves the queue early, but the next call must still wait for those before it.
    this.#lastTurn = Promise.allSettled([before, turn]);
    return turn;
  }

  /** Makes `close` wait for a promise. */
  #count<T>(promise: Promise<T>): Promise<T> {
    this.#inFlight.add(promise);
    const end = (): void => void this.#inFlight.delete(promise);
    promise.then(end, end);
    return promise;
  }

  /** Makes `close` wait until the returned function is called. */
  #open(): () => void {
    let free = (): void => {};
    void this.#count(new Promise<void>((resolve) => (free = resolve)));
    return free;
  }

  async *#iterate<E>(
    prepared: () => { readonly range: ReadRange; readonly call: CallOptions },
    read: (range: ReadRange, signal: AbortSignal | undefined) => LazyEvents<E>,
  ): AsyncGenerator<E, void, undefined> {
    const { range, call } = prepared();
    this.#checkOpen(call.signal);
    const events = read(range, call.signal);
    let count = 0;
    if (Symbol.asyncIterator in events) {
      yield* this.#fetch(events[Symbol.asyncIterator](), range.limit, call);
      return;
    }
    for (const event of events) {
      if (count++ === range.limit) return;
      this.#checkOpen(call.signal);
      yield event;
    }
  }

  async *#fetch<E>(events: AsyncIterator<E>, limit: number, call: CallOptions): AsyncGenerator<E, void, undefined> {
    this.#openReads.add(events);
    try {
      for (let count = 0; count < limit; count++) {
        const step = await this.read(call, () => events.next());
        if (step.done === true) return;
        yield step.value;
      }
    } finally {
      this.#openReads.delete(events);
      const freed = this.#count(Promise.resolve(events.return?.()));
      // If a step is still running, the iterator is freed after it, and an aborted loop must not wait for that.
      if (call.signal?.aborted === true) freed.catch(() => {});
      else await freed;
    }
  }
}
