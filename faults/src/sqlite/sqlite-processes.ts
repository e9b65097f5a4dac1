import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordedOperation, RecordedPage } from "@aether/conformance";
import { ProcessHandle } from "../process-handle.ts";
import { sharedNow } from "../workload/clock.ts";
import { readPages } from "../workload/feed-log.ts";
import { newTally, sumOf, type Tally } from "../workload/plan.ts";
import type { FollowedFeed } from "../workload/workers.ts";
import { readJournal } from "./journal.ts";
import type { FromSqliteProcess, SqlitePlan, ToSqliteProcess } from "./sqlite-plan.ts";

class SqliteProcess extends ProcessHandle<ToSqliteProcess, FromSqliteProcess> {
  tally: Tally = newTally();
  unexpected: readonly string[] = [];

  constructor(name: string) {
    super(name, new URL("./sqlite-process.js", import.meta.url), ({ tally, unexpected }) => {
      this.tally = tally;
      this.unexpected = unexpected;
    });
  }
}

/** One worker: a process, or several one after the other. */
class Worker {
  readonly plan: SqlitePlan;
  readonly feedLog: string;
  /** The journals of all processes, and times after their ends. */
  readonly journals: { readonly path: string; endedAt: number }[] = [];
  readonly #folder: string;
  #earlier: Tally = newTally();
  #earlierUnexpected: readonly string[] = [];
  #process: SqliteProcess;

  constructor(plan: SqlitePlan, folder: string) {
    this.plan = plan;
    this.#folder = folder;
    this.feedLog = join(folder, `${plan.name}.feed`);
    this.#process = this.#start();
  }

  get tally(): Tally {
    return sumOf([this.#earlier, this.#process.tally]);
  }

  get unexpected(): readonly string[] {
    const { name, unexpected } = this.#process;
    return [...this.#earlierUnexpected, ...unexpected.map((description) => `${name}: ${description}`)];
  }

  send(message: ToSqliteProcess): void {
    this.#process.send(message);
  }

  async ready(): Promise<void> {
    await this.#process.waitFor("ready");
  }

  async kill(): Promise<void> {
    const crashed = this.#process.hasEnded ? [`${this.#process.name} ended early`] : [];
    await this.close();
    this.#earlierUnexpected = [...this.unexpected, ...crashed];
    this.#earlier = this.tally;
    this.#process.tally = newTally();
    this.#process.unexpected = [];
  }

  /** Starts another process after a kill. Resolves when it has opened its store. */
  async replace(): Promise<void> {
    this.#process = this.#start();
    await this.ready();
  }

  /** Returns the last sequence that the process can read. */
  async stop(lastSequence: number): Promise<number> {
    this.send({ kind: "stop", lastSequence });
    const done = await this.#process.waitFor("done");
    await this.close();
    return done.lastSequence;
  }

  async close(): Promise<void> {
    await this.#process.close();
    const journal = this.journals.at(-1);
    if (journal !== undefined) journal.endedAt = sharedNow();
  }

  /** Each process has a name and a seed of its own, because it has a store of its own and makes other events. */
  #start(): SqliteProcess {
    const count = this.journals.length + 1;
    const name = `${this.plan.name}.${count}`;
    const journal = join(this.#folder, `${name}.journal`);
    this.journals.push({ path: journal, endedAt: 0 });
    const started = new SqliteProcess(name);
    const plan = { ...this.plan, name, seed: this.plan.seed + count };
    started.send({ kind: "start", plan, files: { journal, feedLog: this.feedLog } });
    return started;
  }
}

/** Everything that the processes of a run have recorded. */
export interface SqliteRecords {
  readonly operations: readonly RecordedOperation[];
  readonly pages: readonly RecordedPage[];
  /** Number of saves whose process was killed before they settled. */
  readonly cutOff: number;
}

/** The suite's handle to several processes that use one file. Disposing it ends them, and deletes their records. */
export class SqliteProcesses implements AsyncDisposable {
  readonly #folder: string;
  readonly #workers: readonly Worker[];

  private constructor(folder: string, workers: readonly Worker[]) {
    this.#folder = folder;
    this.#workers = workers;
  }

  /** Starts the processes. Resolves when every process has opened its store. */
  static async start(plans: readonly SqlitePlan[]): Promise<SqliteProcesses> {
    const folder = await mkdtemp(join(tmpdir(), "aether-faults-"));
    const processes = new SqliteProcesses(
      folder,
      plans.map((plan) => new Worker(plan, folder)),
    );
    try {
      await Promise.all(processes.#workers.map((worker) => worker.ready()));
      return processes;
    } catch (error) {
      await processes.close();
      throw error;
    }
  }

  /** Names of the workers with a role. */
  names(role: SqlitePlan["role"]): readonly string[] {
    return this.#of(role).map(({ plan }) => plan.name);
  }

  /** Sum of all counters so far. A killed process may not have reported its last 200 ms. */
  get tally(): Tally {
    return sumOf(this.#workers.map(({ tally }) => tally));
  }

  /** One counter per worker that rises while it makes progress. */
  get progress(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.#workers.map(({ plan, tally }) => [plan.name, tally.acknowledged + tally.reads + tally.delivered]),
    );
  }

  /** Number of failed saves of each writer. */
  get failures(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#of("writer").map(({ plan, tally }) => [plan.name, tally.failed]));
  }

  /** Crashes of processes, and failures of calls that the contract of a store does not allow. */
  get unexpected(): readonly string[] {
    return this.#workers.flatMap(({ unexpected }) => unexpected);
  }

  /** Kills workers at the same time with SIGKILL, and starts other processes in their place. */
  async replace(names: readonly string[]): Promise<void> {
    const victims = this.#workers.filter(({ plan }) => names.includes(plan.name));
    await Promise.all(victims.map((worker) => worker.kill()));
    await Promise.all(victims.map((worker) => worker.replace()));
  }

  /** Sets how many pages the file may grow for the connections of all processes. @default no limit */
  limit(pages?: number): void {
    for (const worker of this.#workers) worker.send({ kind: "limit", ...(pages === undefined ? {} : { pages }) });
  }

  /** Stops the writers and readers, then the followers once they have read everything. */
  async stop(): Promise<void> {
    const others = [...this.#of("writer"), ...this.#of("reader")];
    const last = Math.max(...(await Promise.all(others.map((worker) => worker.stop(0)))));
    await Promise.all(this.#of("follower").map((worker) => worker.stop(last)));
  }

  /** Returns all records. Call `stop()` first. */
  records(): SqliteRecords {
    const journals = this.#workers.flatMap((worker) => worker.journals);
    const read = journals.map(({ path, endedAt }) => readJournal(path, endedAt));
    return {
      operations: read.flatMap(({ operations }) => operations),
      pages: read.flatMap(({ pages }) => pages),
      cutOff: read.reduce((sum, { cutOff }) => sum + cutOff, 0),
    };
  }

  /** Returns everything that the followers have received. Call `stop()` first. */
  feeds(): readonly FollowedFeed[] {
    return this.#of("follower").map(({ plan: { name, partition }, feedLog }) => ({
      name,
      partition,
      pages: readPages(feedLog),
    }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #of(role: SqlitePlan["role"]): readonly Worker[] {
    return this.#workers.filter(({ plan }) => plan.role === role);
  }
}
