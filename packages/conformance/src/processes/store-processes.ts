import { ConformanceError } from "../checks/conformance-error.ts";
import type { RecordedOperation } from "../history/history.ts";
import type { CallTracker } from "../instrument/call-tracker.ts";
import type { ProcessMessage, Task, TaskResults } from "./messages.ts";

export interface ProcessOptions {
  readonly processModule: string | URL;
  readonly execArgv: readonly string[];
  readonly count: number;
}

/** Longest part of the output of a failed process that an error contains, in characters. */
const MAX_OUTPUT = 4_000;

/** The processes of one case, each with an open store. Ends them even if the case fails. */
export class StoreProcesses {
  readonly all: readonly StoreProcess[];
  readonly #killAll = (): void => {
    for (const each of this.all) each.kill();
  };

  private constructor(all: readonly StoreProcess[]) {
    this.all = all;
    // If the process of the test exits by itself, nothing else would end the others.
    process.once("exit", this.#killAll);
  }

  /** Starts the processes. Resolves when they are ready for tasks. */
  static async start(options: ProcessOptions, tracker: CallTracker): Promise<StoreProcesses> {
    const { fork } = await import("node:child_process");
    const all = Array.from({ length: options.count }, (_, index) => {
      const child = fork(options.processModule, [], {
        execArgv: [...options.execArgv],
        serialization: "advanced",
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      });
      return new StoreProcess(`process ${index + 1}`, child, tracker);
    });
    const processes = new StoreProcesses(all);
    try {
      await Promise.all(all.map((each) => each.started));
      return processes;
    } catch (error) {
      await processes.end();
      throw error;
    }
  }

  /** Kills all processes, and resolves when they have ended. */
  async end(): Promise<void> {
    process.off("exit", this.#killAll);
    this.#killAll();
    await Promise.all(this.all.map((each) => each.ended));
  }
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * The part of `ChildProcess` of Node.js that is used. It is not imported, so that the declarations of this package need
 * no types of Node.js.
 */
export interface ChildOfTest {
  readonly stdout: Output | null;
  readonly stderr: Output | null;
  send(message: Task, onSent: (error: Error | null) => void): unknown;
  kill(signal: "SIGKILL"): unknown;
  on(event: "message", listener: (message: unknown) => void): unknown;
  once(event: "error", listener: (error: Error) => void): unknown;
  once(event: "close", listener: (code: number | null, signal: string | null) => void): unknown;
}

interface Output {
  on(event: "data", listener: (data: unknown) => void): unknown;
}

/** One process with an open store. */
export class StoreProcess {
  readonly name: string;
  /** Resolves when the process is ready for tasks. */
  readonly started: Promise<void>;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** The calls that its tasks have made. The calls of a killed process are lost. */
  readonly operations: RecordedOperation[] = [];
  /** Called with each save that a task reports. */
  onSaved: (actorId: string, version: number) => void = () => {};
  readonly #child: ChildOfTest;
  readonly #tracker: CallTracker;
  #waiting: Waiting | undefined;
  #output = "";
  /** True after the process was killed. */
  isKilled = false;

  constructor(name: string, child: ChildOfTest, tracker: CallTracker) {
    this.name = name;
    this.#child = child;
    this.#tracker = tracker;
    this.started = this.#wait(`start of ${name}`) as Promise<void>;
    this.ended = new Promise((resolve) => {
      child.once("close", () => resolve());
      child.once("error", () => resolve());
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (data) => {
        this.#output = (this.#output + data).slice(-MAX_OUTPUT);
      });
    }
    child.on("message", (message) => this.#receive(message as ProcessMessage));
    child.once("error", (error) => this.#fail(error.message));
    child.once("close", (code, signal) => this.#fail(`it ended with ${signal ?? `exit code ${code}`}`));
  }

  /** Carries out a task and returns its result. */
  run<Kind extends Task["kind"]>(task: Extract<Task, { readonly kind: Kind }>): Promise<TaskResults[Kind]> {
    const result = this.#wait(`${task.kind} in ${this.name}`);
    this.#child.send(task, (error) => {
      if (error !== null) this.#fail(error.message);
    });
    return result as Promise<TaskResults[Kind]>;
  }

  /** Ends the process at once. Its task then has no result. */
  kill(): void {
    this.isKilled = true;
    this.#waiting?.resolve(undefined);
    this.#waiting = undefined;
    this.#child.kill("SIGKILL");
  }

  #wait(call: string): Promise<unknown> {
    return this.#tracker.settled(
      call,
      new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
      }),
    );
  }

  #receive(message: ProcessMessage): void {
    if (message.kind === "saved") {
      this.onSaved(message.actorId, message.version);
    } else if (message.kind === "error") {
      this.#fail(message.error);
    } else {
      if (message.kind === "result") for (const operation of message.operations) this.operations.push(operation);
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.resolve(message.kind === "result" ? message.result : undefined);
    }
  }

  #fail(reason: string): void {
    if (this.isKilled) return;
    const actual = this.#output === "" ? reason : `${reason}\n${this.#output}`;
    this.#waiting?.reject(
      new ConformanceError({
        guarantee: "a process carries out its calls without an error that the contract does not allow",
        given: this.name,
        expected: "no error",
        actual,
      }),
    );
    this.#waiting = undefined;
  }
}
