import { type ChildProcess, fork } from "node:child_process";
import type { BusPlan, FromBus, ToBus } from "./bus-messages.ts";

/** The suite's handle to one bus process. */
export class BusHandle {
  readonly name: string;
  /** Counters that rise while the process works: confirmed publishes, and received events per peer. */
  progress: Readonly<Record<string, number>> = {};
  /** Number of events received from all peers. */
  received = 0;
  readonly #child: ChildProcess;
  readonly #messages: FromBus[] = [];
  readonly #waiters = new Set<() => void>();
  readonly #closed: Promise<void>;
  #hasEnded = false;

  constructor(plan: BusPlan) {
    this.name = plan.name;
    this.#child = fork(new URL("./bus-process.js", import.meta.url), [], { stdio: ["ignore", 2, 2, "ipc"] });
    this.#child.on("message", (message: FromBus) => {
      if (message.kind === "progress") this.#updateProgress(message);
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
    this.send({ kind: "start", plan });
  }

  /** Sends a message. Does nothing if the process has ended: `waitFor` throws in that case. */
  send(message: ToBus): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Waits for a message of this kind. @throws {Error} if the process ends first, or on timeout */
  async waitFor<Kind extends FromBus["kind"]>(
    kind: Kind,
    timeoutMs = 60_000,
  ): Promise<Extract<FromBus, { kind: Kind }>> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const message = this.#messages.find((each) => each.kind === kind);
      if (message !== undefined) return message as Extract<FromBus, { kind: Kind }>;
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

  async close(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
    await this.#closed;
  }

  #updateProgress({ confirmed, received }: Extract<FromBus, { kind: "progress" }>): void {
    const perPeer = Object.entries(received).map(([peer, count]) => [`receiving ${peer} on ${this.name}`, count]);
    this.progress = { [`publishing on ${this.name}`]: confirmed, ...Object.fromEntries(perPeer) };
    this.received = Object.values(received).reduce((sum, count) => sum + count, 0);
  }

  #wakeAll(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }
}
