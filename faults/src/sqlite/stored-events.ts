import { type RecordedEvent, recordedEvent } from "@aether/conformance";
import type { Event } from "@aether/core";
import type { Database } from "@aether/sqlite-driver";
import type { StoredCommit } from "../cluster/read-replicas.ts";

/** The contents of a database file. */
export interface StoredEvents {
  /** All events, in the order of their sequences. Each event has a sequence of its own. */
  readonly commits: readonly StoredCommit[];
  readonly byActor: ReadonlyMap<string, readonly RecordedEvent[]>;
  /** Contradictions in the file itself. */
  readonly violations: readonly string[];
}

interface Row {
  readonly sequence: number;
  readonly actor: string;
  readonly version: number;
  /** Number of later events of the same batch. */
  readonly remaining: number;
  readonly record: string;
}

/** Reads a file with SQL, without the store under test. The ids of the workload's actors are their keys. */
export function readStoredEvents(database: Database): StoredEvents {
  const rows = database.prepare("SELECT * FROM aether_events ORDER BY sequence").all() as readonly Row[];
  const byActor = new Map<string, RecordedEvent[]>();
  const commits: StoredCommit[] = [];
  const violations = integrityOf(database).map((problem) => `file: ${problem}`);
  let previous: Row | undefined;
  for (const row of rows) {
    const { sequence, actor, version, remaining, record } = row;
    const event = JSON.parse(record) as Event;
    commits.push({ sequence, actorId: actor, eventIds: [event.id] });
    const events = byActor.get(actor);
    if (events === undefined) byActor.set(actor, [recordedEvent(event)]);
    else events.push(recordedEvent(event));
    if (event.actorId !== actor || event.version !== version) {
      violations.push(`file: row ${sequence} is of ${actor}, version ${version}, but its record is ${record}`);
    }
    const isWhole = previous === undefined || previous.remaining === 0;
    if (!isWhole && (remaining !== (previous?.remaining ?? 0) - 1 || previous?.actor !== actor)) {
      violations.push(`file: row ${sequence} does not continue the batch of row ${previous?.sequence}`);
    }
    previous = row;
  }
  if ((previous?.remaining ?? 0) > 0) violations.push(`file: the batch of row ${previous?.sequence} has no end`);
  return { commits, byActor, violations };
}

function integrityOf(database: Database): readonly string[] {
  const rows = database.prepare("PRAGMA integrity_check").all() as readonly { readonly integrity_check: string }[];
  return rows.map(({ integrity_check: result }) => result).filter((result) => result !== "ok");
}
