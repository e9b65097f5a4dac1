import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../random.ts";
import type { Workers } from "../workload/workers.ts";

/** Time between two kills, in milliseconds. */
const PAUSE_MS = { min: 1_000, max: 5_000 };

/** Kills followers again and again, until it is stopped. The first follower is spared: it reads in one go. */
export class FollowerKiller {
  /** Number of kills so far. */
  kills = 0;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(workers: Workers, random: Random) {
    this.#done = this.#run(workers, random);
  }

  /** Resolves when all followers are running. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(workers: Workers, random: Random): Promise<void> {
    const { signal } = this.#stop;
    const [, ...victims] = workers.followers;
    for (;;) {
      await delay(random.integer(PAUSE_MS.min, PAUSE_MS.max), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      await workers.restart(random.pick(victims)).catch(() => {}); // The worker reports that it ended early.
      this.kills++;
    }
  }
}
