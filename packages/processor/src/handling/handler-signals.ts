import { onAbort } from "@aether/core";

/** Maximum number of handlers that get the same signal, one after the other. A new signal for each is slow. */
const MAX_USES = 8;

/** A signal that one handler has at a time. */
export interface HandlerSignal {
  readonly controller: AbortController;
  uses: number;
}

/**
 * The signals of the handlers. Handlers that run at the same time have different ones, because Node.js warns if more
 * than ten listeners are added to one signal. Handlers need not remove their listeners: a signal is soon replaced. All
 * signals are aborted together.
 */
export class HandlerSignals {
  readonly #all: AbortSignal;
  readonly #inUse = new Set<HandlerSignal>();
  readonly #free: HandlerSignal[] = [];

  /** @param all - its abort aborts all signals */
  constructor(all: AbortSignal) {
    this.#all = all;
    onAbort(all, () => {
      for (const { controller } of this.#inUse) controller.abort(all.reason);
    });
  }

  /** Returns a signal that no running handler has. */
  take(): HandlerSignal {
    const signal = this.#free.pop() ?? { controller: new AbortController(), uses: 0 };
    if (this.#all.aborted) signal.controller.abort(this.#all.reason);
    signal.uses++;
    this.#inUse.add(signal);
    return signal;
  }

  /** Gives a signal back after the handler has ended. */
  release(signal: HandlerSignal): void {
    this.#inUse.delete(signal);
    if (signal.uses < MAX_USES) this.#free.push(signal);
  }
}
