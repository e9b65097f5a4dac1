import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordedOperation } from "@aether/conformance";
import { newTally, sumOf, type Tally, type WorkerPlan } from "./plan.ts";
import { readOperations } from "./recorder.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

/** Longer than anything that a worker waits for. */
const STOP_TIMEOUT_MS = 60_000;

/** Workers in processes of their own, seen from their parent. When it is closed, no process and no file is left. */
export class Workers implements AsyncDisposable {
  readonly #folder: string;
  readonly #workers: readonly WorkerHandle[];

  private constructor(folder: string, workers: readonly WorkerHandle[]) {
    this.#folder = folder;
    this.#workers = workers;
  }

  /** Resolves when every worker has opened its store and works. */
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

  /** What all of them have done so far. */
  get tally(): Tally {
    return sumOf(this.#workers.map(({ tally }) => tally));
  }

  /** Of each worker, what rises as long as it goes on. */
  get progress(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#workers.map(({ name, tally }) => [name, tally.acknowledged + tally.reads]));
  }

  /** How many connections a client left open that is known to. */
  get connectionsLeft(): number {
    return this.#workers.reduce((sum, { connectionsLeft }) => sum + connectionsLeft, 0);
  }

  /** What went wrong with a worker, or what its store did that no store may do. */
  get surprises(): readonly string[] {
    return this.#workers.flatMap(({ surprises }) => surprises);
  }

  /** Lets all of them finish what is under way. Those that do not are killed, which is a surprise. */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  /** What all of them did, after `stop()`. */
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
  readonly surprises: string[] = [];
  readonly opened: Promise<void>;
  readonly ended: Promise<void>;
  tally: Tally = newTally();
  /** Of the client, which may make two when one is lost while it is made, and close one in the end. Stores make none. */
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
        if (message.kind === "surprise" && this.surprises.length < 20)
          this.surprises.push(`${this.name}: ${message.what}`);
        if (message.kind === "done") {
          this.#isDone = true;
          this.connectionsLeft = message.connectionsLeft;
        }
      });
      this.#child.once("close", (code, killedBy) => {
        if (!this.#isDone) this.surprises.push(`${this.name} ended early, ${killedBy ?? `with exit code ${code}`}`);
        reject(new Error(`${this.name} ended before it began`));
      });
    });
    this.opened.catch(() => {});
    this.#tell({ kind: "begin", plan, historyFile });
  }

  async stop(): Promise<void> {
    this.#tell({ kind: "stop" });
    const timer = setTimeout(() => {
      this.surprises.push(`${this.name} did not end within ${STOP_TIMEOUT_MS} ms`);
      this.kill();
    }, STOP_TIMEOUT_MS);
    await this.ended;
    clearTimeout(timer);
  }

  kill(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGKILL");
  }

  #tell(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {}); // who has ended has said so
  }
}
