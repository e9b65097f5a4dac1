import { checkHistory, type HistoryViolation, type RecordedOperation } from "@aether/conformance";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { checkFeeds } from "../feeds/check-feeds.ts";
import { checkPositions } from "../feeds/check-positions.ts";
import type { Random } from "../random.ts";
import { FINAL_READER, readWithNewStore } from "../workload/final-reads.ts";
import type { FollowedFeed } from "../workload/workers.ts";
import { examineReplicas, type ReplicatedStream } from "./replicas.ts";

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
