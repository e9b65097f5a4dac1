import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../random.ts";
import type { ProcessorSlot } from "./processor-slot.ts";

/** Time between two faults, in milliseconds. */
const PAUSE_MS = { min: 1_000, max: 4_000 };
/** Longest time until a process is replaced, in milliseconds. */
const MAX_REPLACE_MS = 1_000;
/** Time for which a process is suspended, in leases. */
const SUSPENDED_LEASES = { min: 1.2, max: 2.5 };

const kinds = ["kill a process", "suspend a process beyond its lease", "stop and replace a process"] as const;
type Kind = (typeof kinds)[number];

export interface ProcessFaultsOptions {
  readonly slots: readonly ProcessorSlot[];
  readonly random: Random;
  readonly leaseMs: number;
  readonly log: (line: string) => void;
}

/** Kills, suspends and stops processes, one after the other, until it is stopped. */
export class ProcessFaults implements AsyncDisposable {
  /** Number of faults by kind. */
  readonly counts: Record<Kind, number> = {
    "kill a process": 0,
    "suspend a process beyond its lease": 0,
    "stop and replace a process": 0,
  };
  readonly violations: string[] = [];
  readonly #options: ProcessFaultsOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(options: ProcessFaultsOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** Resolves when all processes are running. Each kind of fault was injected at least once by then. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(): Promise<void> {
    const { slots, random, log } = this.#options;
    const { signal } = this.#stop;
    let next: readonly Kind[] = kinds;
    for (let round = 0; ; next = random.shuffle(kinds), round++) {
      for (const kind of next) {
        await delay(random.integer(PAUSE_MS.min, PAUSE_MS.max), undefined, { signal }).catch(() => {});
        if (signal.aborted && round > 0) return;
        const slot = random.pick(slots);
        try {
          await this.#inject(kind, slot);
          this.counts[kind]++;
          log(`${kind}: ${slot.name}`);
        } catch (error) {
          this.violations.push(`after "${kind}": ${String(error)}`);
          return;
        }
      }
    }
  }

  async #inject(kind: Kind, slot: ProcessorSlot): Promise<void> {
    const { random, leaseMs } = this.#options;
    if (kind === "suspend a process beyond its lease") {
      slot.suspend();
      await delay(random.integer(leaseMs * SUSPENDED_LEASES.min, leaseMs * SUSPENDED_LEASES.max));
      slot.resume();
      return;
    }
    if (kind === "kill a process") await slot.kill();
    else await slot.stop();
    await delay(random.integer(0, MAX_REPLACE_MS));
    await slot.replace();
  }
}
