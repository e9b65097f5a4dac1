import { type ActorHistory, firstIndexFrom, isConflict, keyOf, mayHaveStored, type Report } from "./actor-history.ts";
import type { Commits } from "./commits.ts";
import type { RecordedEvent, RecordedOperation, RecordedRead, RecordedSave } from "./history.ts";
import type { SentTimes } from "./sent-times.ts";

/** The stored events of an actor, and its batches. */
interface State {
  readonly stored: readonly RecordedEvent[];
  readonly sentAt: SentTimes;
  /** For the key of each event that is stored in a batch, the events of that batch. */
  readonly batches: ReadonlyMap<string, readonly RecordedEvent[]>;
}

/**
 * Checks that each read, each latest version and the `currentVersion` of each conflict show a state that the actor's
 * history had at some time.
 */
export function checkReads(
  { operations, saves, stored }: ActorHistory,
  commits: Commits,
  sentAt: SentTimes,
  report: Report,
): void {
  const state = { stored, sentAt, batches: batchesOf(saves, stored, commits) };
  for (const operation of operations) {
    const { kind, client } = operation;
    if (kind === "read") {
      checkRead(operation, state, report);
    } else if (kind === "latest-version") {
      const answer = `${client} got ${operation.version} as the latest version`;
      checkVersion(operation, { version: operation.version, answer, rule: "inconsistent-read" }, state, report);
    } else if (isConflict(operation) && operation.currentVersion !== undefined) {
      const { currentVersion } = operation;
      const answer = `${client} got a conflict with the currentVersion ${currentVersion}`;
      checkVersion(operation, { version: currentVersion, answer, rule: "false-conflict" }, state, report);
    }
  }
}

function checkRead(read: RecordedRead, { stored, sentAt, batches }: State, report: Report): void {
  const { client, actorId, fromVersion, toVersion = Number.MAX_SAFE_INTEGER, events, endedAt } = read;
  const inconsistency = inconsistencyOf(read, stored);
  if (inconsistency !== undefined) {
    const reason = `${client} read from version ${fromVersion} and got ${inconsistency}`;
    report({ rule: "inconsistent-read", actorId, client, reason });
    return;
  }
  const early = events.find((event) => sentAt.earliest(event) > endedAt);
  if (early !== undefined) {
    const reason = `${client} read event ${early.id} at version ${early.version} before any client had sent it`;
    report({ rule: "inconsistent-read", actorId, client, reason });
  }
  const last = events.at(-1);
  const batch = last === undefined ? undefined : batches.get(keyOf(last));
  const requested = batch?.findLast(({ version }) => version <= toVersion);
  if (last === undefined || batch === undefined || requested === undefined || requested.version <= last.version) return;
  const end = `the batch ends at version ${batch.at(-1)?.version}`;
  const missed = requested === batch.at(-1) ? end : `${end}, and version ${requested.version} was requested, too`;
  const reason = `${client} read a batch only up to version ${last.version}, but ${missed}`;
  report({ rule: "non-atomic-batch", actorId, client, reason });
}

/** An answer of the store that contains the latest version of an actor. */
interface VersionAnswer {
  readonly version: number;
  readonly answer: string;
  /** The rule that the answer breaks if the actor did not have this version. */
  readonly rule: "inconsistent-read" | "false-conflict";
}

/** Checks that a latest version belongs to a stored event that is not followed by other events of its batch. */
function checkVersion(
  { client, actorId, endedAt }: RecordedOperation,
  { version, answer, rule }: VersionAnswer,
  { stored, sentAt, batches }: State,
  report: Report,
): void {
  if (version === 0) return;
  const event = stored[firstIndexFrom(stored, version)];
  if (event?.version !== version) {
    report({ rule, actorId, client, reason: `${answer}, but no event with this version is stored` });
    return;
  }
  if (sentAt.earliest(event) > endedAt) {
    report({ rule, actorId, client, reason: `${answer}, before any client had sent event ${event.id}` });
  }
  const batchEnd = batches.get(keyOf(event))?.at(-1)?.version ?? version;
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

/**
 * Maps events to their batches. Ignores batches that are stored only in part, and those whose events may have been
 * stored by other calls.
 */
function batchesOf(
  saves: readonly RecordedSave[],
  stored: readonly RecordedEvent[],
  commits: Commits,
): State["batches"] {
  const storedKeys = new Set(stored.map(keyOf));
  const batches = new Map<string, readonly RecordedEvent[]>();
  for (const save of saves.filter(mayHaveStored)) {
    const { events } = save;
    const isWhole = events.every((event) => storedKeys.has(keyOf(event)) && commits.isOnlyIn(save, event));
    if (events.length < 2 || !isWhole) continue;
    for (const event of events) batches.set(keyOf(event), events);
  }
  return batches;
}
