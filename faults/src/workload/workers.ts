import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordedOperation } from "@aether/conformance";
import { type DeliveredPage, readPages } from "./feed-log.ts";
import { sumOf, type Tally, type WorkerPlan } from "./plan.ts";
import { readOperations } from "./recorder.ts";
import { WorkerHandle } from "./worker-handle.ts";

/** The pages that a follower has received, including those of processes that were killed. */
export interface FollowedFeed {
  readonly name: string;
  readonly partition: number | undefined;
  readonly pages: readonly DeliveredPage[];
}

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
    return Object.fromEntries(
      this.#workers.map(({ name, tally }) => [name, tally.acknowledged + tally.reads + tally.delivered]),
    );
  }

  /** Number of connections that the NATS clients left open. */
  get connectionsLeft(): number {
    return this.#workers.reduce((sum, { connectionsLeft }) => sum + connectionsLeft, 0);
  }

  /** Crashes of workers, and failures of calls that the contract of a store does not allow. */
  get unexpected(): readonly string[] {
    return this.#workers.flatMap(({ unexpected }) => unexpected);
  }

  /** Names of the followers. */
  get followers(): readonly string[] {
    return this.#followers.map(({ name }) => name);
  }

  /** Kills a worker, and starts it again. A follower continues after the position that it has stored. */
  async restart(name: string): Promise<void> {
    await this.#workers.find((worker) => worker.name === name)?.restart();
  }

  /**
   * Stops the writers and readers once their calls in flight have ended, then the followers once they have read
   * everything. Kills and reports a worker that does not stop in time.
   *
   * @param lastSequence - returns the last sequence of the stream
   */
  async stop(lastSequence: () => Promise<number>): Promise<void> {
    await Promise.all(this.#others.map((worker) => worker.stop(0)));
    const end = await lastSequence();
    await Promise.all(this.#followers.map((worker) => worker.stop(end)));
  }

  /** Returns all recorded calls. Call `stop()` first. */
  async operations(): Promise<readonly RecordedOperation[]> {
    return (await Promise.all(this.#others.map(({ historyFile }) => readOperations(historyFile)))).flat();
  }

  /** Returns everything that the followers have received. Call `stop()` first. */
  feeds(): readonly FollowedFeed[] {
    return this.#followers.map(({ name, plan: { partition }, historyFile }) => ({
      name,
      partition,
      pages: readPages(historyFile),
    }));
  }

  get #followers(): readonly WorkerHandle[] {
    return this.#workers.filter(({ plan }) => plan.role === "follower");
  }

  get #others(): readonly WorkerHandle[] {
    return this.#workers.filter(({ plan }) => plan.role !== "follower");
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
