import { type RecordedEvent, RecordingStore, recordedEvent } from "@aether/conformance";
import type { ReadOptions, StreamingEventStore } from "@aether/core";
import { Random } from "../random.ts";

import { coldActor, hotActor, type Load, type Tally } from "./plan.ts";
import type { Recorder } from "./recorder.ts";
import { checkFailure, runInParallel } from "./run-in-parallel.ts";

const allowed = ["AETHER_STORE_UNAVAILABLE"];
/** Number of events from which histories are not read as a whole: recording such reads would take too much space. */
const MAX_WHOLE_READ = 500;
const WINDOW = 100;

/** Reads whole histories, last events, windows of events, events backward, and latest versions. Aborts some reads. */
export class Reader {
  readonly #store: StreamingEventStore;
  readonly #recording: RecordingStore;
  readonly #plan: Load;
  readonly #tally: Tally;
  readonly #recorder: Recorder;
  readonly #random: Random;
  readonly #latest = new Map<string, number>();

  constructor(store: StreamingEventStore, plan: Load, tally: Tally, recorder: Recorder) {
    this.#store = store;
    this.#recording = new RecordingStore(store, { client: plan.name, ...recorder });
    this.#plan = plan;
    this.#tally = tally;
    this.#recorder = recorder;
    this.#random = new Random(plan.seed);
  }

  /** Reads until the signal aborts. Rejects with any error that the contract of a store does not allow. */
  run(signal: AbortSignal): Promise<void> {
    return runInParallel(this.#plan.maxInFlight, signal, () => this.#step());
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const isHot = random.chance(0.5);
    const actorId = isHot
      ? hotActor(random.integer(0, this.#plan.hotActors - 1))
      : coldActor(random.integer(0, this.#plan.coldActors - 1));
    const signal = random.chance(0.02) ? AbortSignal.timeout(random.integer(0, 10)) : undefined;
    try {
      await this.#read(actorId, signal);
      this.#tally.reads++;
    } catch (error) {
      await checkFailure(error, allowed, signal?.reason);
      this.#tally.failedReads++;
    }
  }

  async #read(actorId: string, signal: AbortSignal | undefined): Promise<void> {
    const random = this.#random;
    const latest = this.#latest.get(actorId) ?? 0;
    const options = signal === undefined ? {} : { signal };
    const kind = random.pick(["latest version", "whole or last events", "last events", "window", "backward"] as const);
    if (kind === "latest version") {
      this.#learn(actorId, await this.#recording.getLatestVersion(actorId, options));
    } else if (kind === "window") {
      const fromVersion = random.integer(1, Math.max(1, latest));
      await this.#readLazily(actorId, { fromVersion, toVersion: fromVersion + WINDOW, ...options });
    } else if (kind === "backward") {
      await this.#readLazily(actorId, { direction: "backward", limit: random.integer(1, WINDOW), ...options });
    } else {
      const isWhole = kind === "whole or last events" && latest < MAX_WHOLE_READ;
      const events = await this.#recording.getEvents(actorId, isWhole ? 0 : Math.max(0, latest - 5), options);
      this.#learn(actorId, events.at(-1)?.version ?? 0);
    }
  }

  async #readLazily(actorId: string, options: ReadOptions): Promise<void> {
    const { now, record } = this.#recorder;
    const startedAt = now();
    const read: RecordedEvent[] = [];
    for await (const event of this.#store.readEvents(actorId, options)) read.push(recordedEvent(event));
    const call = { kind: "read", client: this.#plan.name, actorId, startedAt, endedAt: now() } as const;
    if (options.direction !== "backward") {
      const { fromVersion = 0, toVersion = Number.MAX_SAFE_INTEGER } = options;
      record({ ...call, fromVersion, toVersion, events: read });
      return;
    }
    const events = read.reverse();
    const isWhole = events.length < (options.limit ?? 0);
    record({ ...call, fromVersion: isWhole ? 0 : (events[0]?.version ?? 0), events });
  }

  #learn(actorId: string, version: number): void {
    this.#latest.set(actorId, Math.max(this.#latest.get(actorId) ?? 0, version));
  }
}
