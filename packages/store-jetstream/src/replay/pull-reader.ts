import { isAetherError } from "@aether/core";
import { abortable, pause } from "@aether/nats";
import type { Actor } from "../actor.ts";
import { ApiError, unavailable } from "../protocol/api-error.ts";
import { RETRY_PAUSE_MS } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { DirectGet } from "./direct-get.ts";
import { type FirstAsk, Pull } from "./pull.ts";

export interface PullReaderOptions {
  /** For the first messages, which are often all. */
  readonly directGet: DirectGet;
  /** Unique among the consumers of the stream. */
  readonly newConsumerName: () => string;
  /** How many bytes to ask for at a time. */
  readonly chunkBytes: () => number;
  /** How long the server may be silent before a read gives up. */
  readonly timeoutMs: number;
  /** The last message on a subject; rejects while the answers come from a server that is not the leader any more. */
  readonly lastMessage: (subject: string, knownSequence: number) => Promise<StoredMessage | undefined>;
  /** Whether the stream has replicas: any of them may answer a read, also one that lags far behind. */
  readonly isReplicated: () => boolean;
}

export interface MessageRange {
  /** Where to begin. */
  readonly startSequence: number;
  /** A message that is known to be there: what is read without it comes from a replica that lags behind. 0 for none. */
  readonly knownSequence: number;
  /** Asks the leader for the sequence of the last message, which it has; left out where `knownSequence` is just that. */
  readonly lastSequence?: (() => Promise<number>) | undefined;
  /** Known to be much: a consumer is the faster way from the beginning on. @default false */
  readonly isLong?: boolean;
  /** How many messages to ask for at a time. @default 1000, which is also the most */
  readonly chunkSize?: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** How far a read has come. */
interface Progress {
  /** Where to go on. */
  next: number;
  /** How many messages there are from there on, if that is known. */
  remaining: number | undefined;
}

/** Where both are answered in one round trip, the answers are never that far apart. */
const GRACE_MS = 50;
const PATIENT_READS = 1_000;
const CHUNK_SIZE = 1_000;

/** Reads the messages of a subject in order, by pulls, through lost connections and restarted servers. */
export class PullReader {
  readonly #link: Link;
  readonly #api: JetStreamApi;
  readonly #options: PullReaderOptions;
  /** For so many reads, a chunk is not asked for before its consumer is there. */
  #patientReads = 0;

  constructor(link: Link, api: JetStreamApi, options: PullReaderOptions) {
    this.#link = link;
    this.#api = api;
    this.#options = options;
  }

  /**
   * Yields the messages that there were when the read began, chunk by chunk, at most one ahead of the reader. @throws `AETHER_STORE_UNAVAILABLE`, and `signal.reason`
   */
  async *read(actor: Actor, range: MessageRange): AsyncGenerator<readonly StoredMessage[], void, undefined> {
    const progress: Progress = { next: range.startSequence, remaining: undefined };
    let lastSequence = this.#options.isReplicated() ? range.lastSequence?.() : undefined;
    if (range.isLong !== true) {
      yield* this.#readDirectly(actor, progress, range);
      const isNothing = progress.remaining === 0 && progress.next === range.startSequence;
      if (isNothing) lastSequence ??= range.lastSequence?.();
    }
    let giveUpAtMs = this.#deadlineMs();
    for (;;) {
      const before = progress.next;
      let cause: unknown = new Error("the server fell silent");
      try {
        if (progress.remaining !== 0) yield* this.#readWithOneConsumer(actor, progress, range);
        if (progress.remaining === 0) {
          const told = (await abortable(Promise.resolve(lastSequence), range.signal)) ?? 0;
          const known = Math.max(range.knownSequence, told);
          if (progress.next > known || !(await this.#leaderHasMore(actor, progress.next, known))) return;
          progress.remaining = undefined;
        }
      } catch (error) {
        range.signal?.throwIfAborted();
        const isFinal = isAetherError(error) || (error instanceof ApiError && error.is("streamNotFound"));
        if (isFinal) throw unavailable("read events", error);
        cause = error;
      }
      if (progress.next > before) giveUpAtMs = this.#deadlineMs();
      else if (this.#link.isClosed || performance.now() > giveUpAtMs) throw unavailable("read events", cause);
      else await pause(RETRY_PAUSE_MS, range.signal);
    }
  }

  async *#readDirectly(
    actor: Actor,
    progress: Progress,
    { chunkSize = CHUNK_SIZE, signal }: MessageRange,
  ): AsyncGenerator<readonly StoredMessage[], void, undefined> {
    const first = await abortable(this.#options.directGet.first(actor.subject, progress.next, chunkSize), signal);
    if (first === undefined) return;
    progress.remaining = first.remaining;
    if (first.messages.length === 0) return;
    progress.next = first.lastSequence + 1;
    yield first.messages;
  }

  /** Reads as far as one consumer gets. What was yielded is behind it, whatever happens. */
  async *#readWithOneConsumer(
    actor: Actor,
    progress: Progress,
    { signal, chunkSize: wantedSize = CHUNK_SIZE }: MessageRange,
  ): AsyncGenerator<readonly StoredMessage[], void, undefined> {
    const chunkSize = Math.max(1, Math.min(CHUNK_SIZE, wantedSize));
    const { newConsumerName, chunkBytes } = this.#options;
    const pull = new Pull(this.#link, this.#api, newConsumerName(), chunkBytes());
    try {
      const pending = await abortable(pull.open(actor.subject, progress.next, chunkSize, this.#firstAsk()), signal);
      // Messages that expire while they are read are no longer delivered; those that are new do not count.
      progress.remaining = Math.min(progress.remaining ?? pending, pending);
      while (progress.remaining > 0) {
        const { messages, end } = await pull.chunk(this.#options.timeoutMs / 3, signal);
        const wanted = messages.slice(0, progress.remaining);
        const last = wanted.at(-1);
        if (last !== undefined) {
          progress.next = last.sequence + 1;
          progress.remaining -= wanted.length;
        } else if (end === "partial") progress.remaining = 0;
        const isMore = progress.remaining > 0 && end !== "broken";
        // The next chunk travels while this one is worked on; a slow reader holds two, and the server keeps the rest.
        if (isMore) pull.ask(Math.min(chunkSize, progress.remaining));
        if (last !== undefined) yield wanted;
        if (!isMore) return;
      }
    } finally {
      pull.close();
    }
  }

  #firstAsk(): FirstAsk {
    const early = this.#patientReads === 0;
    if (!early) this.#patientReads--;
    return {
      early,
      graceMs: Math.min(GRACE_MS, this.#options.timeoutMs / 12),
      swallowed: () => {
        this.#patientReads = PATIENT_READS;
      },
    };
  }

  /** Whether the consumer stands on a replica that lags behind. Else what was known has expired since. */
  async #leaderHasMore(actor: Actor, sequence: number, knownSequence: number): Promise<boolean> {
    const last = await this.#options.lastMessage(actor.subject, knownSequence);
    return last !== undefined && last.sequence >= sequence;
  }

  #deadlineMs(): number {
    return performance.now() + this.#options.timeoutMs;
  }
}
