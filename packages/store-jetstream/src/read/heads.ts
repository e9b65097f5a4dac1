import { type Actor, type Head, NO_EVENTS } from "../actor.ts";
import type { Expiry } from "../expiry/expiry.ts";
import type { HeadCache } from "../head-cache.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import { headerSpan } from "../protocol/commit.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import type { CommitDecoder } from "./commit-decoder.ts";
import type { LastMessages } from "./last-messages.ts";
import type { MessageReader } from "./message-reader.ts";
import { ReadGoal } from "./read-goal.ts";

/** An actor's head (latest version and stream sequence), and the message that holds it. */
export interface CurrentHead {
  readonly head: Head;
  /** The actor's last message; `undefined` if the actor has no events, or all of them have expired. */
  readonly last: StoredMessage | undefined;
}

export interface HeadsParts {
  readonly api: JetStreamApi;
  readonly lastMessages: LastMessages;
  readonly reader: MessageReader;
  readonly decoder: CommitDecoder;
  readonly cache: HeadCache;
  readonly watch: StreamWatch;
  /** Only on streams whose events expire. */
  readonly expiry: Expiry | undefined;
}

/** Reads the current heads of actors from the stream's leader, and adds them to the cache. */
export class Heads {
  readonly #parts: HeadsParts;

  constructor(parts: HeadsParts) {
    this.#parts = parts;
  }

  /**
   * Returns an actor's head (latest version and stream sequence). Repeats the request until the leader itself answers.
   *
   * @param knownSequence - sequence of a message of the actor that is known to exist; answers older than it are not
   * accepted
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
   * Determines the latest version from the whole history. This is necessary if the headers of the actor's last message
   * are missing or damaged. Another program may have written the message without knowing the earlier versions. The next
   * event must exceed the highest of them, otherwise readers would skip it.
   */
  async #highestVersion(actor: Actor, lastSequence: number, deadline: Deadline): Promise<number> {
    const { decoder, reader, lastMessages } = this.#parts;
    const goal = new ReadGoal(lastMessages, actor, { sequence: lastSequence, isLast: true }, deadline);
    let version = 0;
    for await (const chunk of reader.read(actor, { startSequence: 1, isLong: true }, goal, deadline)) {
      const { messages, events } = await decoder.decode(actor, chunk, version, deadline);
      version = Math.max(version, events.at(-1)?.version ?? 0);
      for (const message of messages) version = Math.max(version, headerSpan(message)?.last ?? 0);
    }
    return version;
  }
}
