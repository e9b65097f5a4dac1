import { createReadStream, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Position } from "@aether/core";
import type { LeaseState, ParkState } from "./processor-history.ts";

/** The fields of a state, without the times at which it was sent and stored. */
export type StateValue =
  | ({ readonly document: "lease" } & Omit<LeaseState, "sentMs" | "stored">)
  | ({ readonly document: "parks" } & Omit<ParkState, "sentMs" | "stored">);

/** Something that happened in a process, with its time on the clock that all processes share. */
export type LogLine = { readonly atMs: number } & (
  | {
      readonly kind: "start";
      /** Number of the call in its process. */
      readonly call: number;
      readonly partition: number;
      readonly token: string;
      readonly position: Position;
      readonly actorId: string;
      readonly version: number;
    }
  | { readonly kind: "end"; readonly call: number; readonly outcome: "handled" | "failed" }
  /** The process is about to write a state. */
  | { readonly kind: "sent"; readonly state: StateValue }
  /** The process has learned that a state is stored. */
  | { readonly kind: "stored"; readonly state: StateValue; readonly sequence: number }
);

/**
 * Writes what happens in a process to a file, at once: nothing is lost if the process is killed, and nothing follows
 * before it is written.
 */
export class RunLog {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  write(line: LogLine): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

/** Reads the file of a {@link RunLog}. Skips an incomplete last line. */
export async function* readLog(path: string): AsyncGenerator<LogLine> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.endsWith("}")) yield JSON.parse(line) as LogLine;
  }
}
