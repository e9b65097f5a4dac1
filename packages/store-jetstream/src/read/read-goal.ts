import type { Actor } from "../actor.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import type { LastMessages } from "./last-messages.ts";

/** The lowest place where a read may end. */
export interface KnownEnd {
  /** A message of the actor that is known to exist; 0 for none. */
  readonly sequence: number;
  /** True if the leader has just named this message as the actor's last one. */
  readonly isLast: boolean;
}

/**
 * The message that a read must reach: the actor's last message on the leader. Any replica or mirror may answer a read,
 * and one that lags behind ends too early.
 */
export class ReadGoal {
  readonly #lastMessages: LastMessages;
  readonly #actor: Actor;
  readonly #known: KnownEnd;
  readonly #deadline: Deadline;
  #leaderSequence: Promise<number> | undefined;

  constructor(lastMessages: LastMessages, actor: Actor, known: KnownEnd, deadline: Deadline) {
    this.#lastMessages = lastMessages;
    this.#actor = actor;
    this.#known = known;
    this.#deadline = deadline;
  }

  /** Asks the leader, without waiting: the answer arrives beside that of the read. Does nothing if it is known. */
  ask(): void {
    if (this.#known.isLast || this.#leaderSequence !== undefined) return;
    this.#leaderSequence = this.#lastSequence(this.#known.sequence);
    this.#leaderSequence.catch(() => {}); // isReachedBy asks again
  }

  /**
   * Returns true if a read that continues at this sequence has reached the goal.
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async isReachedBy(nextSequence: number): Promise<boolean> {
    // The time of the first request may have ended while a slow caller handled a chunk.
    const leaderSequence = await this.#leaderSequence?.catch(() => this.#lastSequence(this.#known.sequence));
    const goal = Math.max(this.#known.sequence, leaderSequence ?? 0);
    if (nextSequence > goal) return true;
    // The messages up to the goal may have expired during the read.
    return (await this.#lastSequence(goal)) < nextSequence;
  }

  #lastSequence(knownSequence: number): Promise<number> {
    return askAgain(
      this.#deadline,
      async () => (await this.#lastMessages.ask(this.#actor, knownSequence, this.#deadline))?.sequence ?? 0,
    );
  }
}
