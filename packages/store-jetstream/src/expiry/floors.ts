import { StoreUnavailableError } from "@aether/core";
import { decodeText, encodeText } from "@aether/nats";
import type { Actor } from "../actor.ts";
import { LruMap } from "../lru-map.ts";
import { isOvertaken, isOvertakenOrPassing, isStreamNotFound } from "../protocol/api-error.ts";
import { askAgain, Deadline } from "../protocol/ask-again.ts";
import type { JetStreamApi, StreamInfo } from "../protocol/jetstream-api.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";

/** The record of an actor's version floor. It never expires. */
export interface Floor {
  /** An upper bound of the versions that the actor has used. */
  readonly floor: number;
  /**
   * Only if the actor had no events when its first record was written: a sequence that the event stream had reached.
   * Every commit of a store to this actor has a higher sequence. So if no message after this sequence has expired, no
   * such commit has.
   */
  readonly after?: number;
}

interface FloorRecord extends Floor {
  readonly sequence: number;
}

export interface FloorsOptions {
  readonly cacheSize: number;
  readonly subjectOf: (actorId: string) => string;
  /** Subject of the record that all actors have floors. It belongs to no actor. */
  readonly completeSubject: string;
  /** Creates the stream if it does not exist, and reads its description. */
  readonly ensureStream: (limitMs?: number) => Promise<StreamInfo>;
}

const MIN_FLOOR = 16;
const RESTORED_AT_ONCE = 200;
const RESTORE_TIMEOUT_MS = 10_000;

/**
 * Version floors, for streams whose events expire. A floor is a small record per actor in a separate stream without an
 * age limit. It is an upper bound of the versions that the actor has used. So after all events of the actor have
 * expired, even after a crash, its next version can be chosen above every earlier one.
 *
 * Before a commit exceeds the floor, the floor is raised to twice the version of the commit, by compare-and-set. The
 * floor at least doubles each time, so these writes are rare.
 *
 * If the stream was deleted, it is created again, with the floors that this store knows. They are also written if
 * another store or program has created it again.
 */
export class Floors {
  readonly #api: JetStreamApi;
  readonly #options: FloorsOptions;
  readonly #known: LruMap<FloorRecord>;
  /** Creation time of the stream that the known floors are from. */
  #created: string | undefined;
  #restoring: Promise<void> | undefined;

  constructor(api: JetStreamApi, options: FloorsOptions) {
    this.#api = api;
    this.#options = options;
    this.#known = new LruMap(options.cacheSize);
  }

  /** Creates the stream if it does not exist. @throws ApiError, NoReplyError and the errors of `ensureStream` */
  async open(limitMs: number): Promise<void> {
    const { created } = await this.#options.ensureStream(limitMs);
    this.#created ??= created;
  }

