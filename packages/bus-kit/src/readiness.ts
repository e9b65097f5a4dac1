import type { Ending } from "./ending.ts";

/** A promise that a subscription receives everything from now on. It never counts as an unhandled rejection. */
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

  /** Nobody needs to wait for a subscription that has ended; where it ended by an error, that is told. */
  end(ending: Ending): void {
    if (ending.type === "aborted" || ending.type === "failed") this.#reject(ending.error);
    else this.#resolve();
  }
}
