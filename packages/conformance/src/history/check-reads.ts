import { type ActorHistory, firstIndexFrom, keyOf, type Report } from "./actor-history.ts";
import type { RecordedEvent, RecordedRead, RecordedSave, RecordedVersionRead } from "./history.ts";

/** For the key of each event in a batch, the last version of that batch. */
type BatchEnds = ReadonlyMap<string, number>;

/** Checks that each read returned a state that the actor's history had at some time. */
export function checkReads({ operations, saves, stored }: ActorHistory, report: Report): void {
  const batchEnds = batchEndsOf(saves, stored);
  for (const operation of operations) {
    if (operation.kind === "read") checkRead(operation, stored, batchEnds, report);
    if (operation.kind === "latest-version") checkLatestVersion(operation, stored, batchEnds, report);
  }
}

function checkRead(read: RecordedRead, stored: readonly RecordedEvent[], batchEnds: BatchEnds, report: Report): void {
  const { client, actorId, fromVersion, toVersion = Number.MAX_SAFE_INTEGER } = read;
  const inconsistency = inconsistencyOf(read, stored);
  if (inconsistency !== undefined) {
    const reason = `${client} read from version ${fromVersion} and got ${inconsistency}`;
    report({ rule: "inconsistent-read", actorId, client, reason });
    return;
  }
  const last = read.events.at(-1);
  const batchEnd = last === undefined ? undefined : batchEnds.get(keyOf(last));
  if (last === undefined || batchEnd === undefined || batchEnd <= last.version || toVersion < batchEnd) return;
  const reason = `${client} read a batch only up to version ${last.version}, but the batch ends at version ${batchEnd}`;
  report({ rule: "non-atomic-batch", actorId, client, reason });
}

/** Checks that a latest version belongs to a stored event that is not followed by other events of its batch. */
function checkLatestVersion(
  { client, actorId, version }: RecordedVersionRead,
  stored: readonly RecordedEvent[],
  batchEnds: BatchEnds,
  report: Report,
): void {
  if (version === 0) return;
  const event = stored[firstIndexFrom(stored, version)];
  const answer = `${client} got ${version} as the latest version`;
  if (event?.version !== version) {
    const reason = `${answer}, but no event with this version is stored`;
    report({ rule: "inconsistent-read", actorId, client, reason });
    return;
  }
  const batchEnd = batchEnds.get(keyOf(event)) ?? version;
  if (batchEnd <= version) return;
  const reason = `${answer}, but this version is inside a batch that ends at version ${batchEnd}`;
  report({ rule: "non-atomic-batch", actorId, client, reason });
}

/**
 * Describes the first wrong event of a read. A read must return the stored events of its range in their order, without
 * leaving out any. Events at the end of the range may be missing, because they may have been saved after the read.
 */
function inconsistencyOf(read: RecordedRead, stored: readonly RecordedEvent[]): string | undefined {
  const { fromVersion, toVersion = Number.MAX_SAFE_INTEGER } = read;
  let index = firstIndexFrom(stored, fromVersion);
  for (const event of read.events) {
    const found = stored[index++];
    const what = `event ${event.id} at version ${event.version}`;
    if (event.version < fromVersion || event.version > toVersion)
      return `${what}, which is outside the requested range`;
    if (found === undefined) return `${what}, which is not stored`;
    if (keyOf(found) !== keyOf(event)) return `${what}, but event ${found.id} at version ${found.version} comes first`;
    if (found.content !== event.content) return `${what}, but its content differs from the stored content`;
  }
  return undefined;
}

/** Maps events to the ends of their batches. Ignores batches that are stored only in part. */
function batchEndsOf(saves: readonly RecordedSave[], stored: readonly RecordedEvent[]): BatchEnds {
  const storedKeys = new Set(stored.map(keyOf));
  const ends = new Map<string, number>();
  for (const { events } of saves) {
    if (events.length < 2 || !events.every((event) => storedKeys.has(keyOf(event)))) continue;
    for (const event of events) ends.set(keyOf(event), events.at(-1)?.version ?? 0);
  }
  return ends;
}
