import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import type { RecordedOperation } from "@aether/conformance";
import { sharedNow } from "./clock.ts";

/** Where a worker notes what it did, and the clock that it goes by. */
export interface Recorder {
  readonly record: (operation: RecordedOperation) => void;
  readonly now: () => number;
}

/** Notes operations in a file, a line each: too many to send from process to process, or to keep in each. */
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

/** What a {@link FileRecorder} noted. A last line that is not whole is of a process that died. */
export async function readOperations(path: string): Promise<readonly RecordedOperation[]> {
  const operations: RecordedOperation[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.endsWith("}")) operations.push(JSON.parse(line) as RecordedOperation);
  }
  return operations;
}
