import type { Event } from "@aether/core";
import type { NatsMessage } from "@aether/nats";
import type { BusContext } from "../bus-context.ts";
import { namespaceOf, subjectFor } from "../subjects.ts";
import { decodeMessage, type Origin } from "../wire.ts";
import { OriginReader } from "./origin-reader.ts";
import { SequenceGaps } from "./sequence-gaps.ts";

/**
 * Decodes the messages of one subscription on the server. Drops late messages and echoes (messages from this bus
 * itself), and counts missed messages.
 */
export class Receiver {
  readonly #context: BusContext;
  readonly #pattern: string;
  /** The only subject that matches the pattern; `undefined` if the pattern has wildcards. */
  readonly #subject: string | undefined;
  readonly #origins = new OriginReader();
  /** `undefined` in a queue group, whose members each receive only some of the messages. */
  readonly #gaps: SequenceGaps | undefined;

  /**
   * @param isQueueMember - true for a member of a queue group. Other members receive some of the messages, so a gap
   * does not mean that messages were missed. A member also receives the messages from its own bus through the server,
   * so they are not dropped as echoes.
   */
  constructor(context: BusContext, pattern: string, isQueueMember: boolean) {
    this.#context = context;
    this.#pattern = pattern;
    this.#subject = /[*>]/.test(pattern) ? undefined : subjectFor(context.prefix, pattern);
    this.#gaps = isQueueMember ? undefined : new SequenceGaps();
  }

  /**
   * Returns the event in a message. Returns `undefined` for an echo and for a late message. A message that is not an
   * event, or whose headers the client cannot parse, is counted and reported. Never throws, because an error would stop
   * the client from reading.
   */
  receive(message: NatsMessage): Event | undefined {
    try {
      if (this.#gaps !== undefined) {
        const origin = this.#origins.read(message);
        if (origin?.busId === this.#context.busId) return undefined;
        if (origin !== undefined && this.#isLate(this.#gaps, this.#subject ?? message.subject, origin))
          return undefined;
      }
      return decodeMessage(message);
    } catch (cause) {
      this.#reportMalformed(message, cause);
      return undefined;
    }
  }

  #reportMalformed({ subject, data }: NatsMessage, cause: unknown): void {
    this.#context.hub.counters.malformed++;
    // A copy, because the client's data is a view of a larger buffer. `slice()` on a Buffer would return a view too.
    const raw = new Uint8Array(data);
    this.#context.report({ type: "malformed", namespace: this.#namespaceOf(subject), subject, raw, cause });
  }

  /** Counts and reports the messages missing before this one. Returns true if this message itself is late. */
  #isLate(gaps: SequenceGaps, subject: string, { busId, generation, sequence }: Origin): boolean {
    const count = gaps.missedBefore(generation === 0 ? busId : `${busId}:${generation}`, subject, sequence);
    if (count === undefined) return true;
    if (count === 0) return false;
    this.#context.natsCounters.missed += count;
    this.#context.report({ type: "missed", namespace: this.#namespaceOf(subject), pattern: this.#pattern, count });
    return false;
  }

  #namespaceOf(subject: string): string {
    return namespaceOf(this.#context.prefix, subject);
  }
}
