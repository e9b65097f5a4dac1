import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordedOperation } from "@aether/conformance";
import { newTally, sumOf, type Tally, type WorkerPlan } from "./plan.ts";
import { readOperations } from "./recorder.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

/** Time limit for stopping workers. Longer than any call of a worker takes. */
const STOP_TIMEOUT_MS = 60_000;

/** The suite's handle to several worker processes. Disposing it ends the processes and deletes their files. */
export class Workers implements AsyncDisposable {
  readonly #folder: string;
  readonly #workers: readonly WorkerHandle[];

  private constructor(folder: string, workers: readonly WorkerHandle[]) {
    this.#folder = folder;
    this.#workers = workers;
  }

  /** Starts the processes. Resolves when every worker has opened its store. */
  static async start(plans: readonly WorkerPlan[]): Promise<Workers> {
    const folder = await mkdtemp(join(tmpdir(), "aether-faults-"));
    const workers = new Workers(
      folder,
      plans.map((plan) => new WorkerHandle(plan, join(folder, `${plan.name}.jsonl`))),
    );
    try {
      await Promise.all(workers.#workers.map(({ opened }) => opened));
      return workers;
    } catch (error) {
      await workers.close();
      throw error;
    }
  }

  /** Sum of all workers' counters so far. */
  get tally(): Tally {
    return sumOf(this.#workers.map(({ tally }) => tally));
  }

  /** One counter per worker that rises while the worker makes progress. */
  get progress(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#workers.map(({ name, tally }) => [name, tally.acknowledged + tally.reads]));
  }

  /** Number of connections that the NATS clients left open. */
  get connectionsLeft(): number {
    return this.#workers.reduce((sum, { connectionsLeft }) => sum + connectionsLeft, 0);
  }

  /** Crashes of workers, and failures of calls that the contract of a store does not allow. */
  get unexpected(): readonly string[] {
    return this.#workers.flatMap(({ unexpected }) => unexpected);
  }

  /** Stops all workers once their calls in flight have ended. Kills and reports a worker that does not stop in time. */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  /** Returns all recorded calls. Call `stop()` first. */
  async operations(): Promise<readonly RecordedOperation[]> {
    return (await Promise.all(this.#workers.map(({ historyFile }) => readOperations(historyFile)))).flat();
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) worker.kill();
    await Promise.all(this.#workers.map(({ ended }) => ended));
    await rm(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

class WorkerHandle {
  readonly historyFile: string;
  readonly unexpected: string[] = [];
  readonly opened: Promise<void>;
  readonly ended: Promise<void>;
  tally: Tally = newTally();
  /** Connections that the client did not close. It may open two if a connection is lost while being established. */
  connectionsLeft = 0;
  readonly name: string;
  readonly #child: ChildProcess;
  #isDone = false;

  constructor(plan: WorkerPlan, historyFile: string) {
    this.historyFile = historyFile;
    this.name = plan.name;
    this.#child = fork(new URL("./worker-process.js", import.meta.url), [], { stdio: ["ignore", 2, 2, "ipc"] });
    this.ended = new Promise((resolve) => this.#child.once("close", () => resolve()));
    this.opened = new Promise((resolve, reject) => {
      this.#child.on("message", (message: FromWorker) => {
        if (message.kind === "open") resolve();
        if (message.kind === "tally" || message.kind === "done") this.tally = message.tally;
        if (message.kind === "unexpected" && this.unexpected.length < 20) {
          this.unexpected.push(`${this.name}: ${message.description}`);
        }
        if (message.kind === "done") {
          this.#isDone = true;
          this.connectionsLeft = message.connectionsLeft;
        }
      });
      this.#child.once("close", (code, killedBy) => {
        if (!this.#isDone) this.unexpected.push(`${this.name} ended early, ${killedBy ?? `with exit code ${code}`}`);
        reject(new Error(`${this.name} ended before it opened its store`));
      });
    });
    this.opened.catch(() => {});
    this.#send({ kind: "start", plan, historyFile });
  }

  async stop(): Promise<void> {
    this.#send({ kind: "stop" });
    const timer = setTimeout(() => {
      this.unexpected.push(`${this.name} did not end within ${STOP_TIMEOUT_MS} ms`);
      this.kill();
    }, STOP_TIMEOUT_MS);
    await this.ended;
    clearTimeout(timer);
  }

  kill(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGKILL");
  }

  /** Sends a message. Does nothing if the process has ended: the handler of its "close" event reports that. */
  #send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}
