import type { Position } from "@aether/core";
import { SeededRandom } from "../samples/seeded-random.ts";
import type { ProjectionCaseContext } from "../suite/projection-case.ts";
import type { ProjectionSample, RunningSample } from "../suite/projections-under-test.ts";
import { FragileProcess, type ProcessFate } from "./fragile-process.ts";
import { checkContents, type Kind, kindNames, Saver, sampleOf } from "./samples.ts";

/** The rules of random schedules. */
export interface ScheduleRules {
  readonly partitions: 1 | 16;
  /** Number of processes that begin in each step. */
  readonly processes: number;
  /** True if processes end at random writes. */
  readonly crashes: boolean;
  /** Share of the writes whose answers are lost, in percent. */
  readonly lostPercent: number;
}

/** Number of steps. In each, events are saved, and processes begin and end. */
const STEPS = 3;
const EVENTS = 12;

/**
 * Runs a projection for each seed, all at the same time on the same events. Processes come and go as the seed says.
 * Finally, a process without faults runs, and the documents must be those of a plain fold.
 */
export async function runSchedules(
  guarantee: string,
  context: ProjectionCaseContext,
  rules: ScheduleRules,
): Promise<void> {
  const saver = new Saver(context.store, new SeededRandom(context.seeds[0] ?? 1));
  const schedules = context.seeds.map((seed) => new Schedule(context, seed, rules));
  let position = await saver.save(EVENTS);
  for (let step = 0; step < STEPS; step++) {
    const saved = saver.save(EVENTS);
    await Promise.all(schedules.map((schedule) => schedule.step(position)));
    position = await saved;
  }
  await Promise.all(schedules.map((schedule) => schedule.end(guarantee, position)));
}

/** A process, and the projection that it runs. */
interface Member {
  readonly process: FragileProcess;
  readonly running: RunningSample;
}

/** A projection whose processes come and go. */
class Schedule {
  readonly #context: ProjectionCaseContext;
  readonly #seed: number;
  readonly #random: SeededRandom;
  readonly #rules: ScheduleRules;
  readonly #kind: Kind;
  readonly #log: string[] = [];
  #running: readonly Member[] = [];

  constructor(context: ProjectionCaseContext, seed: number, rules: ScheduleRules) {
    this.#context = context;
    this.#seed = seed;
    this.#random = new SeededRandom(seed);
    this.#rules = rules;
    this.#kind = kindNames[seed % kindNames.length] as Kind;
  }

  get #sample(): ProjectionSample {
    return sampleOf(this.#kind, `seed-${this.#seed}`);
  }

  /** Starts processes, waits until they have caught up or ended, and ends some of them. */
  async step(position: Position): Promise<void> {
    for (let count = this.#rules.processes; count > 0; count--) await this.#start();
    const { leaseMs } = this.#context;
    // A process that has ended keeps its partitions until its leases end.
    const timeoutMs = this.#random.pick([leaseMs / 4, leaseMs * 3]);
    await Promise.all(
      this.#running.map(({ process, running }) =>
        Promise.race([process.died, running.get("any", { atLeast: position, timeoutMs }).catch(() => {})]),
      ),
    );
    const left: Member[] = [];
    for (const each of this.#running) {
      const end = each.process.isDead ? "died" : this.#random.pick(["goes on", "stops", "is killed"] as const);
      this.#log.push(end);
      if (end === "goes on") left.push(each);
      else if (end === "stops") await Promise.race([each.running.stop(), each.process.died]);
      else each.process.kill();
      if (end === "died" || end === "is killed") void each.running.stop().catch(() => {});
    }
    this.#running = left;
  }

  /** Ends all processes, and checks the documents with a process without faults. */
  async end(guarantee: string, position: Position): Promise<void> {
    for (const { process, running } of this.#running) {
      process.kill();
      void running.stop().catch(() => {});
    }
    const { partitions } = this.#rules;
    const running = await this.#context.run(this.#sample, { partitions });
    const given = { seed: this.#seed, projection: this.#kind, ...this.#rules, processes: this.#log };
    await checkContents(guarantee, given, this.#context, this.#sample, running, position);
  }

  async #start(): Promise<void> {
    const { crashes, lostPercent, partitions } = this.#rules;
    const random = this.#random;
    const dies = crashes && random.below(4) > 0;
    // Without partitions, the first writes are those of the settings and the lease.
    const dieAtWrite = dies
      ? { write: random.below(partitions === 1 ? 14 : 60), isAfter: random.below(2) === 0 }
      : undefined;
    const fate: ProcessFate = { dieAtWrite, lostPercent };
    const process = new FragileProcess(this.#context, new SeededRandom(random.below(1_000_000)), fate);
    const maxBatchEvents = 1 + random.below(8);
    this.#log.push(dieAtWrite === undefined ? "starts" : `starts, dies at write ${dieAtWrite.write}`);
    const { store, documents } = process;
    const starting = this.#context.run(this.#sample, { store, documents, partitions, maxBatchEvents });
    starting.catch(() => {});
    const running = await Promise.race([starting, process.died]);
    if (running !== undefined) this.#running = [...this.#running, { process, running }];
    else this.#log.push("died");
  }
}
