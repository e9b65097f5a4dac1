import { type ChildProcess, fork } from "node:child_process";
import type { BusPlan, FromBus, ToBus } from "./bus-messages.ts";

/** A bus process, seen from its parent. */
export class BusHandle {
  readonly name: string;
  /** How many of its publishes were confirmed. */
  confirmed = 0;
  readonly #child: ChildProcess;
  readonly #heard: FromBus[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #closed: Promise<void>;
  #hasEnded = false;

  constructor(plan: BusPlan) {
    this.name = plan.name;
    this.#child = fork(new URL("./bus-process.js", import.meta.url), [], { stdio: ["ignore", 2, 2, "ipc"] });
    this.#child.on("message", (message: FromBus) => {
      if (message.kind === "confirmed") this.confirmed = message.count;
      else this.#heard.push(message);
      this.#wake();
    });
    this.#closed = new Promise((resolve) => {
      this.#child.once("close", () => {
        this.#hasEnded = true;
        this.#wake();
        resolve();
      });
    });
    this.tell({ kind: "begin", plan });
  }

  tell(message: ToBus): void {
    if (this.#child.connected) this.#child.send(message, () => {}); // who has ended has said so
  }

  /** Waits for a message of this kind. @throws if the process ends first, or it does not come in time */
  async until<Kind extends FromBus["kind"]>(kind: Kind, timeoutMs = 60_000): Promise<Extract<FromBus, { kind: Kind }>> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const message = this.#heard.find((each) => each.kind === kind);
      if (message !== undefined) return message as Extract<FromBus, { kind: Kind }>;
      if (this.#hasEnded) throw new Error(`${this.name} ended before "${kind}"`);
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`${this.name} did not come to "${kind}" within ${timeoutMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#waiting.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  async close(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
    await this.#closed;
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
