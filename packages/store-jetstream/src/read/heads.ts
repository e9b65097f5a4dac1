import { type Actor, type Head, NO_EVENTS } from "../actor.ts";
import type { Expiry } from "../expiry/expiry.ts";
import type { HeadCache } from "../head-cache.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import { headerSpan } from "../protocol/commit.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import type { LastMessages } from "./last-messages.ts";
import type { MessageReader } from "./message-reader.ts";
import { ReadGoal } from "./read-goal.ts";
import { refetchDamaged } from "./refetch-damaged.ts";

/** An actor's head, and the message that holds it. */
export interface CurrentHead {
  readonly head: Head;
  /** `undefined` if the actor has no events, or all of them have expired. */
  readonly last: StoredMessage | undefined;
}

export interface HeadsParts {
  readonly api: JetStreamApi;
  readonly lastMessages: LastMessages;
  readonly reader: MessageReader;
  readonly cache: HeadCache;
  readonly watch: StreamWatch;
  /** Only on streams whose events expire. */
  readonly expiry: Expiry | undefined;
}

/** The current heads of the actors, as the stream's leader has them. Every head that is read goes into the cache. */
export class Heads {
  readonly #parts: HeadsParts;

  constructor(parts: HeadsParts) {
    this.#parts = parts;
  }

  /**
   * Asks the leader for an actor's head, until the leader itself answers.
   *
   * @param knownSequence - a message of the actor that is known to exist; an older answer is not accepted
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `signal.reason`
   */
  current(actor: Actor, deadline: Deadline, knownSequence = 0): Promise<CurrentHead> {
    return askAgain(deadline, async () => {
      const last = await this.#parts.lastMessages.ask(actor, knownSequence, deadline);
      const head =
        last === undefined ? await this.#expiredHead(actor, deadline) : await this.#headOf(actor, last, deadline);
      return { head, last };
    });
  }

  async #expiredHead(actor: Actor, deadline: Deadline): Promise<Head> {
    return (await this.#parts.expiry?.headOfExpired(actor, deadline)) ?? NO_EVENTS;
  }

  async #headOf(actor: Actor, last: StoredMessage, deadline: Deadline): Promise<Head> {
    const { cache, watch } = this.#parts;
    watch.saw(last.sequence);
    const span = headerSpan(last);
    const version = span === undefined ? await this.#highestVersion(actor, last.sequence, deadline) : span.last;
    const head = { version, sequence: last.sequence };
    cache.learn(actor.id, head);
    return head;
  }

  /**
   * The version that the next event must exceed so that every reader sees it. Another program wrote the last message,
   * perhaps without reading the versions before, or its header is damaged. Only the whole history has the answer.
   */
  async #highestVersion(actor: Actor, lastSequence: number, deadline: Deadline): Promise<number> {
    const { api, reader, lastMessages } = this.#parts;
    const goal = new ReadGoal(lastMessages, actor, { sequence: lastSequence, isLast: true }, deadline);
    let version = 0;
    for await (const chunk of reader.read(actor, { startSequence: 1, isLong: true }, goal, deadline)) {
      const { messages, events } = await refetchDamaged(api, actor, chunk, version, deadline);
      version = Math.max(version, events.at(-1)?.version ?? 0);
      for (const message of messages) version = Math.max(version, headerSpan(message)?.last ?? 0);
    }
    return version;
  }
}
