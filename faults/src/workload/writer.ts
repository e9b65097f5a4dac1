import { RecordingStore } from "@aether/conformance";
import { type Event, type EventStore, isAetherError, isVersionConflictError } from "@aether/core";
import { Random } from "../random.ts";

import { coldActor, hotActor, type Load, type Tally } from "./plan.ts";
import type { Recorder } from "./recorder.ts";
import { checkFailure, runInParallel } from "./run-in-parallel.ts";

const allowed = ["AETHER_VERSION_CONFLICT", "AETHER_OUTCOME_UNKNOWN", "AETHER_STORE_UNAVAILABLE", "AETHER_CONTENTION"];

/** Saves single events and batches, competes for hot actors, repeats saves of unknown outcome, aborts some calls. */
export class Writer {
  readonly #store: RecordingStore;
  readonly #plan: Load;
  readonly #tally: Tally;
  readonly #recorder: Recorder;
  readonly #random: Random;

  /** Latest version of each actor that this writer knows. */
  readonly #latest = new Map<string, number>();
  #events = 0;

  constructor(store: EventStore, plan: Load, tally: Tally, recorder: Recorder) {
    this.#store = new RecordingStore(store, { client: plan.name, ...recorder });
    this.#plan = plan;
    this.#tally = tally;
    this.#recorder = recorder;
    this.#random = new Random(plan.seed);
  }

  /** Writes until the signal aborts. Rejects with any error that the contract of a store does not allow. */
  run(signal: AbortSignal): Promise<void> {
    return runInParallel(this.#plan.maxInFlight, signal, () => this.#step());
  }

  async #step(): Promise<void> {
    const { hotActors, coldActors } = this.#plan;
    const random = this.#random;
    const actorId = random.chance(0.2)
      ? hotActor(random.integer(0, hotActors - 1))
      : coldActor(random.integer(0, coldActors - 1));
    const latest = this.#latest.get(actorId) ?? 0;
    const isOutdated = latest > 1 && random.chance(0.02);
    const version = isOutdated ? random.integer(1, latest) : latest + 1;
    const events = this.#newEvents(actorId, version, random.chance(0.3) ? random.integer(2, 12) : 1);
    // After an unknown outcome, saves the same events again, in most cases until the outcome is known.
    for (let attempt = 1; (await this.#save(events)) === "unknown" && attempt < 5 && random.chance(0.8); attempt++);
  }

  async #save(events: readonly Event[]): Promise<"unknown" | "known"> {
    const [first] = events as readonly [Event, ...Event[]];
    const last = events.at(-1)?.version ?? 0;
    const { actorId } = first;
    const signal = this.#random.chance(0.01) ? AbortSignal.timeout(this.#random.integer(0, 20)) : undefined;
    const options = signal === undefined ? {} : { signal };
    this.#recorder.begin?.(this.#plan.name, events);
    try {
      if (events.length === 1) await this.#store.saveEvent(first, options);
      else await this.#store.saveEvents(events, options);
      this.#learn(actorId, last);
      this.#tally.acknowledged += events.length;
      return "known";
    } catch (error) {
      if (isVersionConflictError(error)) {
        this.#learn(actorId, error.currentVersion);
        if (error.sameEvent) this.#tally.acknowledged += events.length;
        else this.#tally.conflicts++;
        return "known";
      }
      await checkFailure(error, allowed, signal?.reason);
      if (isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) {
        this.#tally.unknown++;
        return "unknown";
      }
      this.#tally.failed++;
      return "known";
    }
  }

  #learn(actorId: string, version: number): void {
    this.#latest.set(actorId, Math.max(this.#latest.get(actorId) ?? 0, version));
  }

  #newEvents(actorId: string, version: number, count: number): readonly Event[] {
    return Array.from({ length: count }, (_, index) => {
      const number = ++this.#events;
      return {
        id: `${this.#plan.name}-${number}`,
        actorId,
        version: version + index,
        eventType: "Written",
        data: { number, text: "x".repeat(this.#random.integer(0, this.#plan.maxTextLength ?? 100)) },
        ...(number % 7 === 0 ? { metadata: { correlationId: `c${number}` } } : {}),
        timestamp: "2026-01-01T00:00:00Z",
      };
    });
  }
}
