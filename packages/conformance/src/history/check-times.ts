import type { ActorHistory, Report } from "./actor-history.ts";
import type { RecordedEvent, RecordedSave } from "./history.ts";
import { knowledgeOf, knownBefore } from "./knowledge.ts";
import type { SentTimes } from "./sent-times.ts";

/** Checks that the order of versions and the conflicts agree with the times of the calls. */
export function checkTimes(actor: ActorHistory, sentAt: SentTimes, report: Report): void {
  checkVersionOrder(actor, sentAt, report);
  checkConflicts(actor.saves, actor.stored, sentAt, report);
}

/** Checks that no event was sent after its version, or a higher one, was known to be stored. */
function checkVersionOrder(actor: ActorHistory, sentAt: SentTimes, report: Report): void {
  const { actorId, stored } = actor;
  const sendTime = (event: RecordedEvent): number => sentAt.earliest(event);
  for (const { item: event, known } of knownBefore(stored, sendTime, knowledgeOf(actor))) {
    if (event.version > known.version) continue;
    const late =
      known.source === "saved"
        ? `version ${known.version} had been acknowledged`
        : `${known.client} had seen version ${known.version}`;
    const reason = `event ${event.id} is stored at version ${event.version}, but was sent after ${late}`;
    report({ rule: "version-order", actorId, reason });
  }
}

/**
 * Checks that each conflict has a cause: a stored event with the version of the save or a higher one. The event must
 * have been sent before the conflict was reported.
 */
function checkConflicts(
  saves: readonly RecordedSave[],
  stored: readonly RecordedEvent[],
  sentAt: SentTimes,
  report: Report,
): void {
  const descending = stored
    .map((event) => ({ version: event.version, sent: sentAt.earliest(event) }))
    .sort((left, right) => right.version - left.version);
  const conflicts = saves
    .flatMap(({ client, actorId, endedAt, outcome, events: [first] }) =>
      outcome === "conflict" && first !== undefined ? [{ client, actorId, endedAt, first }] : [],
    )
    .sort((left, right) => right.first.version - left.first.version);
  let [index, earliest] = [0, Number.POSITIVE_INFINITY];
  for (const { client, actorId, first, endedAt } of conflicts) {
    for (
      let next = descending[index];
      next !== undefined && next.version >= first.version;
      next = descending[++index]
    ) {
      earliest = Math.min(earliest, next.sent);
    }
    if (earliest <= endedAt) continue;
    const highest = descending[0]?.version ?? 0;
    const truth =
      highest < first.version
        ? `the highest version ever stored is ${highest}`
        : "no event at or above this version was stored or in flight at that time";
    const reason = `event ${first.id} was rejected at version ${first.version} with a conflict, but ${truth}`;
    report({ rule: "false-conflict", actorId, client, reason });
  }
}
