import type { Actor, Head } from "../actor.ts";
import { HistoryTruncatedError } from "../errors.ts";
import type { Deadline } from "../protocol/ask-again.ts";
import { headerSpan } from "../protocol/commit.ts";
import { EXPECTATION_HEADER, EXPIRED_HEADER } from "../protocol/headers.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import type { Floors } from "./floors.ts";

/**
 * Keeps streams with expiring events safe: a version is never reused, and a partial history is never mistaken for a
 * complete one.
 */
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
   * Reserves the versions of a commit. Resolves to false if the actor was presumed to be new and is not: its earlier
   * events may have expired, so its head must be read.
   * @throws ApiError, NoReplyError
   */
  beforeCommit(actor: Actor, lastVersion: number, isPresumedNew: boolean, deadline: Deadline): Promise<boolean> {
    const { highestSequence } = this.#watch;
    return isPresumedNew
      ? this.#floors.claim(actor, lastVersion, highestSequence, deadline)
      : this.#floors.raise(actor, lastVersion, highestSequence, deadline);
  }

  /**
   * The head of an actor whose events have all expired; `undefined` if it never had any.
   * @throws ApiError, NoReplyError
   */
  async headOfExpired(actor: Actor, deadline: Deadline): Promise<Head | undefined> {
    const record = await this.#floors.read(actor, deadline.requestTimeoutMs);
    if (record === undefined) return undefined;
    if (record.after !== undefined) {
      const { state } = await this.#watch.verify(deadline.requestTimeoutMs);
      if (state.first_seq <= record.after + 1) return undefined;
    }
    return { version: record.floor, sequence: 0 };
  }

  /**
   * Checks the first message of a read. Each message names its predecessor: if that is after the start of the read and
   * was not delivered, it has expired. The first message after all others have expired says so in a header.
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
  async checkEmpty(actor: Actor, deadline: Deadline): Promise<void> {
    if (this.#acceptTruncated || (await this.headOfExpired(actor, deadline)) === undefined) return;
    throw new HistoryTruncatedError({ actorId: actor.id, firstVersion: undefined });
  }
}
