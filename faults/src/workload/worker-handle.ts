import { type ChildProcess, fork } from "node:child_process";
import { newTally, sumOf, type Tally, type WorkerPlan } from "./plan.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

/** Time limit for stopping a worker. Longer than any call of a worker takes. */
const STOP_TIMEOUT_MS = 60_000;

/** The suite's handle to one worker: to its process, or to several one after the other. */
export class WorkerHandle {
  readonly plan: WorkerPlan;
  readonly historyFile: string;
  readonly unexpected: string[] = [];
  #process: WorkerProcess;
  /** Counters of the processes that were killed. */
  #earlier: Tally = newTally();

  constructor(plan: WorkerPlan, historyFile: string) {
    this.plan = plan;
    this.historyFile = historyFile;
    this.#process = this.#start();
  }

  get name(): string {
    return this.plan.name;
  }

  get tally(): Tally {
    return sumOf([this.#earlier, this.#process.tally]);
  }

  /** Connections that the client did not close. It may open two if a connection is lost while being established. */
  get connectionsLeft(): number {
    return this.#process.connectionsLeft;
  }

  /** Resolves when the worker has opened its store. */
  get opened(): Promise<void> {
    return this.#process.opened;
  }

  get ended(): Promise<void> {
    return this.#process.ended;
  }

  /** Kills the process, and starts another one with the same plan and the same file. */
  async restart(): Promise<void> {
    const killed = this.#process;
    killed.kill();
    await killed.ended;
    this.#earlier = sumOf([this.#earlier, killed.tally]);
    this.#process = this.#start();
    await this.#process.opened;
  }

  /** Stops the worker. Kills and reports it if it does not stop in time. */
  async stop(lastSequence: number): Promise<void> {
    const { ended } = this.#process;
    this.#process.send({ kind: "stop", lastSequence });
    const timer = setTimeout(() => {
      this.unexpected.push(`${this.name} did not end within ${STOP_TIMEOUT_MS} ms`);
      this.kill();
    }, STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.#process.kill();
  }

  #start(): WorkerProcess {
    const report = (description: string): void => {
      if (this.unexpected.length < 20) this.unexpected.push(`${this.name}${description}`);
    };
    return new WorkerProcess(this.plan, this.historyFile, report);
  }
}

class WorkerProcess {
  readonly opened: Promise<void>;
  readonly ended: Promise<void>;
  tally: Tally = newTally();
  connectionsLeft = 0;
  readonly #child: ChildProcess;
  /** True once the process has finished, or was killed on purpose. */
  #isDone = false;

  /** @param report - called with text that follows the name of the worker */
  constructor(plan: WorkerPlan, historyFile: string, report: (description: string) => void) {
    this.#child = fork(new URL("./worker-process.js", import.meta.url), [], { stdio: ["ignore", 2, 2, "ipc"] });
    this.ended = new Promise((resolve) => this.#child.once("close", () => resolve()));
    this.opened = new Promise((resolve, reject) => {
      this.#child.on("message", (message: FromWorker) => {
        if (message.kind === "open") resolve();
        if (message.kind === "tally" || message.kind === "done") this.tally = message.tally;
        if (message.kind === "unexpected") report(`: ${message.description}`);
        if (message.kind === "done") {
          this.#isDone = true;
          this.connectionsLeft = message.connectionsLeft;
        }
      });
      this.#child.once("close", (code, killedBy) => {
        if (!this.#isDone) report(` ended early, ${killedBy ?? `with exit code ${code}`}`);
        reject(new Error(`${plan.name} ended before it opened its store`));
      });
    });
    this.opened.catch(() => {});
    this.send({ kind: "start", plan, historyFile });
  }

  kill(): void {
    this.#isDone = true;
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGKILL");
  }

  /** Sends a message. Does nothing if the process has ended: the handler of its "close" event reports that. */
  send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}
