import type { Actor, Head } from "../actor.ts";
import { HistoryTruncatedError } from "../errors.ts";
import type { Deadline } from "../protocol/ask-again.ts";
import { headerSpan } from "../protocol/commit.ts";
import { EXPECTATION_HEADER, EXPIRED_HEADER } from "../protocol/headers.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import type { Floors } from "./floors.ts";

/**
 * Protects streams whose events expire: a version is not used twice, and a partial history is not mistaken for a
 * complete one. For this, each actor has a version floor: an upper bound of the versions that it has used. After its
 * events have expired, new versions start above the floor.
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
   * Reserves the versions of a commit. Resolves to false if the actor was assumed to be new but may already have a
   * floor. The actor's earlier events may have expired, so its head must be read.
   * @throws ApiError, NoReplyError, `signal.reason`
   */
  beforeCommit(actor: Actor, lastVersion: number, isPresumedNew: boolean, deadline: Deadline): Promise<boolean> {
    const { highestSequence } = this.#watch;
    return isPresumedNew
      ? this.#floors.claim(actor, lastVersion, highestSequence, deadline)
      : this.#floors.raise(actor, lastVersion, highestSequence, deadline);
  }

  /**
   * Reads the head of an actor without events. Resolves to `undefined` if the actor never had events, and otherwise to
   * a head with the floor as its version.
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`
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
   * Checks the first message of a read. Each message names the sequence of its predecessor. If the predecessor is in
   * the range of the read but was not delivered, it has expired. The first message after all others have expired has a
   * header that says so.
   *
   * @throws `AETHER_HISTORY_TRUNCATED` if earlier events of the range have expired
   */
  checkFirst(actor: Actor, message: StoredMessage, startSequence: number, fromVersion: number): void {
    if (this.#acceptTruncated) return;
    const predecessor = Number(message.header(EXPECTATION_HEADER) ?? 0);
    const firstVersion = headerSpan(message)?.first;
    const isContinued = predecessor >= startSequence || message.header(EXPIRED_HEADER) !== undefined;
    if (!isContinued || firstVersion === undefined || firstVersion <= fromVersion) return;
    throw new HistoryTruncatedError({ actorId: actor.id, firstVersion });
  }

  /**
   * Checks a read that began at the first version and found no messages.
   * @throws `AETHER_HISTORY_TRUNCATED` if all events of the actor have expired; ApiError, NoReplyError,
   * `AETHER_STREAM_RESET`
   */
  async checkEmpty(actor: Actor, deadline: Deadline): Promise<void> {
    if (this.#acceptTruncated || (await this.headOfExpired(actor, deadline)) === undefined) return;
    throw new HistoryTruncatedError({ actorId: actor.id, firstVersion: undefined });
  }
}
