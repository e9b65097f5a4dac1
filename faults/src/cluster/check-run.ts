import { checkHistory, type HistoryViolation, type RecordedOperation, RecordingStore } from "@aether/conformance";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { checkFeeds } from "../feeds/check-feeds.ts";
import { checkPositions } from "../feeds/check-positions.ts";
import type { Random } from "../random.ts";
import { sharedNow } from "../workload/clock.ts";
import type { FollowedFeed } from "../workload/workers.ts";
import { examineReplicas, type ReplicatedStream } from "./replicas.ts";

/** Number of actors that are read after the run, in addition to the hot actors. */
const FINAL_READS = 500;
const MAX_IN_FLIGHT = 16;
/** Name of the client for the reads after the run. */
const FINAL_READER = "new store after the run";
/** Longest time for which a replaced leader may answer with old data, until it notices that it is not the leader. */
const MAX_STALENESS_MS = 30_000;

export interface CheckedRun {
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** The stream of a finished run, and all calls that its workers made. */
export interface RecordedRun extends ReplicatedStream {
  readonly operations: readonly RecordedOperation[];
  readonly feeds: readonly FollowedFeed[];
  readonly random: Random;
}

/** Compares the recorded results of all calls with the contents of every server, and with the reads of a new store. */
export async function checkRun(run: RecordedRun): Promise<CheckedRun> {
  const { admin, streamName, servers, operations, feeds, random } = run;
  await using store = await JetStreamEventStore.open(admin.connection, { streamName, stream: "bind" });
  // Reads first, while replicas may still lag: this must not affect the reads.
  const finalReads = await readWithNewStore(store, operations, random);
  const replicas = await examineReplicas(run);
  const violations = [...replicas.violations];
  const contents = replicas.fullest.byActor;
  let [staleReads, longestMs] = [0, 0];
  for (const violation of checkHistory({ operations: [...operations, ...finalReads], contents })) {
    const { rule, actorId = "", reason, staleForMs = 0 } = violation;
    if (servers > 1 && isAcceptedStaleRead(violation)) {
      staleReads++;
      longestMs = Math.max(longestMs, Math.round(staleForMs));
    } else violations.push(`${rule}, ${actorId}: ${reason}`);
  }
  const { commits } = replicas.fullest;
  const maxStalenessMs = servers > 1 ? MAX_STALENESS_MS : 0;
  const followed = checkFeeds({ feeds, commits, operations: [...operations], maxStalenessMs });
  const positions = await checkPositions(store, feeds, commits, random);
  violations.push(...followed.violations, ...positions.violations);
  return {
    violations,
    figures: {
      "messages stored": replicas.fullest.digests.length,
      "events stored": [...contents.values()].reduce((sum, events) => sum + events.length, 0),
      actors: contents.size,
      "events delivered to followers": followed.delivered,
      "positions checked": positions.checked,
      ...replicas.figures,
      ...(servers > 1
        ? {
            "stale reads of other clients' saves": staleReads,
            "longest staleness of a read, ms": longestMs,
            "feed pages that missed other clients' saves": followed.stalePages,
          }
        : {}),
    },
  };
}

/** Returns true for a stale read that the store's README allows: a replaced leader answered it with old data. */
function isAcceptedStaleRead({ rule, client, staleForMs = 0 }: HistoryViolation): boolean {
  const isStale = rule === "stale-read" || rule === "stale-version";
  return isStale && client !== FINAL_READER && staleForMs <= MAX_STALENESS_MS;
}

/** Reads all hot actors and a sample of the others with a store whose cache is empty. */
async function readWithNewStore(
  store: JetStreamEventStore,
  operations: readonly RecordedOperation[],
  random: Random,
): Promise<readonly RecordedOperation[]> {
  const reads: RecordedOperation[] = [];
  const record = (operation: RecordedOperation): void => void reads.push(operation);
  const recording = new RecordingStore(store, { client: FINAL_READER, record, now: sharedNow });
  const written = [...new Set(operations.filter(({ kind }) => kind === "save").map(({ actorId }) => actorId))];
  const hot = written.filter((actorId) => actorId.startsWith("hot"));
  const remaining = [...new Set([...hot, ...random.shuffle(written).slice(0, FINAL_READS)])];
  const readUntilDone = async (): Promise<void> => {
    for (let actorId = remaining.pop(); actorId !== undefined; actorId = remaining.pop()) {
      await recording.getEvents(actorId);
    }
  };
  await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, readUntilDone));
  return reads;
}
