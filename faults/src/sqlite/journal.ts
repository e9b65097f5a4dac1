import { openSync, readFileSync, writeSync } from "node:fs";
import { type RecordedOperation, type RecordedPage, type RecordedSave, recordedEvent } from "@aether/conformance";
import type { Event } from "@aether/core";
import { sharedNow } from "../workload/clock.ts";
import type { Recorder } from "../workload/recorder.ts";

/** A save that has begun. */
type BegunSave = Pick<RecordedSave, "client" | "actorId" | "startedAt" | "events">;

type Entry =
  | { readonly operation: RecordedOperation }
  | { readonly page: RecordedPage }
  | { readonly begun: BegunSave };

/**
 * The calls of a process that may be killed, in a file. Each entry is passed to the operating system before the process
 * continues, so a kill loses none of them.
 */
export class Journal implements Recorder {
  readonly now: () => number = sharedNow;
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  readonly begin = (client: string, events: readonly Event[]): void => {
    const actorId = events[0]?.actorId ?? "";
    this.#append({ begun: { client, actorId, startedAt: this.now(), events: events.map(recordedEvent) } });
  };

  readonly record = (operation: RecordedOperation): void => this.#append({ operation });

  readonly recordPage = (page: RecordedPage): void => this.#append({ page });

  #append(entry: Entry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }
}

/** The contents of a journal. */
export interface JournalContents {
  /** The calls that have settled, and the saves that had not settled when the process ended. */
  readonly operations: readonly RecordedOperation[];
  readonly pages: readonly RecordedPage[];
  /** Number of saves that had begun, but not settled. Their outcome is unknown. */
  readonly cutOff: number;
}

/**
 * Reads the journal of a process.
 *
 * @param endedAt - a time after the end of the process, on the clock of the journal
 */
export function readJournal(path: string, endedAt: number): JournalContents {
  const operations: RecordedOperation[] = [];
  const pages: RecordedPage[] = [];
  // A client saves the same events again only after the earlier save has settled.
  const open = new Map<string, BegunSave>();
  for (const line of readFileSync(path, "utf8").split("\n").slice(0, -1)) {
    const entry = JSON.parse(line) as Entry;
    if ("begun" in entry) open.set(keyOf(entry.begun), entry.begun);
    else if ("page" in entry) pages.push(entry.page);
    else {
      operations.push(entry.operation);
      if (entry.operation.kind === "save") open.delete(keyOf(entry.operation));
    }
  }
  for (const save of open.values()) operations.push({ kind: "save", ...save, endedAt, outcome: "unknown" });
  return { operations, pages, cutOff: open.size };
}

function keyOf({ client, events }: Pick<RecordedSave, "client" | "events">): string {
  return `${client} ${events[0]?.id}`;
}
