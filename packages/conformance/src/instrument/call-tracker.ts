import type { Call } from "./call.ts";

/** The call that was answered last. */
export interface Answer {
  readonly call: Call;
  /** Number of calls that were answered until then, including this one. */
  readonly count: number;
  /** Time of the answer, by `performance.now()`, in milliseconds. */
  readonly atMs: number;
}

/** Records the pending calls of one case, and the call that each error came from. */
export class CallTracker {
  readonly #pending = new Set<{ readonly call: Call }>();
  #answered = 0;
  #last: Answer | undefined;
  readonly #origins = new WeakMap<object, Call>();

  /** The pending calls as text, such as `close(), and 1 more`, or `undefined` if no call is pending. */
  get pending(): string | undefined {
    const [first, ...others] = this.#pending;
    if (first === undefined) return undefined;
    return others.length === 0 ? String(first.call) : `${first.call}, and ${others.length} more`;
  }

  /** The call that was answered last, or `undefined` if no call was answered yet. */
  get lastAnswer(): Answer | undefined {
    return this.#last;
  }

  /** Returns the call that an error came from, as text, or `undefined` if the error did not come from a call. */
  originOf(error: unknown): string | undefined {
    return isObject(error) ? this.#origins.get(error)?.toString() : undefined;
  }

  /** Waits for the result of a call. Until then, the call counts as pending. */
  settled<T>(call: Call, result: PromiseLike<T>): Promise<T> {
    const pending = { call };
    this.#pending.add(pending);
    const answered = (): void => {
      this.#pending.delete(pending);
      this.#last = { call, count: ++this.#answered, atMs: performance.now() };
    };
    // Streams of thousands of events pass through here, so this creates few promises.
    return Promise.resolve(result).then(
      (value) => {
        answered();
        return value;
      },
      (error: unknown) => {
        answered();
        this.#remember(error, call);
        throw error;
      },
    );
  }

  /** Makes a call. If the call throws, remembers that the error came from it. */
  called<T>(call: Call, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#remember(error, call);
      throw error;
    }
  }

  /** Remembers the first call that failed with an error as its origin. Later calls only passed the error on. */
  #remember(error: unknown, call: Call): void {
    if (isObject(error) && !this.#origins.has(error)) this.#origins.set(error, call);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
