import { type Actor, type Head, NO_EVENTS } from "../actor.ts";
import type { Protection } from "../expiry/expiry.ts";
import type { HeadCache } from "../head-cache.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import { headerSpan } from "../protocol/commit.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { MessageHead } from "../protocol/stored-message.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import type { CommitDecoder } from "./commit-decoder.ts";
import type { LastMessages } from "./last-messages.ts";
import type { MessageReader } from "./message-reader.ts";
import { ReadGoal } from "./read-goal.ts";
import type { SingleMessages } from "./single-messages.ts";

/** An actor's head (latest version and stream sequence), and the message that holds it. */
export interface CurrentHead {
  readonly head: Head;
  /**
   * The actor's last message, whose payload may be missing; `undefined` if the actor has no events, or all of them have
   * expired.
   */
  readonly last: MessageHead | undefined;
}

export interface HeadsParts {
  readonly messages: SingleMessages;
  readonly lastMessages: LastMessages;
  readonly reader: MessageReader;
  readonly decoder: CommitDecoder;
  readonly cache: HeadCache;
  readonly watch: StreamWatch;
  readonly guard: Protection;
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
      if (last === undefined) return { head: await this.#expiredHead(actor, deadline), last };
      const { cache, watch } = this.#parts;
      watch.saw(last.sequence);
      const span = headerSpan(last);
      const current =
        span === undefined
          ? await this.#fromHistory(actor, last, deadline)
          : { head: { version: span.last, sequence: last.sequence }, last };
      cache.learn(actor.id, current.head);
      return current;
    });
  }

  async #expiredHead(actor: Actor, deadline: Deadline): Promise<Head> {
    return (await this.#parts.guard.expiry?.headOfExpired(actor, deadline)) ?? NO_EVENTS;
  }

  /**
   * Determines the head from the whole history. This is necessary if the headers of the actor's last message are
   * missing or damaged. Another program may have written the message without knowing the earlier versions. The next
   * event must exceed the highest of them, otherwise readers would skip it. If no commit of a store is visible, the
   * commits may have expired, and the version floor counts too.
   */
  async #fromHistory(actor: Actor, last: MessageHead, deadline: Deadline): Promise<CurrentHead> {
    const { messages: singles, decoder, reader, lastMessages, guard } = this.#parts;
    const { expiry } = guard;
    const goal = new ReadGoal(lastMessages, actor, { sequence: last.sequence, isLast: true }, deadline);
    let version = 0;
    let heldAt = 0;
    let isStated = false;
    let firstSequence: number | undefined;
    for await (const chunk of reader.read(actor, { startSequence: 1, isLong: true }, goal, deadline)) {
      const { messages, events, ends } = await decoder.decode(actor, chunk, version, deadline);
      firstSequence ??= messages[0]?.sequence;
      for (let index = 0; index < messages.length; index++) {
        const message = messages[index] as MessageHead;
        const span = headerSpan(message);
        const end = ends[index] ?? 0;
        const latest = end > (ends[index - 1] ?? 0) ? (events[end - 1]?.version ?? 0) : 0;
        isStated ||= span !== undefined;
        if (Math.max(latest, span?.last ?? 0) <= version) continue;
        version = Math.max(latest, span?.last ?? 0);
        heldAt = message.sequence;
      }
    }
    const isEmpty = heldAt === 0;
    if (expiry !== undefined && !isStated) {
      // A replica may have removed expired messages before the leader.
      const first = await singles.nextHead(actor, 1, deadline.requestTimeoutMs);
      if (first?.sequence !== firstSequence) throw new NoReplyError("outdated", actor.subject);
      const expired = await expiry.headOfExpired(actor, deadline);
      if (expired !== undefined) {
        version = Math.max(version, expired.version);
        heldAt = 0;
      }
    }
    return { head: { version, sequence: last.sequence, heldAt }, last: isEmpty ? undefined : last };
  }
}
