/** A limited number of places for handlers that run at the same time. Waiting handlers get them in order. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  #next = 0;
  #isStarting = false;

  constructor(count: number) {
    this.#free = count;
  }

  /** Takes a place if one is free and nothing waits for it. */
  tryTake(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  /** Calls `start` as soon as it has a place: at once if one is free. */
  take(start: () => void): void {
    if (this.tryTake()) start();
    else this.#waiting.push(start);
  }

  /** Gives a place back. */
  release(): void {
    this.#free++;
    // A handler may end at once and give its place back within `start`.
    if (this.#isStarting) return;
    this.#isStarting = true;
    while (this.#free > 0) {
      const start = this.#waiting[this.#next];
      if (start === undefined) break;
      this.#next++;
      if (this.#next > 1_024 || this.#next === this.#waiting.length) {
        this.#waiting.splice(0, this.#next);
        this.#next = 0;
      }
      this.#free--;
      start();
    }
    this.#isStarting = false;
  }
}
