/** Follows the calls of one case: which calls are pending, and which call an error came from. */
export class CallTracker {
  readonly #pending = new Set<{ readonly call: string }>();
  readonly #origins = new WeakMap<object, string>();

  /** The pending calls as text, such as `close(), and 1 more`; `undefined` if no call is pending. */
  get pending(): string | undefined {
    const [first, ...others] = this.#pending;
    if (first === undefined) return undefined;
    return others.length === 0 ? first.call : `${first.call}, and ${others.length} more`;
  }

  /** The call that an error came from, as text; `undefined` if it did not come from a call. */
  originOf(error: unknown): string | undefined {
    return isObject(error) ? this.#origins.get(error) : undefined;
  }

  /** Waits for the result of a call, which is pending until then. */
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
    }
  }

  /** Makes a call that may throw. */
  called<T>(call: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#remember(error, call);
      throw error;
    }
  }

  /** The first call that threw an error is the origin: later calls only passed it on. */
  #remember(error: unknown, call: string): void {
    if (isObject(error) && !this.#origins.has(error)) this.#origins.set(error, call);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
