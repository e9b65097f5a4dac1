import { type FileHandle, open } from "node:fs/promises";
import {
  type BatchEventStore,
  type CallOptions,
  type Event,
  type NewEvent,
  type Position,
  type SaveReceipt,
  StoreClosedError,
  type StoreSupports,
  VersionConflictError,
} from "@aether/core";
import {
  checkActorId,
  checkCount,
  decodeEvent,
  type EventDefaults,
  parseJson,
  prepareEvent,
  prepareEvents,
} from "@aether/store-kit";

export const journalStoreSupports: StoreSupports = Object.freeze({ batch: true, durable: true, shared: false });

const defaults: EventDefaults = { newId: () => crypto.randomUUID(), now: () => new Date().toISOString() };

/**
 * An event store in a file. Only one store at a time may open the file. Each line is one commit: a JSON array with the
 * events of one save. A last line without a line end is an interrupted commit and is removed.
 */
export class JournalEventStore implements BatchEventStore {
  readonly supports: StoreSupports = journalStoreSupports;
  readonly #file: FileHandle;
  readonly #actors = new Map<string, Event[]>();
  #length = 0;
  #lastCommit: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(directory: string): Promise<JournalEventStore> {
    const store = new JournalEventStore(await open(`${directory}/journal.jsonl`, "a+"));
    await store.#load();
    return store;
  }

  async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
    const prepared = prepareEvent(event, defaults);
    this.#checkOpen(options);
    const [receipt] = await this.#commitInTurn([prepared], options);
    return receipt as SaveReceipt;
  }

  async saveEvents(events: readonly NewEvent[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    const prepared = prepareEvents(events, defaults);
    this.#checkOpen(options);
    return prepared.length === 0 ? [] : this.#commitInTurn(prepared, options);
  }

  async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
    checkActorId(actorId);
    checkCount(fromVersion, "fromVersion");
    this.#checkOpen(options);
    return this.#eventsOf(actorId).filter(({ version }) => version >= fromVersion);
  }

  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    checkActorId(actorId);
    this.#checkOpen(options);
    return this.#eventsOf(actorId).at(-1)?.version ?? 0;
  }

  close(): Promise<void> {
    this.#closing ??= this.#lastCommit.then(() => this.#file.close());
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #checkOpen(options: CallOptions | undefined): void {
    if (this.#closing !== undefined) throw new StoreClosedError();
    options?.signal?.throwIfAborted();
  }

  /** Runs one commit at a time, so that no other commit is written between the check and the write. */
  #commitInTurn(events: readonly Event[], options: CallOptions | undefined): Promise<readonly SaveReceipt[]> {
    const turn = this.#lastCommit.then(() => {
      options?.signal?.throwIfAborted();
      return this.#commit(events);
    });
    this.#lastCommit = turn.catch(() => {});
    return turn;
  }

  async #commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
    this.#checkConflict(events);
    const line = `${JSON.stringify(events)}\n`;
    await this.#file.appendFile(line);
    const offset = String(this.#length).padStart(16, "0");
    this.#length += Buffer.byteLength(line);
    return events.map((event, index) => {
      this.#keep(event);
      const position = `${offset}.${String(index).padStart(6, "0")}` as Position;
      return { id: event.id, version: event.version, timestamp: event.timestamp, position };
    });
  }

  #checkConflict(events: readonly Event[]): void {
    const { actorId = "", version: attemptedVersion = 0 } = events[0] ?? {};
    const standing = this.#eventsOf(actorId);
    const currentVersion = standing.at(-1)?.version ?? 0;
    if (attemptedVersion > currentVersion) return;
    const ids = new Map(standing.map(({ version, id }) => [version, id]));
    const sameEvent = events.every(({ version, id }) => ids.get(version) === id);
    throw new VersionConflictError({ actorId, attemptedVersion, currentVersion, sameEvent });
  }

  async #load(): Promise<void> {
    const bytes = await this.#file.readFile();
    this.#length = bytes.lastIndexOf("\n") + 1;
    await this.#file.truncate(this.#length);
    for (const line of bytes.toString("utf8", 0, this.#length).split("\n")) {
      for (const event of decodeCommit(line)) this.#keep(event);
    }
  }

  #keep(event: Event): void {
    const events = this.#actors.get(event.actorId);
    if (events === undefined) this.#actors.set(event.actorId, [event]);
    else events.push(event);
  }

  #eventsOf(actorId: string): readonly Event[] {
    return this.#actors.get(actorId) ?? [];
  }
}

/** Returns the events of a line, or `[]` if the line is not a commit. */
function decodeCommit(line: string): readonly Event[] {
  try {
    return (parseJson(line) as unknown[]).map(decodeEvent);
  } catch {
    return [];
  }
}
