/** Time that passes only when nothing else can happen. */
export class VirtualTime {
  #nowMs = 0;
  #order = 0;
  #timers: { readonly atMs: number; readonly order: number; readonly fire: () => void }[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Calls a function at a time. Returns a function that cancels it. */
  at(atMs: number, fire: () => void): () => void {
    const timer = { atMs: Math.max(atMs, this.#nowMs), order: this.#order++, fire };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Lets time pass until a condition holds. Throws if it does not hold by then. */
  async runUntil(condition: () => boolean, untilMs: number): Promise<void> {
    for (;;) {
      await settle();
      if (condition()) return;
      const [next] = this.#timers.toSorted((one, other) => one.atMs - other.atMs || one.order - other.order);
      if (next === undefined || next.atMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        await settle();
        if (condition()) return;
        throw new Error(`the condition does not hold after ${untilMs} ms`);
      }
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#nowMs = next.atMs;
      next.fire();
    }
  }
}

/** Resolves once everything that needs no time has happened. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Random numbers that a seed determines (xorshift32, G. Marsaglia, "Xorshift RNGs", 2003). */
export function randomFrom(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
