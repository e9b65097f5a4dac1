// One writer, reader or follower in a separate process, forked by `SqliteProcesses`.
import { setTimeout as delay } from "node:timers/promises";
import { RecordingStore } from "@aether/conformance";
import { type Database, openDatabase } from "@aether/sqlite-driver";
import { parsePosition } from "@aether/store-kit";
import { SqliteEventStore } from "@aether/store-sqlite";
import { FeedLog } from "../workload/feed-log.ts";
import { type FollowEnd, followOnce } from "../workload/follow-once.ts";
import { newTally } from "../workload/plan.ts";
import { Reader } from "../workload/reader.ts";
import { describeError } from "../workload/work.ts";
import { Writer } from "../workload/writer.ts";
import { Journal } from "./journal.ts";
import type { FromSqliteProcess, SqliteFiles, SqlitePlan, ToSqliteProcess } from "./sqlite-plan.ts";

/** The highest limit that SQLite accepts. */
const NO_LIMIT = 4_294_967_294;

const stop = new AbortController();
const end: FollowEnd = { lastSequence: undefined };
const tally = newTally();
const unexpected: string[] = [];
let database: Database;
// Exit when the parent process is gone.
process.once("disconnect", () => process.exit(1));
process.on("message", (message: ToSqliteProcess) => {
  if (message.kind === "start") void start(message.plan, message.files);
  else if (message.kind === "limit") limit(message.pages);
  else {
    end.lastSequence = message.lastSequence;
    stop.abort();
  }
});

async function start(plan: SqlitePlan, files: SqliteFiles): Promise<void> {
  database = await openDatabase(plan.path, plan.driver);
  const store = await SqliteEventStore.open(database, { synchronous: plan.synchronous });
  send({ kind: "ready" });
  const timer = setInterval(report, 200);
  while (!(await work(store, plan, files))) await delay(100);
  const last = await store.getLatestPosition();
  const lastSequence = last === undefined ? 0 : parsePosition(last, "latest").sequence;
  await store.close();
  database.close();
  clearInterval(timer);
  report();
  process.send?.({ kind: "done", lastSequence } satisfies FromSqliteProcess, () => process.exit(0));
}

/** Works until the process is stopped. Returns false after an error that the contract of a store does not allow. */
async function work(store: SqliteEventStore, plan: SqlitePlan, files: SqliteFiles): Promise<boolean> {
  const journal = new Journal(files.journal);
  try {
    if (plan.role === "follower") {
      const recording = new RecordingStore(store, { ...journal, client: plan.name });
      await followOnce(recording, plan.partition, tally, new FeedLog(files.feedLog), end);
    } else {
      const worker = new (plan.role === "writer" ? Writer : Reader)(store, plan, tally, journal);
      await worker.run(stop.signal);
    }
    return true;
  } catch (error) {
    if (unexpected.length < 20) unexpected.push(describeError(error));
    report();
    return false;
  }
}

function limit(pages: number | undefined): void {
  const { page_count: count } = database.prepare("PRAGMA page_count").get() as { readonly page_count: number };
  database.exec(`PRAGMA max_page_count = ${pages === undefined ? NO_LIMIT : count + pages}`);
}

function report(): void {
  send({ kind: "progress", tally, unexpected });
}

function send(message: FromSqliteProcess): void {
  process.send?.(message);
}
