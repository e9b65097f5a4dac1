import type { Link } from "./link.ts";

/** Maximum size of a chunk, unless the server accepts messages over half this size. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** Minimum size of the reply subject of a delivered message, in bytes. */
const REPLY_BYTES = 64;

/**
 * Number of bytes by which a message must be below the server's limit if the stream is remote. The server counts the
 * subjects of a delivered message towards the size of a chunk, and their sizes are not known exactly.
 */
const RESERVE_BYTES = 512;

/**
 * Messages up to this size are assumed to pass every server on the way to a remote stream. A larger one may exceed the
 * `max_payload` of a server on the way, which then closes its connection to the leaf node instead of answering.
 */
const PASSING_BYTES = 64 * 1024;

/**
 * Number of copies of a large message that must be lost, although later messages arrived, until it counts as too large.
 */
export const MAX_LOST_COPIES = 2;

/** The sizes that messages may have on their way to a stream and from it. */
export class MessageSizes {
  readonly #link: Link;
  readonly #isRemote: () => boolean;

  /** @param isRemote - returns true if a leaf node connection may lie between this connection and the stream */
  constructor(link: Link, isRemote: () => boolean) {
    this.#link = link;
    this.#isRemote = isRemote;
  }

  /** True if a leaf node connection may lie between this connection and the stream. */
  get isRemote(): boolean {
    return this.#isRemote();
  }

  /** Maximum size of a message to publish, headers and payload, in bytes. */
  get maxBytes(): number {
    return this.#link.server.max_payload - (this.#isRemote() ? RESERVE_BYTES : 0);
  }

  /** Maximum size of a message with the events of several saves, headers and payload, in bytes. */
  get maxGroupBytes(): number {
    return this.#isRemote() ? Math.min(PASSING_BYTES, this.maxBytes) : this.maxBytes;
  }

  /** Returns true if a message with a payload of this size may exceed the limit of a server on the way. */
  mayBeLost(payloadBytes: number): boolean {
    return payloadBytes > PASSING_BYTES && this.#isRemote();
  }

  /**
   * Returns the maximum size of a chunk in bytes: subjects, headers and payloads. It is enough for any two messages
   * that the server accepts. If the stream is remote, it is so low that the server accepts every message of a chunk.
   */
  chunkBytes(subject: string): number {
    const { max_payload } = this.#link.server;
    return this.#isRemote() ? max_payload + subject.length + REPLY_BYTES : Math.max(CHUNK_BYTES, 2 * max_payload);
  }
}
