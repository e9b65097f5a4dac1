import { type ActorHistory, isAcknowledged, keyOf, mayHaveStored, type Report } from "./actor-history.ts";
import type { Commits } from "./commits.ts";
import type { RecordedEvent, RecordedSave, SaveOutcome } from "./history.ts";

/** All attempts to save the same event at the same version. */
interface Attempts {
  readonly event: RecordedEvent;
  client: string;
  isAcknowledged: boolean;
  /** True if an attempt got a conflict with another event. If so, the event cannot be stored by any attempt. */
  hasLost: boolean;
  mayBeStored: boolean;
  /** The outcomes of the attempts, in the order in which the calls ended. */
  readonly outcomes: SaveOutcome[];
}

/** Checks that the stored events match the outcomes of the saves. */
export function checkSaves({ actorId, saves, stored }: ActorHistory, commits: Commits, report: Report): void {
  const storedByKey = new Map(stored.map((event) => [keyOf(event), event]));
  const attempts = attemptsOf(actorId, saves, commits, report);
  for (const [key, attempt] of attempts) {
    const found = storedByKey.get(key);
    if (found === undefined) reportMissing(actorId, attempt, report);
    else reportStored(actorId, attempt, found, report);
  }
  for (const [key, { id, version }] of storedByKey) {
    if (attempts.has(key)) continue;
    const reason = `event ${id} is stored at version ${version}, but no client sent it`;
    report({ rule: "unsent-event", actorId, reason });
  }
  const indexOf = new Map(stored.map((event, index) => [keyOf(event), index]));
  for (const save of saves.filter(mayHaveStored)) checkAtomic(save, commits, indexOf, report);
}

function attemptsOf(
  actorId: string,
  saves: readonly RecordedSave[],
  commits: Commits,
  report: Report,
): ReadonlyMap<string, Attempts> {
  const attempts = new Map<string, Attempts>();
  for (const save of saves.toSorted((left, right) => left.endedAt - right.endedAt)) {
    const { client, events, outcome } = save;
    for (const event of events) {
      let attempt = attempts.get(keyOf(event));
      if (attempt === undefined) {
        attempt = { event, client, isAcknowledged: false, hasLost: false, mayBeStored: false, outcomes: [] };
        attempts.set(keyOf(event), attempt);
      } else if (attempt.event.content !== event.content) {
        const reason = `event ${event.id} was sent twice at version ${event.version}, with different contents`;
        report({ rule: "malformed-history", actorId, client, reason });
      }
      if (isAcknowledged(save)) {
        attempt.isAcknowledged = true;
        attempt.client = client;
      }
      attempt.outcomes.push(outcome);
      // An event of a batch that got a conflict may still be stored by another call that sent it in another commit.
      const canBeElsewhere = events.length > 1 && !commits.isOnlyIn(save, event);
      if (outcome === "conflict" && !canBeElsewhere) attempt.hasLost = true;
      if (outcome === "unknown") attempt.mayBeStored = true;
    }
  }
  return attempts;
}

function reportMissing(actorId: string, { event, client, isAcknowledged }: Attempts, report: Report): void {
  if (!isAcknowledged) return;
  const reason = `event ${event.id} was acknowledged at version ${event.version}, but is not stored`;
  report({ rule: "lost-event", actorId, client, reason });
}

function reportStored(actorId: string, attempts: Attempts, found: RecordedEvent, report: Report): void {
  const { event, client, isAcknowledged, hasLost, mayBeStored, outcomes } = attempts;
  const what = `event ${event.id} at version ${event.version}`;
  if (found.content !== event.content) {
    const reason = `${what} was sent as ${shorten(event.content)}, but is stored as ${shorten(found.content)}`;
    report({ rule: "altered-event", actorId, client, reason });
  }
  if (hasLost || !(isAcknowledged || mayBeStored)) {
    const reason = `${what} was rejected (outcomes: ${outcomes.join(", ")}), but is stored`;
    report({ rule: "rejected-event-stored", actorId, client, reason });
  }
}

/**
 * Checks that a batch is either stored completely and without other events in between, or not stored at all. Ignores
 * events that were also sent in another commit.
 */
function checkAtomic(save: RecordedSave, commits: Commits, indexOf: ReadonlyMap<string, number>, report: Report): void {
  const { client, actorId, events } = save;
  const missing = events.filter((event) => !indexOf.has(keyOf(event)));
  const indices = events
    .filter((event) => commits.isOnlyIn(save, event))
    .flatMap((event) => indexOf.get(keyOf(event)) ?? []);
  if (indices.length === 0) return;
  const batch = `a batch of ${events.length} events`;
  if (missing.length > 0) {
    const reason = `${batch} is stored only in part; missing: ${missing.map(({ id }) => id).join(", ")}`;
    report({ rule: "non-atomic-batch", actorId, client, reason });
  } else if (indices.length === events.length && spanOf(indices) >= indices.length) {
    report({ rule: "non-atomic-batch", actorId, client, reason: `${batch} is stored with other events in between` });
  }
}

/** Returns the difference between the highest and the lowest index. */
function spanOf(indices: readonly number[]): number {
  const highest = indices.reduce((a, b) => Math.max(a, b));
  return highest - indices.reduce((a, b) => Math.min(a, b));
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
