import type { Report } from "./check-contents.ts";
import type { RecordedEvent, RecordedOperation, RecordedSave, SaveOutcome } from "./history.ts";

/** What all attempts to save one event at one version were told. */
interface Attempts {
  readonly event: RecordedEvent;
  client: string;
  isAcknowledged: boolean;
  /** Told that something else stands there: it cannot be, whatever other attempts were told. */
  isBeaten: boolean;
  mayBeStored: boolean;
  /** In the order of the answers. */
  readonly outcomes: SaveOutcome[];
}

/** What was saved is there as often and as whole as the writers were told. */
export function checkSaves(
  actorId: string,
  operations: readonly RecordedOperation[],
  events: readonly RecordedEvent[],
  report: Report,
): void {
  const saves = operations.filter((operation) => operation.kind === "save");
  const stored = new Map(events.map((event) => [keyOf(event), event]));
  const ways = waysOf(saves);
  const isOnlySentIn = ({ events: batch }: RecordedSave): boolean =>
    batch.every((event) => ways.get(keyOf(event))?.size === 1);
  const attempts = attemptsOf(actorId, saves, isOnlySentIn, report);
  for (const [key, attempt] of attempts) {
    const found = stored.get(key);
    if (found === undefined) reportAbsent(actorId, attempt, report);
    else reportPresent(actorId, attempt, found, report);
  }
  for (const [key, { id, version }] of stored) {
    if (!attempts.has(key))
      report({ rule: "unsent", actorId, reason: `nobody sent ${id}, which stands at version ${version}` });
  }
  const placeOf = new Map(events.map((event, place) => [keyOf(event), place]));
  for (const save of saves) checkBatch(save, ways, placeOf, report);
}

/** Of one actor: which event at which version. */
export function keyOf({ id, version }: RecordedEvent): string {
  return `${version} ${id}`;
}

/** In which company each event was sent: alone, in a batch, in another batch. */
function waysOf(saves: readonly RecordedSave[]): ReadonlyMap<string, ReadonlySet<string>> {
  const ways = new Map<string, Set<string>>();
  for (const { events } of saves) {
    const keys = events.map(keyOf);
    const way = keys.join("\n");
    for (const key of keys) ways.set(key, (ways.get(key) ?? new Set()).add(way));
  }
  return ways;
}

/** @param isOnlySentIn - no event of the save was sent in another company */
function attemptsOf(
  actorId: string,
  saves: readonly RecordedSave[],
  isOnlySentIn: (save: RecordedSave) => boolean,
  report: Report,
): ReadonlyMap<string, Attempts> {
  const attempts = new Map<string, Attempts>();
  for (const save of [...saves].sort((a, b) => a.endedAt - b.endedAt)) {
    const { client, events, outcome } = save;
    // Of a batch that is not the one that stands there, single events may be there by another save.
    const isBeaten = outcome === "conflict" && (events.length === 1 || isOnlySentIn(save));
    for (const event of events) {
      let attempt = attempts.get(keyOf(event));
      if (attempt === undefined) {
        attempt = { event, client, isAcknowledged: false, isBeaten: false, mayBeStored: false, outcomes: [] };
        attempts.set(keyOf(event), attempt);
      } else if (attempt.event.content !== event.content) {
        const reason = `${event.id} was sent at version ${event.version} with two contents: nobody can tell which is right`;
        report({ rule: "malformed", actorId, client, reason });
      }
      if (outcome === "ok" || outcome === "same-event") {
        attempt.isAcknowledged = true;
        attempt.client = client;
      }
      attempt.outcomes.push(outcome);
      if (isBeaten) attempt.isBeaten = true;
      if (outcome === "unknown") attempt.mayBeStored = true;
    }
  }
  return attempts;
}

function reportAbsent(actorId: string, { event, client, isAcknowledged }: Attempts, report: Report): void {
  if (!isAcknowledged) return;
  const reason = `${event.id} was acknowledged at version ${event.version} and is not there`;
  report({ rule: "lost", actorId, client, reason });
}

function reportPresent(actorId: string, attempt: Attempts, found: RecordedEvent, report: Report): void {
  const { event, client, isAcknowledged, isBeaten, mayBeStored, outcomes } = attempt;
  if (found.content !== event.content) {
    const reason = `${event.id} at version ${event.version} is ${cut(found.content)}, sent was ${cut(event.content)}`;
    report({ rule: "altered", actorId, client, reason });
  }
  if (isBeaten || !(isAcknowledged || mayBeStored)) {
    const reason = `${event.id} was refused at version ${event.version} (${outcomes.join(", ")}) and is there`;
    report({ rule: "refused-stored", actorId, client, reason });
  }
}

/** All of a batch is there, and nothing in between, or nothing of it; but for what was sent in another company, too. */
function checkBatch(
  { client, actorId, events }: RecordedSave,
  ways: ReadonlyMap<string, ReadonlySet<string>>,
  placeOf: ReadonlyMap<string, number>,
  report: Report,
): void {
  const missing = events.filter((event) => !placeOf.has(keyOf(event)));
  const places = events
    .filter((event) => ways.get(keyOf(event))?.size === 1)
    .flatMap((event) => placeOf.get(keyOf(event)) ?? []);
  if (places.length === 0) return;
  const what = `of a batch of ${events.length} events,`;
  if (missing.length > 0) {
    const reason = `${what} ${missing.map(({ id }) => id).join(", ")} are not there`;
    report({ rule: "torn-batch", actorId, client, reason });
  } else if (places.length === events.length && spanOf(places) >= places.length) {
    report({ rule: "torn-batch", actorId, client, reason: `${what} others stand in between` });
  }
}

/** Returns the distance between the lowest and the highest place. */
function spanOf(places: readonly number[]): number {
  const highest = places.reduce((a, b) => Math.max(a, b));
  return highest - places.reduce((a, b) => Math.min(a, b));
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
