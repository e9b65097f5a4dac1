import { randomUUID } from "node:crypto";
import type { BatchEventStore, CallOptions, Event, NewEvent, Position, SaveReceipt, StoreSupports } from "@aether/core";
import { OutcomeUnknownError, StoreClosedError, StoreUnavailableError, VersionConflictError } from "@aether/core";
import { checkActorId, checkCount, type EventDefaults, prepareEvent, prepareEvents } from "@aether/store-kit";
import { type Commit, CommitFile } from "./commit-file.ts";

/** Capabilities of {@link FileEventStore}. */
export const fileStoreSupports: StoreSupports = Object.freeze({ batch: true, durable: true, shared: true });

const defaults: EventDefaults = { newId: () => randomUUID(), now: () => new Date().toISOString() };

/** Outcome of a commit: the receipts of its events, or the error if it conflicts with an earlier commit. */
type Verdict = SaveReceipt[] | VersionConflictError;

/** An event store in one append-only file. Of two conflicting commits, the first one in the file wins. */
export class FileEventStore<out E extends Event = Event> implements BatchEventStore<E> {
  readonly supports: StoreSupports = fileStoreSupports;
  readonly #file: CommitFile<E>;
  readonly #actors = new Map<string, E[]>();
  #lastTurn: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(file: CommitFile<E>) {
    this.#file = file;
  }

  /** Opens the store. Creates the file if it does not exist. @throws `AETHER_STORE_UNAVAILABLE` */
  static async open<E extends Event = Event>(path: string): Promise<FileEventStore<E>> {
    return new FileEventStore(await CommitFile.open<E>(path).catch((cause) => unavailable(`open ${path}`, cause)));
  }

  async saveEvent(event: NewEvent<E>, options?: CallOptions): Promise<SaveReceipt> {
    const [receipt] = await this.#save([prepareEvent<E>(event, defaults)], options);
    return receipt as SaveReceipt;
  }

  async saveEvents(events: readonly NewEvent<E>[], options?: CallOptions): Promise<SaveReceipt[]> {
    return this.#save(prepareEvents<E>(events, defaults), options);
  }

  async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly E[]> {
    checkActorId(actorId);
    checkCount(fromVersion, "fromVersion");
    return this.#inTurn(options, () => this.#actors.get(actorId)?.filter((one) => one.version >= fromVersion) ?? []);
  }

  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    checkActorId(actorId);
    return this.#inTurn(options, () => this.#actors.get(actorId)?.at(-1)?.version ?? 0);
  }

  close(): Promise<void> {
    this.#closing ??= this.#lastTurn.then(() => this.#file.close());
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Runs calls one at a time. Each call first reads the commits that were appended since the previous call. */
  #inTurn<T>(options: CallOptions | undefined, work: () => T | Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw new StoreClosedError();
    const turn = this.#lastTurn.then(async () => {
      options?.signal?.throwIfAborted();
      await this.#catchUp();
      return work();
    });
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  #save(events: readonly E[], options: CallOptions | undefined): Promise<SaveReceipt[]> {
    return this.#inTurn(options, async () => {
      if (events[0] === undefined) return [];
      const commit = { id: randomUUID(), actorId: events[0].actorId, events };
      const verdict = conflictOf(commit, this.#actors.get(commit.actorId)) ?? (await this.#write(commit));
      if (verdict instanceof Error) throw verdict;
      return verdict;
    });
  }

  /** Appends a commit, then reads the file to find out whether the commit is accepted. */
  async #write(commit: Commit<E>): Promise<Verdict> {
    try {
      await this.#file.append(commit);
      return (await this.#catchUp(commit)) ?? unavailable("find its commit", "it is not in the file");
    } catch (cause) {
      throw new OutcomeUnknownError({ actorId: commit.actorId, eventIds: commit.events.map(({ id }) => id), cause });
    }
  }

  /** Accepts or rejects each new commit in the file. Resolves to the outcome of `own` if it is one of these commits. */
  async #catchUp(own?: Commit<E>): Promise<Verdict | undefined> {
    let verdict: Verdict | undefined;
    const judge = (commit: Commit<E>, offset: number): void => {
      const judged = this.#judge(commit, offset);
      if (commit.id === own?.id) verdict = judged;
    };
    await this.#file.readNew(judge).catch((cause) => unavailable("read its file", cause));
    return verdict;
  }

  /** Accepts a commit unless it conflicts with an earlier one. All stores on the same file decide in the same way. */
  #judge(commit: Commit<E>, offset: number): Verdict {
    const stored = this.#actors.get(commit.actorId) ?? [];
    const conflict = conflictOf(commit, stored);
    if (conflict !== undefined) return conflict;
    this.#actors.set(commit.actorId, stored);
    return commit.events.map((event, index) => {
      stored.push(event);
      const position = `${String(offset).padStart(16, "0")}.${String(index).padStart(6, "0")}` as Position;
      return { id: event.id, version: event.version, timestamp: event.timestamp, position };
    });
  }
}

/** Returns an error if a commit conflicts with the stored events of its actor, and `undefined` otherwise. */
function conflictOf({ actorId, events }: Commit<Event>, stored: readonly Event[] = []) {
  const attemptedVersion = events[0]?.version ?? 0;
  const currentVersion = stored.at(-1)?.version ?? 0;
  if (attemptedVersion > currentVersion) return undefined;
  const sameEvent = events.every(({ id, version }) => stored.findLast((one) => one.version === version)?.id === id);
  return new VersionConflictError({ actorId, attemptedVersion, currentVersion, sameEvent });
}

function unavailable(operation: string, cause: unknown): never {
  throw new StoreUnavailableError({ operation, reason: String(cause), cause });
}
