import { EventTooLargeError, invalid, isAetherError, type Snapshot } from "@aether/core";
import { decodeUtf8, encodeJson } from "@aether/nats";
import { freezeJson, isTimestamp, parseJson } from "@aether/store-kit";
import type { Actor } from "../actor.ts";
import type { MessageLimit } from "../message-limit.ts";
import { isOvertakenOrPassing, isStreamNotFound, isTooLarge } from "../protocol/api-error.ts";
import { askAgain, type Deadline, isWorthAskingAgain } from "../protocol/ask-again.ts";
import { MAX_HEADER_BYTES } from "../protocol/commit.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import { MAX_LOST_COPIES, type MessageSizes } from "../protocol/message-sizes.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import { sameBytes } from "../protocol/same-bytes.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { SingleMessages } from "../read/single-messages.ts";

/** A snapshot, and a stream sequence. Every event that the snapshot does not include has a higher sequence. */
export interface StoredSnapshot {
  readonly snapshot: Snapshot;
  readonly sequence: number;
}

export interface SnapshotsOptions {
  /**
   * Creates the stream if it does not exist. It is created when the first snapshot is saved, and again if it was
   * deleted.
   */
  readonly ensureStream: () => Promise<unknown>;
  readonly subjectOf: (actor: Actor) => string;
  /** Maximum size of a message to the stream. */
  readonly limit: MessageLimit;
  readonly sizes: MessageSizes;
}

/** Saves and reads the snapshots of all actors, in a separate stream. */
export class Snapshots {
  readonly #api: JetStreamApi;
  readonly #messages: SingleMessages;
  readonly #options: SnapshotsOptions;
  #ensured: Promise<unknown> | undefined;

  constructor(api: JetStreamApi, messages: SingleMessages, options: SnapshotsOptions) {
    this.#api = api;
    this.#messages = messages;
    this.#options = options;
  }

  /**
   * Reads the newest snapshot. Resolves to `undefined` if there is none or it is unreadable.
   * @throws ApiError, NoReplyError, `signal.reason`
   */
  async latest(actor: Actor, deadline: Deadline): Promise<StoredSnapshot | undefined> {
    const message = await askAgain(deadline, (timeoutMs) => this.#lastIfAny(actor, timeoutMs));
    return message === undefined ? undefined : decode(message, actor);
  }

  /**
   * Saves a snapshot unless a newer one is stored.
   * @throws ApiError, NoReplyError, `AETHER_EVENT_TOO_LARGE`, `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND`,
   * `AETHER_UNSAFE_SERVER`, `signal.reason`
   */
  async save(actor: Actor, snapshot: Snapshot, sequence: number, deadline: Deadline): Promise<void> {
    const payload = encodeJson({ ...snapshot, sequence });
    if ("sizeBytes" in payload) {
      throw new EventTooLargeError({ actorId: actor.id, sizeBytes: payload.sizeBytes, limitBytes: undefined });
    }
    const sizeBytes = payload.length + MAX_HEADER_BYTES;
    const { limit, sizes } = this.#options;
    const tooLarge = (limitBytes: number | undefined) =>
      new EventTooLargeError({ actorId: actor.id, sizeBytes, limitBytes });
    if (sizeBytes > limit.serverBytes) throw tooLarge(limit.serverBytes);
    // The shared attempt may be from an earlier call, which times out before this one. So it is repeated.
    const ensure = () => deadline.limit(this.#ensureStream(), this.#options.subjectOf(actor));
    let lost = 0;
    const attempt = async (timeoutMs: number): Promise<void> => {
      await askAgain(deadline, ensure, isWorthAskingAgain);
      const last = await this.#last(actor, timeoutMs);
      const newest = last === undefined ? undefined : decode(last, actor);
      if ((newest?.snapshot.version ?? 0) > snapshot.version) return;
      // An earlier attempt was stored, but not answered, or rejected by a stream in another JetStream domain.
      if (last !== undefined && sameBytes(last.data, payload)) return;
      if (lost === MAX_LOST_COPIES) throw tooLarge(undefined);
      try {
        await this.#api.publishAfter(this.#options.subjectOf(actor), payload, last?.sequence ?? 0, timeoutMs);
      } catch (error) {
        if (isTooLarge(error)) {
          await limit.rejected(sizeBytes, deadline.requestTimeoutMs);
          throw tooLarge(limit.bytes);
        }
        if (isTimeOut(error) && sizes.mayBeLost(payload.length)) {
          await askAgain(deadline, (limitMs) => this.#api.fence(this.#options.subjectOf(actor), limitMs));
          lost++;
        }
        throw error;
      }
    };
    // If another snapshot was saved first, the next attempt reads it, and saves this one unless the other is newer. If
    // the stream was deleted, the next attempt creates it again.
    await askAgain(deadline, attempt, (error) => isOvertakenOrPassing(error) || isStreamNotFound(error));
  }

  /** @throws ApiError, NoReplyError */
  async #last(actor: Actor, timeoutMs: number): Promise<StoredMessage | undefined> {
    try {
      return await this.#messages.last({ id: actor.id, subject: this.#options.subjectOf(actor) }, timeoutMs);
    } catch (error) {
      if (isStreamNotFound(error)) this.#ensured = undefined;
      if (!isAetherError(error, "AETHER_MESSAGE_TOO_LARGE")) throw error;
      // Another client stored the snapshot over a server with a higher limit. It counts as unreadable.
      return { sequence: error.sequence, data: new Uint8Array(), header: () => undefined };
    }
  }

  /** @throws ApiError, NoReplyError */
  async #lastIfAny(actor: Actor, timeoutMs: number): Promise<StoredMessage | undefined> {
    try {
      return await this.#last(actor, timeoutMs);
    } catch (error) {
      if (isStreamNotFound(error)) return undefined;
      throw error;
    }
  }

  /**
   * Creates the stream. Concurrent calls share one attempt. The signal or deadline of a single call does not end that
   * attempt.
   */
  #ensureStream(): Promise<unknown> {
    if (this.#ensured === undefined) {
      this.#ensured = this.#options.ensureStream();
      this.#ensured.catch(() => {
        this.#ensured = undefined;
      });
    }
    return this.#ensured;
  }
}

function decode(message: StoredMessage, actor: Actor): StoredSnapshot | undefined {
  try {
    const record = parseJson(decodeUtf8(message.data)) as Snapshot & { readonly sequence: number };
    const { actorId, version, state, timestamp, sequence } = record;
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
    freezeJson(state, "state", invalid);
    return { snapshot: Object.freeze({ actorId, version, state, timestamp }), sequence };
  } catch {
    // A snapshot is optional. Without one, all events are read.
    return undefined;
  }
}

function isTimeOut(error: unknown): boolean {
  return error instanceof NoReplyError && error.reason === "time-out";
}

function isInteger(value: unknown, min: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= min;
}
