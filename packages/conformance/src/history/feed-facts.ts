import { type ActorHistory, keyOf, mayHaveStored } from "./actor-history.ts";
import type { Commits } from "./commits.ts";
import type { RecordedEvent } from "./history.ts";
import { knowledgeOf } from "./knowledge.ts";
import type { SentTimes } from "./sent-times.ts";

/** Facts of a stored event, from all calls and feeds. */
export interface StoredFact {
  readonly actorId: string;
  readonly event: RecordedEvent;
  /** The time when the event was first sent. */
  readonly sentAt: number;
  /** The earliest time at which a call or a feed had reported the event as stored. */
  readonly knownAt: number;
  /** The events of the batch that contains the event, in its order. `undefined` if the event was saved alone. */
  batch: readonly StoredFact[] | undefined;
  /** The position of the event, if a receipt or a feed contains it. */
  position: string | undefined;
}

/** The facts of all stored events. */
export class FeedFacts {
  readonly #facts = new Map<string, Map<string, StoredFact>>();

  get all(): readonly StoredFact[] {
    return [...this.#facts.values()].flatMap((facts) => [...facts.values()]);
  }

  /** Returns the facts of an event, or `undefined` if it is not stored. */
  of(actorId: string, event: RecordedEvent): StoredFact | undefined {
    return this.#facts.get(actorId)?.get(keyOf(event));
  }

  /** Adds the stored events of an actor. */
  add(actor: ActorHistory, commits: Commits, sentAt: SentTimes): void {
    const { actorId, saves, stored } = actor;
    const facts = new Map<string, StoredFact>();
    const known = knowledgeOf(actor).toSorted((left, right) => right.version - left.version);
    let [index, knownAt] = [0, Number.POSITIVE_INFINITY];
    for (const event of stored.toSorted((left, right) => right.version - left.version)) {
      for (let next = known[index]; next !== undefined && next.version >= event.version; next = known[++index]) {
        knownAt = Math.min(knownAt, next.endedAt);
      }
      const sent = sentAt.earliest(event);
      facts.set(keyOf(event), { actorId, event, sentAt: sent, knownAt, batch: undefined, position: undefined });
    }
    this.#facts.set(actorId, facts);
    for (const save of saves) {
      if (save.events.length < 2 || !mayHaveStored(save)) continue;
      const batch = save.events.flatMap((event) => facts.get(keyOf(event)) ?? []);
      for (const fact of batch) if (commits.isOnlyIn(save, fact.event)) fact.batch = batch;
    }
  }
}