  /**
   * Reads the actor's floor from the leader.
   * @throws ApiError, NoReplyError, the errors of `ensureStream`, and `AETHER_STORE_UNAVAILABLE` if another program has
   * overwritten the floor
   */
  async read(actor: Pick<Actor, "id">, timeoutMs: number): Promise<FloorRecord | undefined> {
    const message = await this.#lastOf(actor.id, timeoutMs);
    if (message === undefined) return undefined;
    const floor = parseFloor(message.data);
    if (floor === undefined) throw overwritten(this.#options.subjectOf(actor.id));
    const record = { ...floor, sequence: message.sequence };
    this.#learn(actor.id, record);
    return record;
  }

  /**
   * True if every actor whose events were stored without a floor has one since. Writes the known floors first if the
   * stream was created again.
   * @throws ApiError, NoReplyError and the errors of `ensureStream`
   */
  async areComplete(timeoutMs: number): Promise<boolean> {
    if (await this.#isReplaced(timeoutMs)) await this.#restore();
    return (await this.#last(this.#options.completeSubject, timeoutMs)) !== undefined;
  }

  /** Records that every actor has a floor. @throws ApiError, NoReplyError */
  async markComplete(timeoutMs: number): Promise<void> {
    try {
      await this.#api.publishAfter(this.#options.completeSubject, encodeText('{"complete":true}'), 0, timeoutMs);
    } catch (error) {
      if (!isOvertaken(error)) throw error; // Another store was faster.
    }
  }

  /**
   * Writes the first floor of an actor that is assumed to be new. Resolves to false if the actor may already have a
   * floor.
   *
   * @param highestSequence - a sequence that the event stream has reached
   * @throws ApiError, NoReplyError
   */
  async claim(actor: Actor, version: number, highestSequence: number, deadline: Deadline): Promise<boolean> {
    if (this.#known.peek(actor.id) !== undefined) return false;
    try {
      await this.#write(actor.id, { floor: floorFor(version), after: highestSequence }, 0, deadline.requestTimeoutMs);
      return true;
    } catch (error) {
      if (isOvertakenOrPassing(error)) return false; // The next attempt reads the floor.
      throw error;
    }
  }

  /**
   * Raises the floor if it is below a version that is stored or about to be committed.
   *
   * @param after - a sequence that the event stream has reached, if the actor has no events
   * @throws ApiError, NoReplyError, `signal.reason` and the errors of `ensureStream`
   */
  async raise(actor: Pick<Actor, "id">, version: number, after: number | undefined, deadline: Deadline): Promise<true> {
    let known = this.#known.use(actor.id);
    if (known !== undefined && known.floor >= version) return true;
    const attempt = async (timeoutMs: number): Promise<true> => {
      const record = known ?? (await this.#readForUpdate(actor, after, timeoutMs));
      known = undefined; // The next attempt reads the floor.
      if (record.floor >= version) return true;
      const { sequence, ...kept } = record;
      await this.#write(actor.id, { ...kept, floor: floorFor(version) }, sequence, timeoutMs);
      return true;
    };
    return askAgain(deadline, attempt, isOvertakenOrPassing);
  }

  /**
   * Writes the floor of an actor that has events and probably no floor.
   * @throws ApiError, NoReplyError and the errors of `ensureStream`
   */
  async add(actor: Pick<Actor, "id">, version: number, deadline: Deadline): Promise<void> {
    try {
      await this.#write(actor.id, { floor: floorFor(version) }, 0, deadline.requestTimeoutMs);
    } catch (error) {
      if (!isOvertakenOrPassing(error)) throw error;
      await this.raise(actor, version, undefined, deadline);
    }
  }

  /**
   * Reads the floor before it is raised. A missing floor is 0. So is one that another program has overwritten: the
   * version that is about to be committed follows events that can be read.
   */
  async #readForUpdate(actor: Pick<Actor, "id">, after: number | undefined, timeoutMs: number): Promise<FloorRecord> {
    const message = await this.#lastOf(actor.id, timeoutMs);
    if (message === undefined) return { floor: 0, sequence: 0, ...(after === undefined ? {} : { after }) };
    const record = { ...(parseFloor(message.data) ?? { floor: 0 }), sequence: message.sequence };
    this.#learn(actor.id, record);
    return record;
  }

  async #write(actorId: string, floor: Floor, expectedSequence: number, timeoutMs: number): Promise<void> {
    const subject = this.#options.subjectOf(actorId);
    const payload = encodeText(JSON.stringify(floor));
    const sequence = await this.#api.publishAfter(subject, payload, expectedSequence, timeoutMs);
    this.#learn(actorId, { ...floor, sequence });
  }

  /** Caches a record, unless a later one is known. Answers may arrive out of order. */
  #learn(actorId: string, record: FloorRecord): void {
    const known = this.#known.peek(actorId);
    if (known === undefined || known.sequence < record.sequence) this.#known.set(actorId, record);
  }

  /**
   * Reads the message with an actor's floor. An answer that lacks a known floor is from a new stream, or the floor was
   * erased. The known floors are written to a new stream. An erased floor is forgotten.
   */
  async #lastOf(actorId: string, timeoutMs: number): Promise<StoredMessage | undefined> {
    const subject = this.#options.subjectOf(actorId);
    const known = this.#known.peek(actorId); // A floor that is learned during the request may be newer than the answer.
    const message = await this.#last(subject, timeoutMs);
    if (known === undefined || !isOlder(message, known) || this.#known.peek(actorId) !== known) return message;
    if (!(await this.#isReplaced(timeoutMs))) {
      this.#known.delete(actorId);
      return message;
    }
    const deadline = new Deadline(timeoutMs);
    await deadline.limit(this.#restore(), subject);
    return this.#api.lastMessage(subject, deadline.requestTimeoutMs);
  }

  /** True if the stream is not the one that the known floors are from. */
  async #isReplaced(timeoutMs: number): Promise<boolean> {
    try {
      const { created } = await this.#api.streamInfo(timeoutMs);
      this.#created ??= created;
      return created !== this.#created;
    } catch (error) {
      if (isStreamNotFound(error)) return true;
      throw error;
    }
  }

  /** Reads the last message of a subject. If the stream was deleted, it is created again first. */
  async #last(subject: string, timeoutMs: number): Promise<StoredMessage | undefined> {
    try {
      return await this.#api.lastMessage(subject, timeoutMs);
    } catch (error) {
      if (!isStreamNotFound(error)) throw error;
    }
    const deadline = new Deadline(timeoutMs);
    await deadline.limit(this.#restore(), subject);
    return this.#api.lastMessage(subject, deadline.requestTimeoutMs);
  }

  /** Creates the deleted stream again, and writes the known floors. Concurrent calls share one attempt. */
  #restore(): Promise<void> {
    this.#restoring ??= this.#restoreNow().finally(() => {
      this.#restoring = undefined;
    });
    return this.#restoring;
  }

