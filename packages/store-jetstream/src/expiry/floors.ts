import { decodeText, encodeText, pause } from "@aether/nats";
import type { Actor } from "../actor.ts";
import { ApiError, isPassing } from "../protocol/api-error.ts";
import { RETRY_PAUSE_MS } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import { VersionCache } from "../version-cache.ts";

/** What is kept of an actor for ever: no version of it is above the floor, and none is given again. */
export interface Floor {
  readonly floor: number;
  /**
   * On an actor's first record only: a sequence that the stream of the events had reached before. If nothing behind it has
   * expired and the actor has no events, it never had any: its writer died between the floor and the commit.
   */
  readonly after?: number;
}

interface FloorRecord extends Floor {
  readonly sequence: number;
}

/** What the floors of a store work with. */
export interface FloorsParts {
  readonly link: Link;
  readonly api: JetStreamApi;
  readonly cacheSize: number;
  readonly timeoutMs: number;
  readonly subjectOf: (actor: Actor) => string;
}

const LEAST_FLOOR = 16;
/**
 * Version floors, for streams whose events expire: one small record per actor in a stream without an age limit, written by
 * compare-and-set before a commit goes above it, at twice the version. So it costs one write per doubling, and after
 * everything has expired the actor's next version still is above every one that it had, also across crashes.
 */
export class Floors {
  readonly #parts: FloorsParts;
  readonly #known: VersionCache;

  constructor(parts: FloorsParts) {
    this.#parts = parts;
    this.#known = new VersionCache(parts.cacheSize);
  }

  /** The actor's floor as the leader has it. @throws ApiError, NoReplyError */
  async read(actor: Actor): Promise<Floor | undefined> {
    return this.#read(actor);
  }

  /**
   * Writes the first floor of an actor that is presumed to be new. Resolves to false if it has one.
   *
   * @param highestSequence - what the stream of the events has reached for certain
   * @throws ApiError, NoReplyError
   */
  async claim(actor: Actor, version: number, highestSequence: number): Promise<boolean> {
    if (this.#known.peek(actor.id) !== undefined) return false;
    try {
      await this.#write(actor, { floor: floorFor(version), after: highestSequence }, 0);
      return true;
    } catch (error) {
      const isTaken = error instanceof ApiError && error.is("wrongLastSequence");
      if (isTaken || isPassing(error)) return false; // the next attempt looks
      throw error;
    }
  }

  /** Makes sure that the floor is not below a version that is about to be committed. @throws ApiError, NoReplyError */
  async raise(actor: Actor, version: number, highestSequence: number): Promise<true> {
    const known = this.#known.use(actor.id);
    let record: FloorRecord | undefined = known && { floor: known.version, sequence: known.sequence };
    const deadlineMs = performance.now() + this.#parts.timeoutMs;
    for (;;) {
      if (record !== undefined && record.floor >= version) return true;
      try {
        record ??= await this.#read(actor);
        if (record !== undefined && record.floor >= version) return true;
        const floor = floorFor(version);
        await this.#write(
          actor,
          record === undefined ? { floor, after: highestSequence } : { floor },
          record?.sequence ?? 0,
        );
        return true;
      } catch (error) {
        const isBeaten = error instanceof ApiError && error.is("wrongLastSequence");
        const isLate = performance.now() > deadlineMs || this.#parts.link.isClosed;
        if (isLate || (!isBeaten && !isPassing(error))) throw error;
        if (!isBeaten) await pause(RETRY_PAUSE_MS);
        record = undefined; // another writer raised it, or nobody answered: look
      }
    }
  }

  async #read(actor: Actor): Promise<FloorRecord | undefined> {
    const message = await this.#parts.api.lastMessage(this.#parts.subjectOf(actor));
    if (message === undefined) return undefined;
    const { floor, after } = JSON.parse(decodeText(message.data)) as Floor;
    this.#known.learn(actor.id, { version: floor, sequence: message.sequence });
    return { floor, sequence: message.sequence, ...(after === undefined ? {} : { after }) };
  }

  async #write(actor: Actor, floor: Floor, expectedSequence: number): Promise<void> {
    const { api, subjectOf } = this.#parts;
    const sequence = await api.publishBehind(subjectOf(actor), encodeText(JSON.stringify(floor)), expectedSequence);
    this.#known.learn(actor.id, { version: floor.floor, sequence });
  }
}

function floorFor(version: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(LEAST_FLOOR, 2 * version));
}
