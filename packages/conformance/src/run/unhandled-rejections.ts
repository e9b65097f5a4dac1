import { ConformanceError } from "../checks/conformance-error.ts";
import { nextTurn } from "../checks/next-turn.ts";

interface EmitterOfRejections {
  on(event: "unhandledRejection", listener: (reason: unknown) => void): unknown;
  off(event: "unhandledRejection", listener: (reason: unknown) => void): unknown;
}

/** Collects the rejections that no code handles while a case runs. Runtimes other than Node.js do not report them. */
export class UnhandledRejections {
  readonly #reasons: unknown[] = [];
  readonly #collect = (reason: unknown): void => void this.#reasons.push(reason);
  readonly #process: EmitterOfRejections | undefined = (globalThis as { readonly process?: EmitterOfRejections })
    .process;

  constructor() {
    this.#process?.on("unhandledRejection", this.#collect);
  }

  /**
   * Stops collecting.
   *
   * @throws {@link ConformanceError} when a rejection was not handled
   */
  async end(caseName: string): Promise<void> {
    // Node.js reports a rejection as unhandled only after the current turn of the event loop.
    await nextTurn();
    this.#process?.off("unhandledRejection", this.#collect);
    if (this.#reasons.length === 0) return;
    const [actual] = this.#reasons;
    throw new ConformanceError({
      guarantee: "no rejection is left unhandled",
      given: `the case "${caseName}"`,
      expected: "no unhandled rejection",
      actual,
      cause: actual,
    });
  }
}
