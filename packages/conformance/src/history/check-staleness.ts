import { type ActorHistory, firstIndexFrom, groupBy, isConflict, type Report } from "./actor-history.ts";
import type { RecordedEvent, RecordedOperation, RecordedRead, RecordedSave, RecordedVersionRead } from "./history.ts";
import { type Knowledge, knowledgeOf, knownBefore } from "./knowledge.ts";

/** A call whose result shows how far it saw the actor's history: a conflict contains the latest version. */
type AnyRead = RecordedRead | RecordedVersionRead | (RecordedSave & { readonly currentVersion: number });

/**
 * Checks that no read or conflict misses an event that any client had already seen or saved when the call began.
 */
export function checkStaleness(actor: ActorHistory, report: Report): void {
  const { actorId, operations, stored } = actor;
  const knowledge = knowledgeOf(actor);
  const knowledgeByClient = groupBy(knowledge, ({ client }) => client);
  const start = ({ startedAt }: AnyRead): number => startedAt;
  for (const [client, own] of groupBy(operations, (operation) => operation.client)) {
    for (const { item: read, known } of knownBefore(
      own.filter(isAnyRead),
      start,
      knowledgeByClient.get(client) ?? [],
    )) {
      if (!misses(read, known.version, stored)) continue;
      const reason = `${describeKnown(known)}, and later ${describe(read)}`;
      report({ rule: "non-monotonic-read", actorId, client, reason });
    }
  }
  for (const { item: read, known } of knownBefore(operations.filter(isAnyRead), start, knowledge)) {
    if (known.client === read.client || !misses(read, known.version, stored)) continue;
    const { client, startedAt } = read;
    const rule = read.kind === "read" ? "stale-read" : "stale-version";
    const missed = knowledge.filter(({ endedAt, version }) => endedAt < startedAt && misses(read, version, stored));
    const staleForMs = missed.reduce((longest, { endedAt }) => Math.max(longest, startedAt - endedAt), 0);
    const reason = `${describeKnown(known)}, and later ${client} ${describe(read)}`;
    report({ rule, actorId, client, reason, staleForMs });
  }
}

function isAnyRead(operation: RecordedOperation): operation is AnyRead {
  return operation.kind !== "save" || (isConflict(operation) && operation.currentVersion !== undefined);
}

/** Returns true if a read lacks a stored event, given that the actor's latest version was at least `version`. */
function misses(read: AnyRead, version: number, stored: readonly RecordedEvent[]): boolean {
  if (version === 0) return false;
  if (read.kind === "save") return read.currentVersion < version;
  if (read.kind === "latest-version") return read.version < version;
  const { fromVersion, toVersion = Number.MAX_SAFE_INTEGER, events } = read;
  const known = stored[firstIndexFrom(stored, version)]?.version ?? version;
  // If the range ends below the known version, the read must contain the last stored event of the range.
  const last = known <= toVersion ? known : (stored[firstIndexFrom(stored, toVersion + 1) - 1]?.version ?? 0);
  return last >= fromVersion && (events.at(-1)?.version ?? 0) < last;
}

function describeKnown({ client, source, version }: Knowledge): string {
  return `${client} had ${source} version ${version}`;
}

function describe(read: AnyRead): string {
  if (read.kind === "save") return `got a conflict with the currentVersion ${read.currentVersion}`;
  if (read.kind === "latest-version") return `got ${read.version} as the latest version`;
  const last = read.events.at(-1);
  return last === undefined
    ? `read no events from version ${read.fromVersion}`
    : `read only up to version ${last.version}`;
}
