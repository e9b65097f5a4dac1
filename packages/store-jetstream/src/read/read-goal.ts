import type { Actor } from "../actor.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import type { LastMessages } from "./last-messages.ts";

/** The message that a read must at least reach. */
export interface KnownEnd {
  /** Sequence of a message of the actor that is known to exist; 0 for none. */
  readonly sequence: number;
  /** True if the leader has just returned this message as the actor's last one. */
  readonly isLast: boolean;
}

/**
 * The message that a read must reach: the actor's last message on the leader. Any replica or mirror may answer a read.
 * A replica or mirror that lags behind lacks the last messages.
 */
export class ReadGoal {
  readonly #lastMessages: LastMessages;
  readonly #actor: Actor;
  readonly #known: KnownEnd;
  readonly #deadline: Deadline;
  #leaderSequence: Promise<number> | undefined;
  #hasExpired = false;
  #hasMissed = false;

  constructor(lastMessages: LastMessages, actor: Actor, known: KnownEnd, deadline: Deadline) {
    this.#lastMessages = lastMessages;
    this.#actor = actor;
    this.#known = known;
    this.#deadline = deadline;
  }

  /** True if the messages up to the goal expired before they were read. */
  get hasExpired(): boolean {
    return this.#hasExpired;
  }

  /** True if a server announced more messages than it delivered. They may have expired during the read. */
  get hasMissed(): boolean {
    return this.#hasMissed;
  }

  /** Records that a server announced more messages than it delivered. */
  miss(): void {
    this.#hasMissed = true;
  }

  /**
   * Asks the leader for the goal, unless it is known. Does not wait for the answer, so the question needs no extra
   * round trip.
   */
  ask(): void {
    if (this.#known.isLast || this.#leaderSequence !== undefined) return;
    this.#leaderSequence = this.#lastSequence(this.#known.sequence);
    this.#leaderSequence.catch(() => {}); // After an error, isReachedBy repeats the request.
  }

  /**
   * Returns true if a read has reached the goal. `nextSequence` is the first sequence that it has not read.
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async isReachedBy(nextSequence: number): Promise<boolean> {
    // The first request may have timed out while a slow caller handled a chunk.
    const leaderSequence = await this.#leaderSequence?.catch(() => this.#lastSequence(this.#known.sequence));
    const goal = Math.max(this.#known.sequence, leaderSequence ?? 0);
    if (nextSequence > goal) return true;
    // The messages up to the goal may have expired during the read.
    this.#hasExpired = (await this.#lastSequence(goal)) < nextSequence;
    return this.#hasExpired;
  }

  #lastSequence(knownSequence: number): Promise<number> {
    return askAgain(
      this.#deadline,
      async () => (await this.#lastMessages.ask(this.#actor, knownSequence, this.#deadline))?.sequence ?? 0,
    );
  }
}
