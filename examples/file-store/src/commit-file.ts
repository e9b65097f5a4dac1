import { type FileHandle, open } from "node:fs/promises";
import { type Event, InvalidEventError } from "@aether/core";
import { decodeEvent, parseJson } from "@aether/store-kit";

const SEPARATOR = "\x1e";
const END = "\n";
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Events of one actor that are stored together or not at all. A writer recognizes its own commit by the id. */
export interface Commit<E extends Event> {
  readonly id: string;
  readonly actorId: string;
  readonly events: readonly E[];
}

/** Called with the records of a file, in their order. */
export interface RecordVisitor<E extends Event> {
  commit(commit: Commit<E>, offset: number): void;
  malformed(raw: Uint8Array, offset: number, cause: unknown): void;
}

/**
 * A file to which any number of processes append commits. Each commit is JSON between a record separator and a line
 * feed, as in RFC 7464. If a write is interrupted, no line feed follows its commit, and readers skip it.
 */
export class CommitFile<E extends Event> {
  readonly #file: FileHandle;
  readonly #chunk = Buffer.allocUnsafe(1 << 20);
  /** Bytes after the last line feed that was read. `#offset` is their offset in the file. */
  #rest: Buffer = Buffer.alloc(0);
  #offset = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open<E extends Event>(path: string): Promise<CommitFile<E>> {
    return new CommitFile<E>(await open(path, "a+"));
  }

  /** Appends a commit in a single write, so that commits from several processes do not mix, and flushes it to disk. */
  async append(commit: Commit<E>): Promise<void> {
    const bytes = Buffer.from(`${SEPARATOR}${JSON.stringify(commit)}${END}`);
    const { bytesWritten } = await this.#file.write(bytes);
    if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
    await this.#file.datasync();
  }

  /** Visits each record that any process has appended since the previous call. */
  async readNew(visitor: RecordVisitor<E>): Promise<void> {
    for (;;) {
      const { bytesRead } = await this.#file.read(this.#chunk, 0, this.#chunk.length, this.#offset + this.#rest.length);
      if (bytesRead === 0) return;
      this.#rest = Buffer.concat([this.#rest, this.#chunk.subarray(0, bytesRead)]);
      for (let end = this.#rest.indexOf(END); end !== -1; end = this.#rest.indexOf(END)) {
        const begin = this.#rest.lastIndexOf(SEPARATOR, end) + 1;
        if (begin > 0) visit(visitor, this.#rest.subarray(begin, end), this.#offset + begin);
        this.#rest = this.#rest.subarray(end + 1);
        this.#offset += end + 1;
      }
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function visit<E extends Event>(visitor: RecordVisitor<E>, raw: Uint8Array, offset: number): void {
  let commit: Commit<E>;
  try {
    commit = decode(raw);
  } catch (cause) {
    visitor.malformed(Uint8Array.from(raw), offset, cause);
    return;
  }
  visitor.commit(commit, offset);
}

function decode<E extends Event>(raw: Uint8Array): Commit<E> {
  const { id, actorId, events } = parseJson(utf8.decode(raw)) as Commit<E>;
  const commit = { id, actorId, events: events.map((event) => decodeEvent<E>(event)) };
  if (events.length > 0 && commit.events.every((event) => event.actorId === actorId)) return commit;
  throw new InvalidEventError({ path: "events", reason: "must be events of the commit's actor" });
}
