import { type ActorHistory, isConflict, keyOf, type Report } from "./actor-history.ts";
import type { RecordedSave } from "./history.ts";
import type { SentTimes } from "./sent-times.ts";

/**
 * Checks that at most one of the calls that saved an event was acknowledged, and that an event was reported as already
 * stored only if another call may have stored it.
 */
export function checkAcknowledgements({ saves }: ActorHistory, sentAt: SentTimes, report: Report): void {
  const acknowledged = new Map<string, string>();
  for (const save of saves.toSorted((left, right) => left.endedAt - right.endedAt)) {
    if (save.outcome === "ok") checkOnce(save, acknowledged, report);
    if (save.outcome === "same-event") checkCause(save, sentAt, report);
    if (isConflict(save)) checkIsHighEnough(save, report);
  }
}

function checkOnce({ client, actorId, events }: RecordedSave, acknowledged: Map<string, string>, report: Report): void {
  for (const event of events) {
    const earlier = acknowledged.get(keyOf(event));
    if (earlier !== undefined) {
      const reason =
        `event ${event.id} was acknowledged at version ${event.version} twice: ` +
        `first to ${earlier}, then to ${client}; the second save is a conflict with sameEvent`;
      report({ rule: "double-acknowledgement", actorId, client, reason });
    }
    acknowledged.set(keyOf(event), client);
  }
}

function checkCause({ client, actorId, events, endedAt }: RecordedSave, sentAt: SentTimes, report: Report): void {
  const unexplained = events.find((event) => (sentAt.of(event) ?? Number.POSITIVE_INFINITY) > endedAt);
  if (unexplained === undefined) return;
  const { id, version } = unexplained;
  const reason =
    `${client} got a conflict with sameEvent for event ${id} at version ${version}, ` +
    "but no other call that may have stored it had begun";
  report({ rule: "false-conflict", actorId, client, reason });
}

/** Checks that `currentVersion` is at least the version that is reported as taken. */
function checkIsHighEnough({ client, actorId, events, outcome, currentVersion }: RecordedSave, report: Report): void {
  const taken = (outcome === "conflict" ? events[0] : events.at(-1))?.version ?? 0;
  if (currentVersion === undefined || currentVersion >= taken) return;
  const reason = `${client} got a conflict at version ${taken}, but its currentVersion is ${currentVersion}`;
  report({ rule: "false-conflict", actorId, client, reason });
}
