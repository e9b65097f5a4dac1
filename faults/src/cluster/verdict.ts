import { checkHistory, type HistoryViolation, type RecordedOperation, RecordingStore } from "@aether/conformance";
import { JetStreamEventStore } from "@aether/store-jetstream";
import type { Random } from "../random.ts";
import { sharedNow } from "../workload/clock.ts";
import type { Admin } from "./admin.ts";
import { examineReplicas, type ReplicatedStream } from "./replicas.ts";

/** How many actors are read once more through the store, at the end, and how many at a time. */
const READ_AGAIN = 500;
const LANES = 16;
/** The client that reads them. */
const AFTERWARDS = "a new store, when all was over";
/** For so long a leader that is paused or cut off, and does not notice, answers others with what it has. */
const OUTDATED_FOR_MS = 30_000;

/** What is left when all is over. */
export interface Verdict {
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

export interface Evidence extends ReplicatedStream {
  readonly operations: readonly RecordedOperation[];
  readonly random: Random;
}

/** Judges what the workers were told by what every server holds, and what a new store reads. */
export async function judge(evidence: Evidence): Promise<Verdict> {
  const { admin, streamName, servers, operations, random } = evidence;
  // At once: a replica that lags behind now must not show in what is read.
  const readAgain = await readAfterwards(admin, streamName, operations, random);
  const replicas = await examineReplicas(evidence);
  const violations = [...replicas.violations];
  const contents = replicas.fullest.byActor;
  let [outdatedAnswers, outdatedMs] = [0, 0];
  for (const violation of checkHistory({ operations: [...operations, ...readAgain], contents })) {
    const { rule, actorId = "", reason, staleForMs = 0 } = violation;
    if (servers > 1 && isOutdated(violation)) {
      outdatedAnswers++;
      outdatedMs = Math.max(outdatedMs, Math.round(staleForMs));
    } else violations.push(`${rule}, ${actorId}: ${reason}`);
  }
  return {
    violations,
    figures: {
      "messages stored": replicas.fullest.digests.length,
      "events stored": [...contents.values()].reduce((sum, events) => sum + events.length, 0),
      actors: contents.size,
      ...replicas.figures,
      ...(servers > 1
        ? { "outdated answers about other clients' saves": outdatedAnswers, "outdated by at the most, ms": outdatedMs }
        : {}),
    },
  };
}

/** The answer of a leader that was cut off and had not noticed it yet, which the store's README tells of. */
function isOutdated({ rule, client, staleForMs = 0 }: HistoryViolation): boolean {
  return (rule === "stale-read" || rule === "stale-version") && client !== AFTERWARDS && staleForMs <= OUTDATED_FOR_MS;
}

/** What a store reads that knows nothing yet, of actors that the workers wrote. */
async function readAfterwards(
  { connection }: Admin,
  streamName: string,
  operations: readonly RecordedOperation[],
  random: Random,
): Promise<readonly RecordedOperation[]> {
  await using store = await JetStreamEventStore.open(connection, { streamName, stream: "bind" });
  const reads: RecordedOperation[] = [];
  const record = (operation: RecordedOperation): void => void reads.push(operation);
  const recording = new RecordingStore(store, { client: AFTERWARDS, record, now: sharedNow });
  const written = [...new Set(operations.filter(({ kind }) => kind === "save").map(({ actorId }) => actorId))];
  const hot = written.filter((actorId) => actorId.startsWith("hot"));
  const waiting = [...new Set([...hot, ...random.shuffle(written).slice(0, READ_AGAIN)])];
  const lane = async (): Promise<void> => {
    for (let actorId = waiting.pop(); actorId !== undefined; actorId = waiting.pop())
      await recording.getEvents(actorId);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return reads;
}
