import type { Report } from "./check-contents.ts";
import { keyOf } from "./check-saves.ts";
import type { RecordedEvent, RecordedOperation, RecordedRead, RecordedVersionRead } from "./history.ts";

/** What was read is what was there at some time, and that time does not go back. */
export function checkReads(
  actorId: string,
  operations: readonly RecordedOperation[],
  events: readonly RecordedEvent[],
  report: Report,
): void {
  const batchEnds = batchEndsOf(operations, events);
  for (const operation of operations) {
    if (operation.kind === "read") checkView(operation, events, batchEnds, report);
    if (operation.kind === "latest-version") checkLatest(operation, events, batchEnds, report);
  }
  const byClient = new Map<string, RecordedOperation[]>();
  for (const operation of operations) {
    const same = byClient.get(operation.client);
    if (same === undefined) byClient.set(operation.client, [operation]);
    else same.push(operation);
  }
  for (const [client, own] of byClient) {
    for (const { read, known } of knownBefore(own.filter(isAnyRead), own.map(seenBy))) {
      if (!misses(read, known.version, events)) continue;
      const reason = `had ${known.what} version ${known.version}, and then read ${describe(read)}`;
      report({ rule: "receding-read", actorId, client, reason: `${client} ${reason}` });
    }
  }
  const saved = operations.filter(({ kind }) => kind === "save").map(seenBy);
  for (const { read, known } of knownBefore(operations.filter(isAnyRead), saved)) {
    if (known.client === read.client || !misses(read, known.version, events)) continue;
    const rule = read.kind === "read" ? "stale-read" : "stale-version";
    const missed = saved.filter(({ endedAt, version }) => endedAt < read.startedAt && misses(read, version, events));
    const staleForMs = missed.reduce((longest, { endedAt }) => Math.max(longest, read.startedAt - endedAt), 0);
    const answer = read.kind === "read" ? `read ${describe(read)}` : `was told ${describe(read)}`;
    const reason = `${known.client} had saved version ${known.version} when ${read.client} asked, and ${answer}`;
    report({ rule, actorId, client: read.client, reason, staleForMs });
  }
}

type AnyRead = RecordedRead | RecordedVersionRead;

/** What a call has shown to its client. */
interface Knowledge {
  readonly client: string;
  readonly endedAt: number;
  readonly version: number;
  readonly what: "saved" | "seen";
}

function isAnyRead(operation: RecordedOperation): operation is AnyRead {
  return operation.kind !== "save";
}

function seenBy(operation: RecordedOperation): Knowledge {
  const { client, endedAt } = operation;
  if (operation.kind === "latest-version") return { client, endedAt, version: operation.version, what: "seen" };
  const last = operation.events.at(-1)?.version ?? 0;
  if (operation.kind === "read") return { client, endedAt, version: last, what: "seen" };
  const isStored = operation.outcome === "ok" || operation.outcome === "same-event";
  return { client, endedAt, version: isStored ? last : 0, what: "saved" };
}

/** For each read the highest version that was known before it was asked for. */
function* knownBefore<Read extends AnyRead>(
  reads: readonly Read[],
  knowledge: readonly Knowledge[],
): Generator<{ readonly read: Read; readonly known: Knowledge }> {
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

/** Whether something that was there when the version was known is not in what was read. */
function misses(read: AnyRead, version: number, stored: readonly RecordedEvent[]): boolean {
  if (read.kind === "latest-version") return read.version < version;
  const { fromVersion, toVersion = Number.MAX_SAFE_INTEGER, events } = read;
  // What is known to be lost is another rule's; of a part, the last that it must have may be below the version.
  const last = version <= toVersion ? version : (stored[firstAtOrAbove(stored, toVersion + 1) - 1]?.version ?? 0);
  return last >= fromVersion && (events.at(-1)?.version ?? 0) < last;
}

function describe(read: AnyRead): string {
  if (read.kind === "latest-version") return `that the latest is ${read.version}`;
  const last = read.events.at(-1);
  return last === undefined ? `nothing from version ${read.fromVersion} on` : `up to version ${last.version} only`;
}

function checkView(
  read: RecordedRead,
  events: readonly RecordedEvent[],
  batchEnds: ReadonlyMap<string, number>,
  report: Report,
): void {
  const { client, actorId, fromVersion, toVersion = Number.MAX_SAFE_INTEGER } = read;
  const flaw = flawOf(read, events);
  if (flaw !== undefined) {
    const reason = `${client} read from version ${fromVersion} on: ${flaw}`;
    report({ rule: "wrong-read", actorId, client, reason });
    return;
  }
  const last = read.events.at(-1);
  const batchEnd = last === undefined ? undefined : batchEnds.get(keyOf(last));
  if (last === undefined || batchEnd === undefined || batchEnd <= last.version || toVersion < batchEnd) return;
  const reason = `${client} read up to version ${last.version} of a batch that ends at ${batchEnd}`;
  report({ rule: "torn-batch", actorId, client, reason });
}

/** The latest version must be that of an event which was the latest at some time. */
function checkLatest(
  { client, actorId, version }: RecordedVersionRead,
  events: readonly RecordedEvent[],
  batchEnds: ReadonlyMap<string, number>,
  report: Report,
): void {
  if (version === 0) return;
  const event = events[firstAtOrAbove(events, version)];
  const what = `${client} was told that the latest is ${version}`;
  if (event?.version !== version) {
    report({ rule: "wrong-read", actorId, client, reason: `${what}, which is not there` });
  } else if ((batchEnds.get(keyOf(event)) ?? version) > version) {
    report({
      rule: "torn-batch",
      actorId,
      client,
      reason: `${what}, of a batch that ends at ${batchEnds.get(keyOf(event))}`,
    });
  }
}

/** A read must be how the events of its range began: the same ones, in the same order, without a hole. */
function flawOf(read: RecordedRead, events: readonly RecordedEvent[]): string | undefined {
  const { fromVersion, toVersion = Number.MAX_SAFE_INTEGER } = read;
  let at = firstAtOrAbove(events, fromVersion);
  for (const seen of read.events) {
    const stored = events[at++];
    const what = `${seen.id} at version ${seen.version}`;
    if (seen.version < fromVersion || seen.version > toVersion) return `${what}, which was not asked for`;
    if (stored === undefined) return `${what}, which is not there`;
    if (keyOf(stored) !== keyOf(seen)) return `${what}, where ${stored.id} at version ${stored.version} stands`;
    if (stored.content !== seen.content) return `${what}, with another content`;
  }
  return undefined;
}

function firstAtOrAbove(events: readonly RecordedEvent[], version: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.version ?? 0) < version) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of each event of a batch that is there, the version with which the batch ends. */
function batchEndsOf(
  operations: readonly RecordedOperation[],
  stored: readonly RecordedEvent[],
): ReadonlyMap<string, number> {
  const keys = new Set(stored.map(keyOf));
  const ends = new Map<string, number>();
  for (const operation of operations) {
    if (operation.kind !== "save" || operation.events.length < 2) continue;
    if (!operation.events.every((event) => keys.has(keyOf(event)))) continue;
    for (const event of operation.events) ends.set(keyOf(event), operation.events.at(-1)?.version ?? 0);
  }
  return ends;
}
