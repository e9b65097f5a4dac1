import type { Position } from "@aether/core";

/** A handler that is running. */
export interface HandlerInFlight {
  readonly actorId: string;
  readonly position: Position;
  readonly attempt: number;
  readonly startedMs: number;
}

/** The handlers that are running, oldest first. */
export class HandlersInFlight {
  readonly #running = new Set<HandlerInFlight>();
  #waiters: (() => void)[] = [];

  get size(): number {
    return this.#running.size;
  }

  get oldest(): HandlerInFlight | undefined {
    const [oldest] = this.#running;
    return oldest;
  }

  add(handler: HandlerInFlight): void {
    this.#running.add(handler);
  }

  remove(handler: HandlerInFlight): void {
    this.#running.delete(handler);
    if (this.#running.size > 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resume of waiters) resume();
  }

  /** Resolves as soon as no handler is running. */
  async untilNone(): Promise<void> {
    if (this.#running.size > 0) await new Promise<void>((resume) => this.#waiters.push(resume));
  }
}
