import type { NatsMessage } from "@aether/nats";
import { isPassing } from "../protocol/api-error.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import { isDuplicate } from "../protocol/publish-answer.ts";
import type { MessageHead } from "../protocol/stored-message.ts";
import type { SingleMessages } from "../read/single-messages.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import { type DocumentMessage, hasReplaced, isWrite, type SentWrite, writeHeaders } from "./write-message.ts";
import type { WriteOutcome } from "./write-outcome.ts";

/** Share of the duplicate window in which the store relies on it. The clocks of two machines differ in speed. */
const RELIABLE_SHARE = 0.9;
const NANOSECONDS_PER_MS = 1_000_000;
const NO_PAYLOAD = new Uint8Array();

export interface WriteRecordsParts {
  readonly link: Link;
  readonly api: JetStreamApi;
  readonly watch: StreamWatch;
  readonly messages: SingleMessages;
  /** The subject that probes are published to. */
  readonly probeSubject: string;
}

/**
 * Finds out whether a write is stored whose answer is missing. A bucket keeps only the last values of a document, so
 * the message may be gone although it was stored. Three records of a write remain:
 *
 * 1. The message itself, with the id of the write, if no other write has replaced it.
 * 2. The message that replaced the expected one names it in its headers. If it is another write, this one was not
 *    stored.
 * 3. The server remembers the ids of messages for a while. A probe, a message with the same id on a subject of its own,
 *    is answered with the sequence of the write if it was stored. Otherwise the server remembers the probe, and never
 *    stores a late copy of the write. This answer is certain only if the server has not forgotten the id, for example
 *    because it was started again.
 */
export class WriteRecords {
  readonly #parts: WriteRecordsParts;
  #duplicateWindowMs = 0;

  constructor(parts: WriteRecordsParts) {
    this.#parts = parts;
  }

  /** Learns the duplicate window of the stream. */
  learn(duplicateWindowNanoseconds: number | undefined): void {
    this.#duplicateWindowMs = (duplicateWindowNanoseconds ?? 0) / NANOSECONDS_PER_MS;
  }

  /**
   * Determines the outcome of a write that was sent but not answered. Asks the server for each write at most once. The
   * status `"refused"` means that it is not stored, and never will be.
   * @throws ApiError, NoReplyError, `signal.reason`
   */
  async settle(message: DocumentMessage, writeId: string, sent: SentWrite, deadline: Deadline): Promise<WriteOutcome> {
    const { watch } = this.#parts;
    const { expectedSequence } = message;
    const successor = await this.successor(message, deadline);
    if (successor !== undefined && isWrite(successor, writeId)) {
      watch.acknowledged(successor.sequence, sent.knownSequence);
      return { status: "stored", sequence: successor.sequence };
    }
    const isReplaced =
      successor !== undefined && expectedSequence !== undefined && hasReplaced(successor, expectedSequence);
    // Without an expected message, the write may have been stored and purged before the other one was stored.
    if (isReplaced && expectedSequence > 0) return { status: "refused" };
    const { isKnown, sequence } = await this.#probe(message, writeId, deadline);
    watch.acknowledged(sequence, sent.knownSequence);
    if (isKnown) return { status: "stored", sequence };
    if (isReplaced || (await this.#isRemembered(sent, deadline))) return { status: "refused" };
    const cause = new Error("no record of the write is left: other writes replaced it, or it never arrived");
    return { status: "unknown", cause };
  }

  /**
   * Reads the first message after the expected one, or the last one if no message is expected.
   * @throws ApiError, NoReplyError, `signal.reason`
   */
  successor({ subject, expectedSequence }: DocumentMessage, deadline: Deadline): Promise<MessageHead | undefined> {
    const { messages } = this.#parts;
    const actor = { id: subject, subject };
    const ask = (timeoutMs: number): Promise<MessageHead | undefined> =>
      expectedSequence === undefined
        ? messages.lastHead(actor, timeoutMs)
        : messages.nextHead(actor, expectedSequence + 1, timeoutMs);
    return askAgain(deadline, ask, isPassingOrDisconnected);
  }

  /**
   * Asks the server whether it remembers a write. Resolves to the sequence of the write, or to that of the probe if it
   * does not. Asks once: afterwards, the server may remember the probe instead.
   */
  async #probe(message: DocumentMessage, writeId: string, deadline: Deadline): Promise<ProbeAnswer> {
    const { link, api, probeSubject } = this.#parts;
    const headers = writeHeaders({ ...message, value: undefined, expectedSequence: undefined }, writeId);
    return deadline.limit(
      new Promise<ProbeAnswer>((resolve, reject) => {
        const receive = ({ data }: NatsMessage): boolean => {
          try {
            const sequence = api.readAnswer(data, probeSubject);
            if (typeof sequence !== "number") return false;
            resolve({ isKnown: isDuplicate(data), sequence });
          } catch (error) {
            reject(error);
          }
          return true;
        };
        link.send(probeSubject, NO_PAYLOAD, Math.max(1, deadline.leftMs), headers, receive, reject);
      }),
      probeSubject,
    );
  }

  /**
   * The server that remembers the ids of writes that are sent now, if there is only one and its restart would be
   * noticed. The servers of a replicated stream may have forgotten some ids: those that were started meanwhile.
   */
  get memory(): string | undefined {
    const { link, api, watch } = this.#parts;
    return api.isOnServer && !watch.isReplicated ? link.serverRun : undefined;
  }

  /** True if the server that has answered a probe has remembered the ids of all messages since the write was sent. */
  async #isRemembered({ sentMs, memory }: SentWrite, deadline: Deadline): Promise<boolean> {
    if (memory === undefined) return false;
    // The stream may have moved to another server, or have another duplicate window.
    await askAgain(deadline, (timeoutMs) => this.#parts.watch.verify(timeoutMs));
    return memory === this.memory && performance.now() - sentMs < this.#duplicateWindowMs * RELIABLE_SHARE;
  }
}

interface ProbeAnswer {
  /** True if the server remembers the write. */
  readonly isKnown: boolean;
  readonly sequence: number;
}

function isPassingOrDisconnected(error: unknown): boolean {
  return isPassing(error) || (error instanceof NoReplyError && error.reason === "disconnected");
}
