import { existsSync } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkHistory, type RecordedPage } from "@aether/conformance";
import { openDatabase } from "@aether/sqlite-driver";
import { SqliteEventStore } from "@aether/store-sqlite";
import type { CheckedRun } from "../cluster/check-run.ts";
import { checkFeeds } from "../feeds/check-feeds.ts";
import { checkPositions } from "../feeds/check-positions.ts";
import type { Random } from "../random.ts";
import { readWithNewStore } from "../workload/final-reads.ts";
import type { FollowedFeed } from "../workload/workers.ts";
import type { SqliteRecords } from "./sqlite-processes.ts";
import { readStoredEvents } from "./stored-events.ts";

/** A file that no process uses any more, and the calls of all processes that used it. */
export interface SqliteRun extends Pick<SqliteRecords, "operations"> {
  readonly path: string;
  readonly pages: readonly RecordedPage[];
  readonly feeds: readonly FollowedFeed[];
  readonly random: Random;
}

/**
 * Compares the recorded results of all calls with the contents of the file, and with the reads of a new store. It opens
 * a copy, because libsql keeps files open for some time after they are closed.
 */
export async function checkSqliteRun({ path, operations, pages, feeds, random }: SqliteRun): Promise<CheckedRun> {
  const folder = await mkdtemp(join(tmpdir(), "aether-faults-"));
  const copy = join(folder, "events.db");
  await copyFile(path, copy);
  if (existsSync(`${path}-wal`)) await copyFile(`${path}-wal`, `${copy}-wal`);
  const database = await openDatabase(copy);
  try {
    await using store = await SqliteEventStore.open(database);
    const finalReads = await readWithNewStore(store, operations, random);
    const { commits, byActor, violations } = readStoredEvents(database);
    const broken = checkHistory({ operations: [...operations, ...finalReads], contents: byActor, pages });
    const followed = checkFeeds({ feeds, commits, operations, maxStalenessMs: 0 });
    const positions = await checkPositions(store, feeds, commits, random);
    return {
      violations: [
        ...violations,
        ...broken.map(({ rule, actorId = "", reason }) => `${rule}, ${actorId}: ${reason}`),
        ...followed.violations,
        ...positions.violations,
      ],
      figures: {
        "events stored": commits.length,
        actors: byActor.size,
        "events delivered to followers": followed.delivered,
        "positions checked": positions.checked,
      },
    };
  } finally {
    database.close();
    await rm(folder, { recursive: true });
  }
}
