import { StoreUnavailableError } from "@aether/core";
import { decodeText, encodeText } from "@aether/nats";
import type { Actor } from "../actor.ts";
import { LruMap } from "../lru-map.ts";
import { isOvertakenOrPassing } from "../protocol/api-error.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";

/** The record of an actor's version floor. It never expires. */
export interface Floor {
  /** An upper bound of the versions that the actor has used. */
  readonly floor: number;
  /**
   * A sequence that the stream of the events had reached when the actor's first record was written. Every commit of a
   * store to this actor has a higher sequence. So if no message after this sequence has expired, no such commit has.
   */
  readonly after?: number;
}

interface FloorRecord extends Floor {
  readonly sequence: number;
}

export interface FloorsOptions {
  readonly cacheSize: number;
  readonly subjectOf: (actor: Actor) => string;
}

const MIN_FLOOR = 16;

/**
 * Version floors, for streams whose events expire. A floor is a small record per actor in a separate stream without an
 * age limit. It is an upper bound of the versions that the actor has used. So after all events of the actor have
 * expired, even after a crash, its next version can be chosen above every earlier one.
 *
 * Before a commit exceeds the floor, the floor is raised to twice the version of the commit, by compare-and-set. The
 * floor at least doubles each time, so these writes are rare.
 */
export class Floors {
  readonly #api: JetStreamApi;
  readonly #subjectOf: (actor: Actor) => string;
  readonly #known: LruMap<FloorRecord>;

  constructor(api: JetStreamApi, { cacheSize, subjectOf }: FloorsOptions) {
    this.#api = api;
    this.#subjectOf = subjectOf;
    this.#known = new LruMap(cacheSize);
  }

  /**
   * Reads the actor's floor from the leader.
   * @throws ApiError, NoReplyError, and `AETHER_STORE_UNAVAILABLE` if another program has overwritten the floor
   */
  async read(actor: Actor, timeoutMs: number): Promise<FloorRecord | undefined> {
    const message = await this.#api.lastMessage(this.#subjectOf(actor), timeoutMs);
    if (message === undefined) return undefined;
    const floor = parseFloor(message.data);
    if (floor === undefined) throw overwritten(this.#subjectOf(actor));
    const record = { ...floor, sequence: message.sequence };
    this.#learn(actor, record);
    return record;
  }

  /**
   * Writes the first floor of an actor that is assumed to be new. Resolves to false if the actor may already have a
   * floor.
   *
   * @param highestSequence - a sequence that the stream of the events has reached
   * @throws ApiError, NoReplyError
   */
  async claim(actor: Actor, version: number, highestSequence: number, deadline: Deadline): Promise<boolean> {
    if (this.#known.peek(actor.id) !== undefined) return false;
    try {
      await this.#write(actor, { floor: floorFor(version), after: highestSequence }, 0, deadline.requestTimeoutMs);
      return true;
    } catch (error) {
      if (isOvertakenOrPassing(error)) return false; // The next attempt reads the floor.
      throw error;
    }
  }

  /**
   * Raises the floor if it is below a version that is about to be committed.
   * @throws ApiError, NoReplyError, `signal.reason`
   */
  async raise(actor: Actor, version: number, highestSequence: number, deadline: Deadline): Promise<true> {
    let known = this.#known.use(actor.id);
    if (known !== undefined && known.floor >= version) return true;
    const attempt = async (timeoutMs: number): Promise<true> => {
      const record = known ?? (await this.#readForUpdate(actor, highestSequence, timeoutMs));
      known = undefined; // The next attempt reads the floor.
      if (record.floor >= version) return true;
      const { after, sequence } = record;
      await this.#write(
        actor,
        { floor: floorFor(version), ...(after === undefined ? {} : { after }) },
        sequence,
        timeoutMs,
      );
      return true;
    };
    return askAgain(deadline, attempt, isOvertakenOrPassing);
  }

  /**
   * Reads the floor before it is raised. A missing floor is 0. So is one that another program has overwritten: the
   * version that is about to be committed follows events that can be read.
   */
  async #readForUpdate(actor: Actor, highestSequence: number, timeoutMs: number): Promise<FloorRecord> {
    const message = await this.#api.lastMessage(this.#subjectOf(actor), timeoutMs);
    if (message === undefined) return { floor: 0, after: highestSequence, sequence: 0 };
    const record = { ...(parseFloor(message.data) ?? { floor: 0 }), sequence: message.sequence };
    this.#learn(actor, record);
    return record;
  }

  async #write(actor: Actor, floor: Floor, expectedSequence: number, timeoutMs: number): Promise<void> {
    const payload = encodeText(JSON.stringify(floor));
    const sequence = await this.#api.publishAfter(this.#subjectOf(actor), payload, expectedSequence, timeoutMs);
    this.#learn(actor, { ...floor, sequence });
  }

  /** Caches a record, unless a later one is known. Answers may arrive out of order. */
  #learn(actor: Actor, record: FloorRecord): void {
    const known = this.#known.peek(actor.id);
    if (known === undefined || known.sequence < record.sequence) this.#known.set(actor.id, record);
  }
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
