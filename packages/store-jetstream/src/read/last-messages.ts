import type { Actor } from "../actor.ts";
import type { HeadCache } from "../head-cache.ts";
import type { Deadline } from "../protocol/ask-again.ts";
import type { MessageHead } from "../protocol/stored-message.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import type { SingleMessages } from "./single-messages.ts";

/** Reads the last messages of actors from the stream's leader. */
export class LastMessages {
  readonly #messages: SingleMessages;
  readonly #watch: StreamWatch;
  readonly #cache: HeadCache;

  constructor(messages: SingleMessages, watch: StreamWatch, cache: HeadCache) {
    this.#messages = messages;
    this.#watch = watch;
    this.#cache = cache;
  }

  /**
   * Asks the leader once for an actor's last message, whose payload may be missing. For a moment, a former leader may
   * still answer, and may lack new messages. So the answer is compared with the messages that are known to exist. An
   * answer that lacks a known message is accepted only if that message has expired.
   *
   * @param knownSequence - sequence of a message of the actor that is known to exist; 0 for none
   * @throws ApiError, `AETHER_STREAM_RESET`, and NoReplyError, with the reason `"outdated"` if a former leader answered
   */
  async ask(actor: Actor, knownSequence: number, deadline: Deadline): Promise<MessageHead | undefined> {
    // The cache is read before the request, because a save during the request may drop the entry.
    const known = Math.max(knownSequence, this.#cache.peek(actor.id)?.sequence ?? 0);
    const first = await this.#messages.lastHead(actor, deadline.requestTimeoutMs);
    if (reaches(first, known)) return first;
    const info = await this.#watch.verify(deadline.requestTimeoutMs);
    const second = await this.#messages.lastHead(actor, deadline.requestTimeoutMs);
    if (!reaches(second, known)) {
      this.#watch.checkExpired(info, actor.subject, known);
      this.#cache.drop(actor.id);
    }
    return second;
  }
}

function reaches(message: MessageHead | undefined, sequence: number): boolean {
  return (message?.sequence ?? 0) >= sequence;
}
