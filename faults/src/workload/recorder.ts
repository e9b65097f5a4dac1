import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import type { RecordedOperation } from "@aether/conformance";
import type { Event } from "@aether/core";
import { sharedNow } from "./clock.ts";

/** Records the calls of a worker, and provides the clock for their timestamps. */
export interface Recorder {
  readonly record: (operation: RecordedOperation) => void;
  /** Called before each save, so that the saves of a process that is killed are known. @default they are unknown */
  readonly begin?: (client: string, events: readonly Event[]) => void;
  readonly now: () => number;
}

/** Writes operations to a file, one per line. There are too many to keep them in memory or to send them in messages. */
export class FileRecorder implements Recorder {
  readonly #file: WriteStream;
  readonly now: () => number = sharedNow;

  constructor(path: string) {
    this.#file = createWriteStream(path);
  }

  readonly record = (operation: RecordedOperation): void => {
    this.#file.write(`${JSON.stringify(operation)}\n`);
  };

  async close(): Promise<void> {
    this.#file.end();
    await finished(this.#file);
  }
}

/** Reads the file of a {@link FileRecorder}. Skips an incomplete last line, which a killed process may leave. */
export async function readOperations(path: string): Promise<readonly RecordedOperation[]> {
  const operations: RecordedOperation[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.endsWith("}")) operations.push(JSON.parse(line) as RecordedOperation);
  }
  return operations;
}
