/** The call that was answered last. */
export interface Answer {
  readonly call: string;
  /** Number of calls that were answered until then, including this one. */
  readonly count: number;
  /** Time of the answer, by `performance.now()`, in milliseconds. */
  readonly atMs: number;
}

/** Records the pending calls of one case, and the call that each error came from. */
export class CallTracker {
  readonly #pending = new Set<{ readonly call: string }>();
  #answered = 0;
  #last: Answer | undefined;
  readonly #origins = new WeakMap<object, string>();

  /** The pending calls as text, such as `close(), and 1 more`, or `undefined` if no call is pending. */
  get pending(): string | undefined {
    const [first, ...others] = this.#pending;
    if (first === undefined) return undefined;
    return others.length === 0 ? first.call : `${first.call}, and ${others.length} more`;
  }

  /** The call that was answered last, or `undefined` if no call was answered yet. */
  get lastAnswer(): Answer | undefined {
    return this.#last;
  }

  /** Returns the call that an error came from, as text, or `undefined` if the error did not come from a call. */
  originOf(error: unknown): string | undefined {
    return isObject(error) ? this.#origins.get(error) : undefined;
  }

  /** Waits for the result of a call. Until then, the call counts as pending. */
  async settled<T>(call: string, result: PromiseLike<T>): Promise<T> {
    const pending = { call };
    this.#pending.add(pending);
    try {
      return await result;
    } catch (error) {
      this.#remember(error, call);
      throw error;
    } finally {
      this.#pending.delete(pending);
      this.#last = { call, count: ++this.#answered, atMs: performance.now() };
    }
  }

  /** Makes a call. If the call throws, remembers that the error came from it. */
  called<T>(call: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#remember(error, call);
      throw error;
    }
  }

  /** Remembers the first call that failed with an error as its origin. Later calls only passed the error on. */
  #remember(error: unknown, call: string): void {
    if (isObject(error) && !this.#origins.has(error)) this.#origins.set(error, call);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
