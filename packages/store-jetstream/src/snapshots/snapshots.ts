import { EventTooLargeError, InvalidArgumentError, type NewSnapshot, type Snapshot } from "@aether/core";
import { decodeUtf8, encodeText, pause } from "@aether/nats";
import { freezeJson, isTimestamp } from "@aether/store-kit";
import type { Actor } from "../actor.ts";
import { StoreFullError } from "../append/store-full-error.ts";
import { MAX_HEADER_BYTES } from "../commit.ts";
import { ApiError, isFull, isPassing, unavailable } from "../protocol/api-error.ts";
import { RETRY_PAUSE_MS } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";

/** A snapshot, and the sequence in the stream of the events behind which those that it does not hold begin. */
export interface StoredSnapshot {
  readonly snapshot: Snapshot;
  readonly sequence: number;
}

/** What the snapshots of a store work with. */
export interface SnapshotsParts {
  readonly link: Link;
  readonly api: JetStreamApi;
  readonly timeoutMs: number;
  readonly streamName: string;
  /** Makes the stream where it is not there yet: a store without snapshots has none. */
  readonly ensure: () => Promise<unknown>;
  readonly subjectOf: (actor: Actor) => string;
}

/** The snapshots of all actors, in a stream of their own. */
export class Snapshots {
  readonly #parts: SnapshotsParts;
  #ensured: Promise<unknown> | undefined;

  constructor(parts: SnapshotsParts) {
    this.#parts = parts;
  }

  /** The newest snapshot; one that cannot be read counts as none. @throws ApiError, NoReplyError */
  async latest(actor: Actor): Promise<StoredSnapshot | undefined> {
    const message = await this.#last(actor);
    return message === undefined ? undefined : decode(message, actor);
  }

  /** Saves a snapshot unless a newer one is there. @throws `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_FULL`, `AETHER_EVENT_TOO_LARGE` */
  async save(actor: Actor, snapshot: NewSnapshot, timestamp: string, sequence: number): Promise<void> {
    const payload = encodeText(JSON.stringify({ ...snapshot, timestamp, sequence }));
    const sizeBytes = payload.length + MAX_HEADER_BYTES;
    const limitBytes = this.#parts.link.server.max_payload;
    if (sizeBytes > limitBytes) throw new EventTooLargeError({ actorId: actor.id, sizeBytes, limitBytes });
    await this.#ensure();
    const deadlineMs = performance.now() + this.#parts.timeoutMs;
    let cause: unknown;
    while (performance.now() < deadlineMs && !this.#parts.link.isClosed) {
      try {
        const last = await this.#last(actor);
        const newest = last === undefined ? undefined : decode(last, actor);
        if ((newest?.snapshot.version ?? 0) > snapshot.version) return;
        await this.#parts.api.publishBehind(this.#parts.subjectOf(actor), payload, last?.sequence ?? 0);
        return;
      } catch (error) {
        cause = error;
        if (isFull(error)) throw new StoreFullError({ streamName: this.#parts.streamName, cause });
        // Another writer of snapshots was quicker, or nobody answered: look again, and save again if it is still newest.
        const isBeaten = error instanceof ApiError && error.is("wrongLastSequence");
        if (!isBeaten && !isPassing(error)) break;
        await pause(RETRY_PAUSE_MS);
      }
    }
    throw unavailable("save a snapshot", cause);
  }

  async #last(actor: Actor): Promise<StoredMessage | undefined> {
    try {
      return await this.#parts.api.lastMessage(this.#parts.subjectOf(actor));
    } catch (error) {
      if (error instanceof ApiError && error.is("streamNotFound")) return undefined;
      throw error;
    }
  }

  async #ensure(): Promise<void> {
    this.#ensured ??= this.#parts.ensure();
    try {
      await this.#ensured;
    } catch (error) {
      this.#ensured = undefined;
      throw error;
    }
  }
}

function decode(message: StoredMessage, actor: Actor): StoredSnapshot | undefined {
  try {
    const { actorId, version, state, timestamp, sequence } = JSON.parse(decodeUtf8(message.data));
    const isWhole =
      actorId === actor.id &&
      isInteger(version, 1) &&
      isInteger(sequence, 0) &&
      typeof timestamp === "string" &&
      isTimestamp(timestamp) &&
      typeof state === "object" &&
      state !== null &&
      !Array.isArray(state);
    if (!isWhole) return undefined;
    const refuse = (argument: string, reason: string): Error => new InvalidArgumentError({ argument, reason });
    freezeJson(state, "state", refuse);
    return { snapshot: Object.freeze({ actorId, version, state, timestamp }), sequence };
  } catch {
    // A snapshot is a shortcut: without it the events are read from the beginning.
    return undefined;
  }
}

function isInteger(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
