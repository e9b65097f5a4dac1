const FIRST_SLOTS = 16;

/** A queue with a maximum length. Its memory grows with the number of items that it has held at once. */
export class RingBuffer<Item> {
  readonly capacity: number;
  #slots: (Item | undefined)[] = [];
  #head = 0;
  #size = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size === this.capacity;
  }

  /** Adds an item at the end. The buffer must not be full. */
  push(item: Item): void {
    if (this.#size === this.#slots.length) this.#grow();
    let index = this.#head + this.#size;
    if (index >= this.#slots.length) index -= this.#slots.length;
    this.#slots[index] = item;
    this.#size++;
  }

  /** Removes and returns the oldest item, or returns `undefined` if the buffer is empty. */
  shift(): Item | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = this.#head + 1 === this.#slots.length ? 0 : this.#head + 1;
    this.#size--;
    return item;
  }

  /** Removes every item, releases the memory, and returns the number of items removed. */
  clear(): number {
    const cleared = this.#size;
    this.#slots = [];
    this.#head = 0;
    this.#size = 0;
    return cleared;
  }

  #grow(): void {
    const slots = new Array<Item | undefined>(
      Math.min(this.capacity, Math.max(FIRST_SLOTS, this.#slots.length * 2)),
    ).fill(undefined);
    for (let index = 0; index < this.#size; index++) {
      slots[index] = this.#slots[(this.#head + index) % this.#slots.length];
    }
    this.#slots = slots;
    this.#head = 0;
  }
}
