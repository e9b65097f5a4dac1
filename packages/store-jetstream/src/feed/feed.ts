import type { FeedPage, Position } from "@aether/core";
import type { FeedRange } from "@aether/store-kit";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import { hasPayload } from "../protocol/stored-message.ts";
import type { FeedParts } from "./feed-parts.ts";
import { FeedRead } from "./feed-read.ts";
import { allActors, messageAt } from "./message-at.ts";

/** Reads the events of all actors, in the order of the stream. */
export class Feed {
  readonly #parts: FeedParts;
  readonly #reads = new Set<FeedRead>();
  #count = 0;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /**
   * Yields the pages of a read.
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `AETHER_HISTORY_TRUNCATED`, `signal.reason`
   */
  async *read(range: FeedRange & { readonly signal: AbortSignal }): AsyncGenerator<FeedPage, void, undefined> {
    const read = new FeedRead(this.#parts, range, `${this.#parts.consumerPrefix}-feed-${++this.#count}`);
    this.#reads.add(read);
    try {
      yield* read.pages();
    } finally {
      this.#reads.delete(read);
      void read.close();
    }
  }

  /** Ends all reads, and deletes their consumers. */
  async close(): Promise<void> {
    await Promise.all([...this.#reads].map((read) => read.close()));
  }

  /**
   * Returns the position of the stream's last record on the leader. If all records have expired, the position is after
   * the last one.
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async latestPosition(deadline: Deadline): Promise<Position | undefined> {
    const { messages, lastMessages, watch, positions, streamName } = this.#parts;
    const ask = () => lastMessages.ask(allActors(streamName), watch.highestSequence, deadline);
    const last = await askAgain(deadline, ask);
    if (last !== undefined) {
      const { sequence } = last;
      watch.saw(sequence);
      const message = hasPayload(last) ? last : await messageAt(messages, streamName, sequence, deadline);
      return positions.lastOf(sequence, message?.data);
    }
    const { state } = await askAgain(deadline, (timeoutMs) => watch.verify(timeoutMs));
    return state.last_seq === 0 ? undefined : positions.lastOf(state.last_seq, undefined);
  }
}
