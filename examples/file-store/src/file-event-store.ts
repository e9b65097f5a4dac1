import { randomUUID } from "node:crypto";
import type { Event, EventsWithErrors, FeedPage, Position, SaveReceipt, StoreSupports } from "@aether/core";
import { OutcomeUnknownError, StoreUnavailableError, VersionConflictError } from "@aether/core";
import { AbstractEventStore, type AnnounceOptions, conflictOf, type OpenFeedRange, receiptOf } from "@aether/store-kit";
import { type Commit, CommitFile } from "./commit-file.ts";
import { EventLog } from "./event-log.ts";

/** Capabilities of {@link FileEventStore}. */
export const fileStoreSupports: StoreSupports = Object.freeze({
  batch: true,
  feed: true,
  listing: true,
  durable: true,
  shared: true,
});

/** Outcome of a commit: the receipts of its events, or the error if it conflicts with an earlier commit. */
type Verdict = readonly SaveReceipt[] | VersionConflictError;

/** An event store in one append-only file. Of two conflicting commits, the first one in the file wins. */
export class FileEventStore<out E extends Event = Event> extends AbstractEventStore<E> {
  override readonly supports: StoreSupports = fileStoreSupports;
  readonly #file: CommitFile<E>;
  readonly #log: EventLog<E>;
  readonly #actors = new Map<string, E[]>();

  private constructor(file: CommitFile<E>, path: string, options: AnnounceOptions) {
    super({ ...options, inTurn: true });
    this.#file = file;
    this.#log = new EventLog(path);
  }

  /** Opens the store. Creates the file if it does not exist. @throws `AETHER_STORE_UNAVAILABLE` */
  static async open<E extends Event = Event>(path: string, options: AnnounceOptions = {}): Promise<FileEventStore<E>> {
    const file = await CommitFile.open<E>(path).catch((cause) => unavailable(`open ${path}`, cause));
    return new FileEventStore(file, path, options);
  }

  protected override async read(actorId: string, fromVersion: number): Promise<EventsWithErrors<E>> {
    await this.#catchUp();
    return { events: this.#eventsOf(actorId).filter(({ version }) => version >= fromVersion), errors: [] };
  }

  protected override async latestVersion(actorId: string): Promise<number> {
    await this.#catchUp();
    return this.#eventsOf(actorId).at(-1)?.version ?? 0;
  }

  protected override async append(events: readonly E[]): Promise<readonly SaveReceipt[]> {
    const commit = { id: randomUUID(), actorId: events[0]?.actorId ?? "", events };
    await this.#catchUp();
    const verdict = this.#conflictOf(commit) ?? (await this.#write(commit));
    if (verdict instanceof VersionConflictError) throw verdict;
    return verdict;
  }

  protected override readPages(range: OpenFeedRange): AsyncGenerator<FeedPage<E>> {
    return this.#log.read(range, () => this.takeTurn(() => this.#catchUp(), range.signal));
  }

  protected override async latestPosition(): Promise<Position | undefined> {
    await this.#catchUp();
    return this.#log.lastPosition;
  }

  protected override async *listIds(_actorIdPrefix: string, signal: AbortSignal): AsyncGenerator<string> {
    await this.takeTurn(() => this.#catchUp(), signal);
    yield* this.#actors.keys();
  }

  protected override release(): Promise<void> {
    return this.#file.close();
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
    const commit = (found: Commit<E>, offset: number): void => {
      const judged = this.#judge(found, offset);
      if (found.id === own?.id) verdict = judged;
    };
    const malformed = this.#log.appendMalformed.bind(this.#log);
    await this.#file.readNew({ commit, malformed }).catch((cause) => unavailable("read its file", cause));
    return verdict;
  }

  /** Accepts a commit unless it conflicts with an earlier one. All stores on the same file decide in the same way. */
  #judge(commit: Commit<E>, offset: number): Verdict {
    const conflict = this.#conflictOf(commit);
    if (conflict !== undefined) return conflict;
    const stored = this.#eventsOf(commit.actorId);
    this.#actors.set(commit.actorId, stored);
    return this.#log.append(commit, offset).map(({ event, position }) => {
      stored.push(event);
      return receiptOf(event, position);
    });
  }

  #conflictOf({ actorId, events }: Commit<E>): VersionConflictError | undefined {
    const stored = this.#eventsOf(actorId);
    const idAt = (version: number) => stored.findLast((event) => event.version === version)?.id;
    return conflictOf(events, stored.at(-1)?.version ?? 0, idAt);
  }

  #eventsOf(actorId: string): E[] {
    return this.#actors.get(actorId) ?? [];
  }
}

function unavailable(operation: string, cause: unknown): never {
  throw new StoreUnavailableError({ operation, reason: String(cause), cause });
}
