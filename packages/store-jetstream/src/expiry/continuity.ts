import { HistoryTruncatedError } from "@aether/core";
import type { Actor } from "../actor.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import { headerPredecessor, headerSpan } from "../protocol/commit.ts";
import type { DecodedCommits } from "../protocol/decode-commits.ts";
import { EXPECTATION_HEADER } from "../protocol/headers.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { Expiry } from "./expiry.ts";

/** The messages that a read delivers. */
export interface ContinuityOptions {
  readonly startSequence: number;
  /** The highest version that is known to precede the first message; 0 if none is known. */
  readonly afterVersion: number;
  /** The lowest version to read. */
  readonly fromVersion: number;
  /** True if older messages are read later, so that events before the first message are not missing. */
  readonly isPart: boolean;
  /** True to throw if events of the range have expired. */
  readonly isStrict: boolean;
}

/**
 * Detects events that are missing in a read because they have expired, before the read or during it. A partial history
 * must not be mistaken for a complete one.
 *
 * - Each commit contains the sequence of its predecessor. If the predecessor was not delivered, it has expired.
 * - Events without a gap between their versions are complete, so only the headers around a gap are read.
 * - A message from another program may have no headers. The commit after it has the header `Aether-After`, from which
 *   the reader knows if earlier events are missing.
 * - If no message has headers, the actor's version floor decides: a store has committed events, and they have expired.
 */
export class Continuity {
  readonly #expiry: Expiry;
  readonly #actor: Actor;
  readonly #options: ContinuityOptions;
  /** The highest version of the read so far. */
  #version: number;
  /** The last message that holds an event. */
  #held: StoredMessage | undefined;
  #previous: StoredMessage | undefined;
  #isConfirmed: boolean;

  constructor(expiry: Expiry, actor: Actor, options: ContinuityOptions) {
    this.#expiry = expiry;
    this.#actor = actor;
    const fromVersion = Math.max(1, options.fromVersion);
    this.#options = { ...options, fromVersion };
    this.#version = options.isPart ? Number.MAX_SAFE_INTEGER : Math.max(options.afterVersion, fromVersion - 1);
    this.#isConfirmed = options.isPart;
  }

  /** True if it is certain that the last event of the read has the highest version that the actor ever had. */
  get isConfirmed(): boolean {
    return this.#isConfirmed;
  }

  /** The head's `heldAt`, after a read to the end. */
  get heldAt(): number | undefined {
    const isStated = this.#previous === undefined || headerSpan(this.#previous) !== undefined;
    return isStated ? undefined : (this.#held?.sequence ?? 0);
  }

  /**
   * Checks the next messages of the read, before their events are delivered.
   * @throws `AETHER_HISTORY_TRUNCATED`, `AETHER_STREAM_RESET`, ApiError, NoReplyError, `signal.reason`
   */
  async check(
    { messages, events, ends }: DecodedCommits & { readonly messages: readonly StoredMessage[] },
    deadline: Deadline,
  ): Promise<void> {
    let start = 0;
    for (let index = 0; index < messages.length; index++) {
      const message = messages[index] as StoredMessage;
      const end = ends[index] ?? start;
      const first = end > start ? events[start]?.version : undefined;
      const isGap = first !== undefined && first > this.#version + 1;
      if (isGap || !this.#isConfirmed) await this.#checkBefore(message, first, isGap, deadline);
      this.#previous = message;
      if (end > start) {
        this.#held = message;
        this.#version = Math.max(this.#options.isPart ? 0 : this.#version, events[end - 1]?.version ?? 0);
      }
      start = end;
    }
    if (this.#isConfirmed) return;
    const first = events.find(({ version }) => version >= this.#options.fromVersion);
    if (first !== undefined) await this.#confirm(first.version, deadline);
  }

  /**
   * Checks the end of the read.
   *
   * @param end.hasExpired - true if messages expired before they were delivered
   * @param end.hasMissed - true if messages may have expired before they were delivered
   * @throws `AETHER_HISTORY_TRUNCATED`, `AETHER_STREAM_RESET`, ApiError, NoReplyError, `signal.reason`
   */
  async checkEnd(
    end: { readonly hasExpired: boolean; readonly hasMissed: boolean },
    deadline: Deadline,
  ): Promise<void> {
    if (end.hasExpired) this.#reportLost(undefined);
    if (end.hasMissed) await this.#checkUnstated(undefined, deadline);
    if (!this.#isConfirmed && this.#options.fromVersion <= 1) await this.#confirm(undefined, deadline);
  }

  async #checkBefore(
    message: StoredMessage,
    firstVersion: number | undefined,
    isGap: boolean,
    deadline: Deadline,
  ): Promise<void> {
    const { startSequence, fromVersion } = this.#options;
    const span = headerSpan(message);
    if (span === undefined) {
      if (isGap) await this.#checkUnstated(firstVersion, deadline);
      return;
    }
    this.#isConfirmed = true;
    const version = firstVersion ?? span.first;
    const previous = this.#previous?.sequence;
    const after = headerPredecessor(message);
    if (after !== undefined) {
      const isBeforeRead = after.heldAt > 0 && after.heldAt < startSequence;
      const isDelivered = after.heldAt > 0 && after.heldAt === this.#held?.sequence;
      if (!isBeforeRead && !isDelivered && after.version >= fromVersion) this.#reportLost(version);
      return;
    }
    const predecessor = Number(message.header(EXPECTATION_HEADER));
    if (predecessor < startSequence) return;
    if (predecessor !== previous) {
      if (version > fromVersion) this.#reportLost(version);
    } else if (isGap && this.heldAt !== undefined) await this.#checkUnstated(version, deadline);
  }

  /** Checks that nothing has expired between the last event of the read and a message whose predecessor is unknown. */
  async #checkUnstated(firstVersion: number | undefined, deadline: Deadline): Promise<void> {
    if (!this.#options.isStrict) return;
    const next = this.#held === undefined ? this.#options.startSequence : this.#held.sequence + 1;
    if (await askAgain(deadline, () => this.#expiry.hasExpired(next, deadline))) this.#reportLost(firstVersion);
  }

  /** Checks that the commits of stores have not expired. Called if no message with headers was delivered. */
  async #confirm(firstVersion: number | undefined, deadline: Deadline): Promise<void> {
    if (!this.#options.isStrict) return;
    const expired = await askAgain(deadline, () => this.#expiry.headOfExpired(this.#actor, deadline));
    if (expired !== undefined) this.#reportLost(firstVersion);
    this.#isConfirmed = true;
  }

  #reportLost(firstVersion: number | undefined): void {
    if (this.#options.isStrict) throw new HistoryTruncatedError({ actorId: this.#actor.id, firstVersion });
  }
}
