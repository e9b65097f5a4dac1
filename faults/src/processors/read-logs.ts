import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { HandlerCall, LeaseState, ParkState, ProcessorHistory } from "./processor-history.ts";
import { type LogLine, readLog, type StateValue } from "./run-log.ts";

type Start = Extract<LogLine, { kind: "start" }>;

/** Reads the files of all processes in a folder. The name of each file is the name of its process. */
export async function readLogs(folder: string): Promise<Pick<ProcessorHistory, "calls" | "leases" | "parks">> {
  const calls: HandlerCall[] = [];
  const states = new States();
  for (const file of await readdir(folder)) {
    const process = basename(file, ".jsonl");
    const running = new Map<number, Start>();
    const add = (start: Start, end: HandlerCall["end"]): void => {
      const { partition, token, position, actorId, version, atMs } = start;
      calls.push({ process, partition, token, position, actorId, version, startMs: atMs, end });
    };
    for await (const line of readLog(join(folder, file))) {
      if (line.kind === "start") running.set(line.call, line);
      else if (line.kind === "sent") states.sent(line.state, line.atMs);
      else if (line.kind === "stored") states.stored(line.state, line.sequence, line.atMs);
      else {
        const start = running.get(line.call);
        if (start !== undefined) add(start, { outcome: line.outcome, atMs: line.atMs });
        running.delete(line.call);
      }
    }
    for (const start of running.values()) add(start, undefined);
  }
  return { calls, ...states.collect() };
}

interface Stored {
  readonly state: StateValue;
  readonly sequence: number;
  readonly atMs: number;
}

/** Pairs the times at which states were sent with those at which they were known to be stored. */
class States {
  /** By document, token and number of the write. */
  readonly #sent = new Map<string, { readonly state: StateValue; readonly atMs: number }>();
  /** By document and sequence. */
  readonly #stored = new Map<string, Stored>();

  sent(state: StateValue, atMs: number): void {
    const key = writeOf(state);
    if ((this.#sent.get(key)?.atMs ?? atMs) >= atMs) this.#sent.set(key, { state, atMs });
  }

  stored(state: StateValue, sequence: number, atMs: number): void {
    const key = `${placeOf(state)} ${sequence}`;
    if ((this.#stored.get(key)?.atMs ?? atMs) >= atMs) this.#stored.set(key, { state, sequence, atMs });
  }

  collect(): { readonly leases: readonly LeaseState[]; readonly parks: readonly ParkState[] } {
    const leases: LeaseState[] = [];
    const parks: ParkState[] = [];
    const add = (state: StateValue, times: Pick<LeaseState, "sentMs" | "stored">): void => {
      if (state.document === "lease") leases.push({ ...state, ...times });
      else parks.push({ ...state, ...times });
    };
    const writes = new Set<string>();
    for (const { state, sequence, atMs } of this.#stored.values()) {
      const key = writeOf(state);
      writes.add(key);
      add(state, { sentMs: this.#sent.get(key)?.atMs ?? 0, stored: { sequence, atMs } });
    }
    for (const [key, { state, atMs }] of this.#sent) {
      if (!writes.has(key)) add(state, { sentMs: atMs, stored: undefined });
    }
    return { leases, parks };
  }
}

function placeOf({ document, partition }: StateValue): string {
  return `${document} ${partition}`;
}

function writeOf(state: StateValue): string {
  return `${placeOf(state)} ${state.token} ${state.write}`;
}
