import { ProcessHandle } from "../process-handle.ts";
import type { LogFolder } from "./log-folder.ts";
import type { FromProcessor, ProcessorPlan, ToProcessor } from "./processor-messages.ts";

/** Time limit for a process to start or to stop while a fault is active, in milliseconds. */
const TIMEOUT_MS = 90_000;

class ProcessorProcess extends ProcessHandle<ToProcessor, FromProcessor> {
  /** Number of events that the process has handled. */
  handled = 0;

  constructor(plan: ProcessorPlan) {
    super(plan.name, new URL("./processor-process.js", import.meta.url), (message) => {
      this.handled = message.handled;
    });
    this.send({ kind: "start", plan });
  }
}

export interface SlotOptions {
  /** Name of the slot. Its processes have a number in addition. */
  readonly name: string;
  readonly plan: Omit<ProcessorPlan, "name" | "logFile">;
  readonly logs: LogFolder;
}

/** The place of one process, which is replaced when it ends. */
export class ProcessorSlot {
  readonly name: string;
  /** Ends of processes that were not requested. */
  readonly unexpected: string[] = [];
  readonly #options: SlotOptions;
  #process: ProcessorProcess;
  #processes = 0;
  #handledBefore = 0;
  #isEnding = false;

  constructor(options: SlotOptions) {
    this.name = options.name;
    this.#options = options;
    this.#process = this.#start();
  }

  /** Number of events that all processes of the slot have handled. */
  get handled(): number {
    return this.#handledBefore + this.#process.handled;
  }

  /** Resolves once the process handles events, or waits for free partitions. */
  async ready(): Promise<void> {
    await this.#process.waitFor("ready", TIMEOUT_MS);
  }

  suspend(): void {
    this.#process.suspend();
  }

  resume(): void {
    this.#process.resume();
  }

  async kill(): Promise<void> {
    this.#isEnding = true;
    await this.#process.close();
  }

  /** Lets the processor stop by itself. */
  async stop(): Promise<void> {
    this.#isEnding = true;
    this.#process.send({ kind: "stop" });
    await this.#process.waitFor("stopped", TIMEOUT_MS);
    await this.#process.close();
  }

  /** Waits until the processor stops because of an error. Returns the reason. */
  async failure(): Promise<string> {
    this.#isEnding = true;
    const { reason } = await this.#process.waitFor("failed", TIMEOUT_MS);
    await this.#process.close();
    return reason;
  }

  /** Starts another process, after the end of the one before. */
  restart(): void {
    this.#handledBefore += this.#process.handled;
    this.#process = this.#start();
  }

  /** Starts another process, and waits until it is ready. */
  async replace(): Promise<void> {
    this.restart();
    await this.ready();
  }

  #start(): ProcessorProcess {
    const { name, plan, logs } = this.#options;
    const number = ++this.#processes;
    const processName = `${name}.${number}`;
    const started = new ProcessorProcess({
      ...plan,
      seed: plan.seed + number,
      name: processName,
      logFile: logs.fileOf(processName),
    });
    this.#isEnding = false;
    void started.ended.then(() => {
      if (started === this.#process && !this.#isEnding) this.unexpected.push(`${processName} has ended by itself`);
    });
    return started;
  }
}
