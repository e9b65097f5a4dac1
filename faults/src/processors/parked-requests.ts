import { setTimeout as delay } from "node:timers/promises";
import type { DocumentStore } from "@aether/core";
import { discardParked, parkedActors, retryParked } from "@aether/processor";
import { sharedNow } from "../workload/clock.ts";
import { isPassing } from "./is-passing.ts";
import type { ProcessorHistory } from "./processor-history.ts";
import { PROCESSOR } from "./processor-messages.ts";
import { isHopeless, parseEventId } from "./work-events.ts";

const INTERVAL_MS = 300;

/** Requests again and again that parked actors are handled, or that their event is discarded. */
export class ParkedRequests implements AsyncDisposable {
  readonly discards: ProcessorHistory["discards"][number][] = [];
  readonly unexpected: string[] = [];
  /** Number of requests to handle an actor again that were stored. */
  retries = 0;
  readonly #documents: DocumentStore;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#requestAll();
      } catch (error) {
        if (!isPassing(error)) this.unexpected.push(`a request for a parked actor failed: ${String(error)}`);
      }
      await delay(INTERVAL_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #requestAll(): Promise<void> {
    const documents = this.#documents;
    for (const { actorId, eventId, request } of await parkedActors(documents, PROCESSOR)) {
      if (request !== null || this.#stop.signal.aborted) continue;
      const { version } = parseEventId(eventId);
      if (isHopeless(actorId, version)) {
        this.discards.push({ actorId, version, sentMs: sharedNow() });
        await discardParked(documents, PROCESSOR, actorId, { eventId });
      } else if (await retryParked(documents, PROCESSOR, actorId)) this.retries++;
    }
  }
}
