import { type FileHandle, open } from "node:fs/promises";
import type { Event, EventsWithErrors, SaveReceipt, StoreSupports } from "@aether/core";
import {
  AbstractEventStore,
  type AnnounceOptions,
  conflictOf,
  decodeEvent,
  formatPosition,
  parseJson,
  receiptOf,
} from "@aether/store-kit";

export const journalStoreSupports: StoreSupports = Object.freeze({ batch: true, durable: true, shared: false });

/**
 * An event store in a file. Only one store at a time may open the file. Each line is one commit: a JSON array with the
 * events of one save. A last line without a line end is an interrupted commit and is removed.
 */
export class JournalEventStore extends AbstractEventStore {
  override readonly supports: StoreSupports = journalStoreSupports;
  readonly #file: FileHandle;
  readonly #actors = new Map<string, Event[]>();
  #length = 0;

  private constructor(file: FileHandle, options: AnnounceOptions) {
    super({ ...options, inTurn: true });
    this.#file = file;
  }

  static async open(directory: string, options: AnnounceOptions = {}): Promise<JournalEventStore> {
    const store = new JournalEventStore(await open(`${directory}/journal.jsonl`, "a+"), options);
    await store.#load();
    return store;
  }

  protected override async append(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
    const stored = this.#eventsOf(events[0]?.actorId ?? "");
    const idAt = (version: number) => stored.find((event) => event.version === version)?.id;
    const conflict = conflictOf(events, stored.at(-1)?.version ?? 0, idAt);
    if (conflict !== undefined) throw conflict;
    const line = `${JSON.stringify(events)}\n`;
    await this.#file.appendFile(line);
    const offset = this.#length;
    this.#length += Buffer.byteLength(line);
    this.#keep(events);
    return events.map((event, index) => receiptOf(event, formatPosition({ sequence: offset, index })));
  }

  protected override read(actorId: string, fromVersion: number): EventsWithErrors {
    return { events: this.#eventsOf(actorId).filter(({ version }) => version >= fromVersion), errors: [] };
  }

  protected override latestVersion(actorId: string): number {
    return this.#eventsOf(actorId).at(-1)?.version ?? 0;
  }

  protected override release(): Promise<void> {
    return this.#file.close();
  }

  async #load(): Promise<void> {
    const bytes = await this.#file.readFile();
    this.#length = bytes.lastIndexOf("\n") + 1;
    await this.#file.truncate(this.#length);
    for (const line of bytes.toString("utf8", 0, this.#length).split("\n")) this.#keep(decodeCommit(line));
  }

  #keep(events: readonly Event[]): void {
    const actorId = events[0]?.actorId ?? "";
    this.#actors.set(actorId, [...this.#eventsOf(actorId), ...events]);
  }

  #eventsOf(actorId: string): readonly Event[] {
    return this.#actors.get(actorId) ?? [];
  }
}

/** Returns the events of a line, or `[]` if the line is not a commit. */
function decodeCommit(line: string): readonly Event[] {
  try {
    return (parseJson(line) as unknown[]).map((event) => decodeEvent(event));
  } catch {
    return [];
  }
}
