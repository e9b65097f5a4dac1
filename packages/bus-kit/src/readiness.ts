import type { Ending } from "./ending.ts";

/** The `ready` promise of a subscription. If it rejects, the rejection never counts as unhandled. */
export class Readiness {
  readonly promise: Promise<void>;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor() {
    this.promise = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.promise.catch(() => {});
  }

  confirm(): void {
    this.#resolve();
  }

  /** Settles the promise when the subscription ends. Rejects if an error ended it, and resolves otherwise. */
  end(ending: Ending): void {
    if (ending.type === "aborted" || ending.type === "failed") this.#reject(ending.error);
    else this.#resolve();
  }
}
