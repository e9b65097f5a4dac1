import { type ChildProcess, fork } from "node:child_process";
import type { BusPlan, FromBus, ToBus } from "./bus-messages.ts";

/** A bus process, seen from its parent. */
export class BusHandle {
  readonly name: string;
  /** What rises as long as it goes on: what it publishes, and what it hears of each peer. */
  progress: Readonly<Record<string, number>> = {};
  /** How many events it has got. */
  received = 0;
  readonly #child: ChildProcess;
  readonly #heard: FromBus[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #closed: Promise<void>;
  #hasEnded = false;

  constructor(plan: BusPlan) {
    this.name = plan.name;
    this.#child = fork(new URL("./bus-process.js", import.meta.url), [], { stdio: ["ignore", 2, 2, "ipc"] });
    this.#child.on("message", (message: FromBus) => {
      if (message.kind === "progress") this.#goesOn(message);
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

  #goesOn({ confirmed, received }: Extract<FromBus, { kind: "progress" }>): void {
    const heard = Object.entries(received).map(([peer, count]) => [`what ${this.name} hears of ${peer}`, count]);
    this.progress = { [`what ${this.name} publishes`]: confirmed, ...Object.fromEntries(heard) };
    this.received = Object.values(received).reduce((sum, count) => sum + count, 0);
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
