import { type ActorHistory, firstIndexFrom, groupBy, isAcknowledged, type Report } from "./actor-history.ts";
import type { RecordedEvent, RecordedOperation, RecordedRead, RecordedVersionRead } from "./history.ts";

type AnyRead = RecordedRead | RecordedVersionRead;

/** A version that a client knows to be stored, from the result of a call. */
interface Knowledge {
  readonly client: string;
  readonly endedAt: number;
  readonly version: number;
  readonly source: "saved" | "seen";
}

/**
 * Checks that no read misses an event that its client already knew when the read began, or that another client had
 * saved by then.
 */
export function checkStaleness({ actorId, operations, saves, stored }: ActorHistory, report: Report): void {
  for (const [client, own] of groupBy(operations, (operation) => operation.client)) {
    for (const { read, known } of knownBefore(own.filter(isAnyRead), own.map(knowledgeFrom))) {
      if (!misses(read, known.version, stored)) continue;
      const reason = `${client} had ${known.source} version ${known.version}, and later ${describe(read)}`;
      report({ rule: "non-monotonic-read", actorId, client, reason });
    }
  }
  const saved = saves.map(knowledgeFrom);
  for (const { read, known } of knownBefore(operations.filter(isAnyRead), saved)) {
    if (known.client === read.client || !misses(read, known.version, stored)) continue;
    const rule = read.kind === "read" ? "stale-read" : "stale-version";
    const missed = saved.filter(({ endedAt, version }) => endedAt < read.startedAt && misses(read, version, stored));
    const staleForMs = missed.reduce((longest, { endedAt }) => Math.max(longest, read.startedAt - endedAt), 0);
    const reason = `${known.client} had saved version ${known.version}, and later ${read.client} ${describe(read)}`;
    report({ rule, actorId, client: read.client, reason, staleForMs });
  }
}

function isAnyRead(operation: RecordedOperation): operation is AnyRead {
  return operation.kind !== "save";
}

function knowledgeFrom(operation: RecordedOperation): Knowledge {
  const { client, endedAt } = operation;
  if (operation.kind === "latest-version") return { client, endedAt, version: operation.version, source: "seen" };
  const last = operation.events.at(-1)?.version ?? 0;
  if (operation.kind === "read") return { client, endedAt, version: last, source: "seen" };
  return { client, endedAt, version: isAcknowledged(operation) ? last : 0, source: "saved" };
}

/** Pairs each read with the highest version that was already known when the read began. */
function* knownBefore(
  reads: readonly AnyRead[],
  knowledge: readonly Knowledge[],
): Generator<{ readonly read: AnyRead; readonly known: Knowledge }, void, undefined> {
  const byEnd = knowledge.toSorted((left, right) => left.endedAt - right.endedAt);
  let index = 0;
  let highest: Knowledge | undefined;
  for (const read of reads.toSorted((left, right) => left.startedAt - right.startedAt)) {
    for (let next = byEnd[index]; next !== undefined && next.endedAt < read.startedAt; next = byEnd[++index]) {
      if (highest === undefined || next.version > highest.version) highest = next;
    }
    if (highest !== undefined) yield { read, known: highest };
  }
}

/** Returns true if a read lacks a stored event up to the known version. */
function misses(read: AnyRead, version: number, stored: readonly RecordedEvent[]): boolean {
  if (read.kind === "latest-version") return read.version < version;
  const { fromVersion, toVersion = Number.MAX_SAFE_INTEGER, events } = read;
  // If the range ends below the known version, the read must contain the last stored event of the range.
  const last = version <= toVersion ? version : (stored[firstIndexFrom(stored, toVersion + 1) - 1]?.version ?? 0);
  return last >= fromVersion && (events.at(-1)?.version ?? 0) < last;
}

function describe(read: AnyRead): string {
  if (read.kind === "latest-version") return `got ${read.version} as the latest version`;
  const last = read.events.at(-1);
  return last === undefined
    ? `read no events from version ${read.fromVersion}`
    : `read only up to version ${last.version}`;
}
