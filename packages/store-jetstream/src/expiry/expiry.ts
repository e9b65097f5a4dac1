import type { Actor } from "../actor.ts";
import { EXPECTATION_HEADER, EXPIRED_HEADER, headerSpan } from "../commit.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import type { Head } from "../version-cache.ts";
import type { Floors } from "./floors.ts";
import { HistoryTruncatedError } from "./history-truncated-error.ts";

/** What it takes that events expire: no version is given twice, and no read takes the rest of a history for the whole. */
export class Expiry {
  readonly #floors: Floors;
  readonly #watch: StreamWatch;
  readonly #acceptTruncated: boolean;

  constructor(floors: Floors, watch: StreamWatch, acceptTruncated: boolean) {
    this.#floors = floors;
    this.#watch = watch;
    this.#acceptTruncated = acceptTruncated;
  }

  /**
   * To be called before a commit. Resolves to false if the actor was presumed to be new and is not: it may have had
   * versions that expired, so its head must be read. @throws ApiError, NoReplyError
   */
  beforeCommit(actor: Actor, lastVersion: number, isPresumedNew: boolean): Promise<boolean> {
    const { highestSequence } = this.#watch;
    return isPresumedNew
      ? this.#floors.claim(actor, lastVersion, highestSequence)
      : this.#floors.raise(actor, lastVersion, highestSequence);
  }

  /** The head of an actor whose events have all expired; `undefined` if it never had any. @throws ApiError, NoReplyError */
  async headOfExpired(actor: Actor): Promise<Head | undefined> {
    const floor = await this.#floors.read(actor);
    if (floor === undefined) return undefined;
    if (floor.after !== undefined) {
      const { state } = await this.#watch.verify();
      if (state.first_seq <= floor.after + 1) return undefined;
    }
    return { version: floor.floor, sequence: 0 };
  }

  /**
   * Checks the first message of a read. Each tells the message that it was to follow: if that is behind the read's beginning
   * and did not come, it has expired. The first one after all have expired tells that.
   *
   * @throws `AETHER_HISTORY_TRUNCATED`
   */
  checkFirst(actor: Actor, message: StoredMessage, startSequence: number, fromVersion: number): void {
    if (this.#acceptTruncated) return;
    const predecessor = Number(message.header(EXPECTATION_HEADER) ?? 0);
    const firstVersion = headerSpan(message)?.first;
    const isContinued = predecessor >= startSequence || message.header(EXPIRED_HEADER) !== undefined;
    if (!isContinued || firstVersion === undefined || firstVersion <= fromVersion) return;
    throw new HistoryTruncatedError({ actorId: actor.id, firstVersion });
  }

  /** Checks a read from the beginning that found nothing. @throws `AETHER_HISTORY_TRUNCATED`, ApiError, NoReplyError */
  async checkEmpty(actor: Actor): Promise<void> {
    if (this.#acceptTruncated || (await this.headOfExpired(actor)) === undefined) return;
    throw new HistoryTruncatedError({ actorId: actor.id, firstVersion: undefined });
  }
}
