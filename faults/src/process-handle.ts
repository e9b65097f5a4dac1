import { type ChildProcess, fork } from "node:child_process";

/** A suite's handle to a process that it has started. Both sides send messages that have a `kind`. */
export class ProcessHandle<To extends { readonly kind: string }, From extends { readonly kind: string }> {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #messages: From[] = [];
  readonly #waiters = new Set<() => void>();
  readonly #closed: Promise<void>;
  #hasEnded = false;

  /**
   * @param onProgress - called with each message of the kind "progress", which `waitFor` does not return
   */
  constructor(name: string, module: URL, onProgress: (message: Extract<From, { kind: "progress" }>) => void) {
    this.name = name;
    this.#child = fork(module, [], { stdio: ["ignore", 2, 2, "ipc"] });
    this.#child.on("message", (message: From) => {
      if (message.kind === "progress") onProgress(message as Extract<From, { kind: "progress" }>);
      else this.#messages.push(message);
      this.#wakeAll();
    });
    this.#closed = new Promise((resolve) => {
      this.#child.once("close", () => {
        this.#hasEnded = true;
        this.#wakeAll();
        resolve();
      });
    });
  }

  /** True once the process has ended, for any reason. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Sends a message. Does nothing if the process has ended: `waitFor` throws in that case. */
  send(message: To): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Waits for a message of this kind. @throws {Error} if the process ends first, or on timeout */
  async waitFor<Kind extends From["kind"]>(kind: Kind, timeoutMs = 60_000): Promise<Extract<From, { kind: Kind }>> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const message = this.#messages.find((each) => each.kind === kind);
      if (message !== undefined) return message as Extract<From, { kind: Kind }>;
      if (this.#hasEnded) throw new Error(`${this.name} ended before it sent "${kind}"`);
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`${this.name} did not send "${kind}" within ${timeoutMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#waiters.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Resolves once the process has ended. */
  get ended(): Promise<void> {
    return this.#closed;
  }

  /** Suspends the process. It does nothing until `resume` is called, and notices nothing. */
  suspend(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** Kills the process. */
  async close(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
    await this.#closed;
  }

  #wakeAll(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }
}
