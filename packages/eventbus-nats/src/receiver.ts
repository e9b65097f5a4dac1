import type { Counters, Report } from "@aether/bus-kit";
import type { Event } from "@aether/core";
import type { NatsMessage } from "@aether/nats";
import type { NatsCounters } from "./metrics.ts";
import { SequenceGaps } from "./sequence-gaps.ts";
import type { NatsBusStatus } from "./status.ts";
import { namespaceOf, subjectFor } from "./subjects.ts";
import { eventOf, type Origin, OriginReader } from "./wire.ts";

/** What all receivers of a bus share. */
export interface ReceiverHome {
  readonly busId: string;
  readonly prefix: string;
  readonly counters: Counters;
  readonly natsCounters: NatsCounters;
  readonly report: Report<NatsBusStatus>;
}

/** Makes events of the messages that arrive through one subscription on the server. */
export class Receiver {
  readonly #home: ReceiverHome;
  readonly #pattern: string;
  /** The only subject that the pattern matches, if it is one. */
  readonly #subject: string | undefined;
  readonly #origins = new OriginReader();
  /** Where all messages of the pattern arrive, echoes are told apart, and what is missing shows. */
  readonly #gaps: SequenceGaps | undefined;

  /** @param from - `"others"`: all messages arrive here, and echoes are dropped; `"everyone"`: some do, also one's own */
  constructor(home: ReceiverHome, pattern: string, from: "others" | "everyone") {
    this.#home = home;
    this.#pattern = pattern;
    this.#subject = /[*>]/.test(pattern) ? undefined : subjectFor(home.prefix, pattern);
    this.#gaps = from === "others" ? new SequenceGaps() : undefined;
  }

  /**
   * The event of a message; `undefined` if it is an echo, comes too late, or is no event, which is counted and reported. Never throws: that
   * would end the client's reading, and clients throw when they are asked for headers that they cannot read.
   */
  receive(message: NatsMessage): Event | undefined {
    try {
      if (this.#gaps !== undefined) {
        const origin = this.#origins.read(message);
        if (origin?.busId === this.#home.busId) return undefined;
        if (origin !== undefined && this.#isLate(this.#gaps, this.#subject ?? message.subject, origin))
          return undefined;
      }
      return eventOf(message);
    } catch (cause) {
      this.#reportMalformed(message, cause);
      return undefined;
    }
  }

  #reportMalformed({ subject, data }: NatsMessage, cause: unknown): void {
    this.#home.counters.malformed++;
    // A copy: clients hand out a window of a larger buffer. (Not by slice(): it may be a Buffer, whose slices are windows.)
    const raw = new Uint8Array(data);
    this.#home.report({ type: "malformed", namespace: this.#namespaceOf(subject), subject, raw, cause });
  }

  /** Counts what is missing before a message; true if the message itself is one of those. */
  #isLate(gaps: SequenceGaps, subject: string, { busId, generation, sequence }: Origin): boolean {
    const count = gaps.missedBefore(generation === 0 ? busId : `${busId}:${generation}`, subject, sequence);
    if (count === undefined) return true;
    if (count === 0) return false;
    this.#home.natsCounters.missed += count;
    this.#home.report({ type: "missed", namespace: this.#namespaceOf(subject), pattern: this.#pattern, count });
    return false;
  }

  #namespaceOf(subject: string): string {
    return namespaceOf(this.#home.prefix, subject);
  }
}
