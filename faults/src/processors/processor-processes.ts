import type { Random } from "../random.ts";
import { type ClientName, clientNames } from "../workload/plan.ts";
import type { LogFolder } from "./log-folder.ts";
import type { FromSaver, ProcessorPlan } from "./processor-messages.ts";
import { ProcessorSlot } from "./processor-slot.ts";
import { SaverHandle } from "./saver-handle.ts";
import { ACTORS, actorIdOf } from "./work-events.ts";

export interface ProcessesOptions extends Pick<ProcessorPlan, "urls" | "streamName" | "bucket" | "leaseMs"> {
  /** Number of processes that handle events. */
  readonly processors: number;
  /** Number of processes that save events. */
  readonly savers: number;
  readonly random: Random;
  readonly logs: LogFolder;
}

/** The suite's handle to all processes. Disposing it ends them. */
export class ProcessorProcesses implements AsyncDisposable {
  readonly slots: readonly ProcessorSlot[];
  readonly #savers: readonly SaverHandle[];

  private constructor({ processors, savers, urls, streamName, bucket, leaseMs, random, logs }: ProcessesOptions) {
    const planOf = (index: number): Pick<ProcessorPlan, "client" | "urls" | "streamName" | "seed"> => ({
      client: clientNames[index % clientNames.length] as ClientName,
      urls: random.shuffle(urls),
      streamName,
      seed: random.integer(0, 2 ** 30),
    });
    this.slots = Array.from({ length: processors }, (_, index) => {
      const plan = { ...planOf(index), bucket, leaseMs };
      return new ProcessorSlot({ name: `processor-${index}`, plan, logs });
    });
    this.#savers = Array.from({ length: savers }, (_, index) => {
      const actorIds = Array.from({ length: ACTORS }, (__, actor) => actorIdOf(actor));
      const own = actorIds.filter((___, actor) => actor % savers === index);
      return new SaverHandle({ ...planOf(index), name: `saver-${index}`, actorIds: own, maxInFlight: 8 });
    });
  }

  /** Starts the processes. Resolves when all of them work. */
  static async start(options: ProcessesOptions): Promise<ProcessorProcesses> {
    const processes = new ProcessorProcesses(options);
    try {
      const ready = processes.slots.map((slot) => slot.ready());
      await Promise.all([...ready, ...processes.#savers.map((saver) => saver.waitFor("ready"))]);
      return processes;
    } catch (error) {
      await processes.close();
      throw error;
    }
  }

  /** Number of events whose save was acknowledged. */
  get saved(): number {
    return this.#savers.reduce((sum, { saved }) => sum + saved, 0);
  }

  /** Counters that rise while the processes work. */
  get progress(): Readonly<Record<string, number>> {
    return Object.fromEntries([
      ...this.slots.map(({ name, handled }) => [`handling on ${name}`, handled]),
      ...this.#savers.map(({ name, saved }) => [`saving on ${name}`, saved]),
    ]);
  }

  /** Ends of processes that must not occur. */
  get unexpected(): readonly string[] {
    return this.slots.flatMap(({ unexpected }) => unexpected);
  }

  /** Lets all saves end. Returns the latest version that was acknowledged, by actor. */
  async finishSaving(): Promise<Pick<Extract<FromSaver, { kind: "finished" }>, "versions" | "unexpected">> {
    for (const saver of this.#savers) saver.send({ kind: "finish" });
    const finished = await Promise.all(this.#savers.map((saver) => saver.waitFor("finished")));
    return {
      versions: Object.assign({}, ...finished.map(({ versions }) => versions)),
      unexpected: finished.flatMap(({ unexpected }) => unexpected),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.slots.map((slot) => slot.kill()), ...this.#savers.map((saver) => saver.close())]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
