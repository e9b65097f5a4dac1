import type { Report } from "./check-contents.ts";
import type { RecordedEvent, RecordedOperation, RecordedSave } from "./history.ts";

/** What all attempts to save one event at one version were told. */
interface Attempts {
  readonly event: RecordedEvent;
  client: string;
  isAcknowledged: boolean;
  /** Told that something else stands there: it cannot be, whatever other attempts were told. */
  isBeaten: boolean;
  mayBeStored: boolean;
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
  const attempts = attemptsOf(actorId, saves, report);
  for (const [key, attempt] of attempts) {
    const found = stored.get(key);
    if (found === undefined) reportAbsent(actorId, attempt, report);
    else reportPresent(actorId, attempt, found, report);
  }
  for (const [key, { id, version }] of stored) {
    if (!attempts.has(key))
      report({ rule: "unsent", actorId, reason: `nobody sent ${id}, which stands at version ${version}` });
  }
  for (const save of saves) checkBatch(save, stored, report);
  checkConflicts(saves, events, report);
}

/** Of one actor: which event at which version. */
export function keyOf({ id, version }: RecordedEvent): string {
  return `${version} ${id}`;
}

function attemptsOf(actorId: string, saves: readonly RecordedSave[], report: Report): ReadonlyMap<string, Attempts> {
  const attempts = new Map<string, Attempts>();
  for (const { client, events, outcome } of saves) {
    for (const event of events) {
      let attempt = attempts.get(keyOf(event));
      if (attempt === undefined) {
        attempt = { event, client, isAcknowledged: false, isBeaten: false, mayBeStored: false };
        attempts.set(keyOf(event), attempt);
      } else if (attempt.event.content !== event.content) {
        const reason = `${event.id} was sent at version ${event.version} with two contents: nobody can tell which is right`;
        report({ rule: "malformed", actorId, client, reason });
      }
      if (outcome === "ok" || outcome === "same-event") {
        attempt.isAcknowledged = true;
        attempt.client = client;
      }
      // Of a batch that is not the one that stands there, single events may be there by another save.
      if (outcome === "conflict" && events.length === 1) attempt.isBeaten = true;
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
  const { event, client, isAcknowledged, isBeaten, mayBeStored } = attempt;
  if (found.content !== event.content) {
    const reason = `${event.id} at version ${event.version} is ${cut(found.content)}, sent was ${cut(event.content)}`;
    report({ rule: "altered", actorId, client, reason });
  }
  if (isBeaten || !(isAcknowledged || mayBeStored)) {
    const reason = `${event.id} was refused at version ${event.version} and is there`;
    report({ rule: "refused-stored", actorId, client, reason });
  }
}

function checkBatch(
  { client, actorId, events }: RecordedSave,
  stored: ReadonlyMap<string, RecordedEvent>,
  report: Report,
): void {
  const missing = events.filter((event) => !stored.has(keyOf(event)));
  if (missing.length === 0 || missing.length === events.length) return;
  const reason = `of a batch of ${events.length} events, ${missing.map(({ id }) => id).join(", ")} are not there`;
  report({ rule: "torn-batch", actorId, client, reason });
}

function checkConflicts(saves: readonly RecordedSave[], events: readonly RecordedEvent[], report: Report): void {
  const highest = events.reduce((version, event) => Math.max(version, event.version), 0);
  for (const { client, actorId, events, outcome } of saves) {
    const [first] = events;
    if (outcome !== "conflict" || first === undefined || first.version <= highest) continue;
    const reason = `${first.id} was refused at version ${first.version}, but the highest that there ever was is ${highest}`;
    report({ rule: "unfounded-conflict", actorId, client, reason });
  }
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