  async #restoreNow(): Promise<void> {
    const { created } = await this.#options.ensureStream();
    const lost = this.#known.entries();
    for (const [actorId] of lost) this.#known.delete(actorId); // Their sequences are of the deleted stream.
    try {
      for (let first = 0; first < lost.length; first += RESTORED_AT_ONCE) {
        const group = lost.slice(first, first + RESTORED_AT_ONCE);
        await Promise.all(group.map(([actorId, record]) => this.#rewrite(actorId, record)));
      }
    } catch (error) {
      // The next attempt writes them.
      for (const [actorId, record] of lost) if (!this.#known.peek(actorId)) this.#known.set(actorId, record);
      throw error;
    }
    this.#created = created;
  }

  /** Writes a known floor into the new stream, unless another store has written one. That store knows it as well. */
  async #rewrite(actorId: string, { sequence: _, ...floor }: FloorRecord): Promise<void> {
    const deadline = new Deadline(RESTORE_TIMEOUT_MS);
    const attempt = async (timeoutMs: number): Promise<void> => {
      const message = await this.#api.lastMessage(this.#options.subjectOf(actorId), timeoutMs);
      const stored = (message && parseFloor(message.data)?.floor) ?? 0;
      if (stored < floor.floor) await this.#write(actorId, floor, message?.sequence ?? 0, timeoutMs);
    };
    await askAgain(deadline, attempt, isOvertakenOrPassing);
  }
}

/** True if a message is older than a known record, so that the record is not in the stream any more. */
function isOlder(message: StoredMessage | undefined, known: FloorRecord): boolean {
  if (message === undefined || message.sequence < known.sequence) return true;
  return message.sequence > known.sequence && (parseFloor(message.data)?.floor ?? 0) < known.floor;
}

/** Parses a record. Returns `undefined` if it is not a floor. */
function parseFloor(data: Uint8Array): Floor | undefined {
  try {
    const { floor, after } = JSON.parse(decodeText(data)) as Partial<Floor>;
    if (floor === undefined || !Number.isSafeInteger(floor)) return undefined;
    if (after === undefined) return { floor };
    return Number.isSafeInteger(after) ? { floor, after } : undefined;
  } catch {
    return undefined;
  }
}

function overwritten(subject: string): StoreUnavailableError {
  return new StoreUnavailableError({
    operation: "read a version floor",
    reason:
      `another program has overwritten the record on the subject ${subject}; ` +
      'publish {"floor":N} there, with a number N that no version of the actor exceeds',
  });
}

function floorFor(version: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(MIN_FLOOR, 2 * version));
}
