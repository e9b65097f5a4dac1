import { decodeText, encodeText } from "@aether/nats";
import type { Actor } from "../actor.ts";
import { LruMap } from "../lru-map.ts";
import { isOvertaken, isPassing } from "../protocol/api-error.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";

/** The permanent record of an actor: none of its versions is above the floor, and none is ever reused. */
export interface Floor {
  readonly floor: number;
  /**
   * On an actor's first record only: a sequence that the stream of the events had reached before. If no later message
   * has expired and the actor has no events, it never had any: its writer died between the floor and the commit.
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
 * Version floors, for streams whose events expire: one small record per actor in a stream without an age limit. Before
 * a commit goes above the floor, it is raised to twice the version, by compare-and-set: one write per doubling. So
 * after all events of an actor have expired, and even after a crash, its next version is above every earlier one.
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

  /** Reads the actor's floor from the leader. @throws ApiError, NoReplyError */
  async read(actor: Actor, timeoutMs: number): Promise<FloorRecord | undefined> {
    const message = await this.#api.lastMessage(this.#subjectOf(actor), timeoutMs);
    if (message === undefined) return undefined;
    const { floor, after } = JSON.parse(decodeText(message.data)) as Floor;
    const record = { floor, sequence: message.sequence, ...(after === undefined ? {} : { after }) };
    this.#learn(actor, record);
    return record;
  }

  /**
   * Writes the first floor of an actor that is presumed to be new. Resolves to false if it has one.
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
      if (isOvertaken(error) || isPassing(error)) return false; // the next attempt reads the floor
      throw error;
    }
  }

  /** Ensures that the floor is at least a version that is about to be committed. @throws ApiError, NoReplyError */
  async raise(actor: Actor, version: number, highestSequence: number, deadline: Deadline): Promise<true> {
    let known = this.#known.use(actor.id);
    if (known !== undefined && known.floor >= version) return true;
    const attempt = async (timeoutMs: number): Promise<true> => {
      const record = known ?? (await this.read(actor, timeoutMs));
      known = undefined; // another attempt reads the floor
      if (record !== undefined && record.floor >= version) return true;
      const floor = floorFor(version);
      const raised = record === undefined ? { floor, after: highestSequence } : { floor };
      await this.#write(actor, raised, record?.sequence ?? 0, timeoutMs);
      return true;
    };
    return askAgain(deadline, attempt, (error) => isOvertaken(error) || isPassing(error));
  }

  async #write(actor: Actor, floor: Floor, expectedSequence: number, timeoutMs: number): Promise<void> {
    const payload = encodeText(JSON.stringify(floor));
    const sequence = await this.#api.publishAfter(this.#subjectOf(actor), payload, expectedSequence, timeoutMs);
    this.#learn(actor, { ...floor, sequence });
  }

  /** Answers may arrive out of order. */
  #learn(actor: Actor, record: FloorRecord): void {
    const known = this.#known.peek(actor.id);
    if (known === undefined || known.sequence < record.sequence) this.#known.set(actor.id, record);
  }
}

function floorFor(version: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(MIN_FLOOR, 2 * version));
}
