import type { Actor, Head } from "../actor.ts";
import type { Deadline } from "../protocol/ask-again.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import type { Floors } from "./floors.ts";

/** The protection that a stream needs at the moment. The retention may become finite while the store is open. */
export interface Protection {
  /** `undefined` if the events do not expire. */
  readonly expiry: Expiry | undefined;
}

/**
 * Protects streams whose events expire: a version is not used twice. For this, each actor has a version floor: an upper
 * bound of the versions that it has used. After its events have expired, new versions start above the floor.
 */
export class Expiry {
  readonly #floors: Floors;
  readonly #watch: StreamWatch;
  /** True if reads return the rest of a history whose first events have expired. */
  readonly acceptTruncated: boolean;

  constructor(floors: Floors, watch: StreamWatch, acceptTruncated: boolean) {
    this.#floors = floors;
    this.#watch = watch;
    this.acceptTruncated = acceptTruncated;
  }

  /**
   * Reserves the versions of a commit that follows a head. Resolves to false if the actor was assumed to be new but may
   * already have a floor. The actor's earlier events may have expired, so its head must be read.
   * @throws ApiError, NoReplyError, `signal.reason`
   */
  beforeCommit(
    actor: Actor,
    lastVersion: number,
    head: Head,
    isPresumedNew: boolean,
    deadline: Deadline,
  ): Promise<boolean> {
    const { highestSequence } = this.#watch;
    return isPresumedNew
      ? this.#floors.claim(actor, lastVersion, highestSequence, deadline)
      : this.#floors.raise(actor, lastVersion, head.version === 0 ? highestSequence : undefined, deadline);
  }

  /**
   * Reads the head of an actor whose commits are not visible: it has no messages, or only messages from other programs.
   * Resolves to `undefined` if no store has committed to the actor, and otherwise to a head with the floor as its
   * version: all commits have expired.
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`
   */
  async headOfExpired(actor: Actor, deadline: Deadline): Promise<Head | undefined> {
    const record = await this.#floors.read(actor, deadline.requestTimeoutMs);
    if (record === undefined) return undefined;
    if (record.after !== undefined) {
      const { state } = await this.#watch.verify(deadline.requestTimeoutMs);
      // The record may be from an earlier stream, which was deleted.
      const isOfStream = state.last_seq >= record.after;
      if (isOfStream && state.first_seq <= record.after + 1) return undefined;
    }
    return { version: record.floor, sequence: 0, heldAt: 0 };
  }

  /**
   * Resolves to true if messages at or after a sequence have expired, of any actor.
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`
   */
  async hasExpired(sequence: number, deadline: Deadline): Promise<boolean> {
    const { state } = await this.#watch.verify(deadline.requestTimeoutMs);
    return state.first_seq > sequence;
  }
}
