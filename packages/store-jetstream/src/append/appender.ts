import { type Event, EventTooLargeError, type SaveReceipt, VersionConflictError } from "@aether/core";
import type { Actor } from "../actor.ts";
import { commitHeaders, joinPayloads, MAX_HEADER_BYTES } from "../commit.ts";
import type { Expiry } from "../expiry/expiry.ts";
import { isFull, unavailable } from "../protocol/api-error.ts";
import type { History } from "../replay/history.ts";
import type { Underway } from "../underway.ts";
import { type Head, NO_EVENTS, type VersionCache } from "../version-cache.ts";
import type { Commit, CommitOutcome, Committer } from "./committer.ts";
import { ContentionError } from "./contention-error.ts";
import { SaveRequest } from "./save-request.ts";
import type { Slots } from "./slots.ts";
import { StoreFullError } from "./store-full-error.ts";

/** How often one save reads the head anew because others keep writing. */
const MAX_REFUSALS = 20;

/** The head that a first version is tried on without looking. */
const PRESUMED_NEW: Head = Object.freeze({ ...NO_EVENTS });

/** The saves of one actor that wait; at most one commit of an actor is under way in this store. */
interface ActorQueue {
  readonly actor: Actor;
  readonly waiting: SaveRequest[];
}

/** What the appender works with. */
export interface AppenderParts {
  readonly streamName: string;
  readonly cache: VersionCache;
  readonly history: History;
  readonly committer: Committer;
  readonly slots: Slots;
  /** Only where events expire. */
  readonly expiry: Expiry | undefined;
  readonly underway: Underway;
  /** Told of what is stored, in the order of each actor's versions. */
  readonly onStored: (events: readonly Event[]) => void;
  /** The largest message that the server takes, headers and payload, in bytes. */
  readonly maxMessageBytes: () => number;
}

/**
 * Appends events. Actors are written in parallel; the saves of one actor are judged in the order of the calls, and those
 * that wait while a commit is under way travel together in the next. The server decides between this store and others.
 */
export class Appender {
  readonly #parts: AppenderParts;
  readonly #queues = new Map<string, ActorQueue>();

  constructor(parts: AppenderParts) {
    this.#parts = parts;
  }

  /** @throws what `saveEvents` throws for events that were prepared */
  save(actor: Actor, events: readonly Event[], signal: AbortSignal | undefined): Promise<readonly SaveReceipt[]> {
    const request = new SaveRequest(events, signal);
    const sizeBytes = request.json.length + MAX_HEADER_BYTES;
    const limitBytes = this.#parts.maxMessageBytes();
    if (sizeBytes > limitBytes) {
      request.fail(new EventTooLargeError({ actorId: actor.id, sizeBytes, limitBytes }));
      return request.done;
    }
    const queue = this.#queues.get(actor.id);
    if (queue !== undefined) queue.waiting.push(request);
    else void this.#work({ actor, waiting: [request] });
    return request.done;
  }

  /** Until none waits: judges the saves that wait, and commits those that can be committed together. */
  async #work(queue: ActorQueue): Promise<void> {
    const { actor, waiting } = queue;
    const { underway, slots, committer, expiry } = this.#parts;
    underway.begin();
    this.#queues.set(actor.id, queue);
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      try {
        const head = this.#headAtHand(actor, first) ?? (await this.#readHead(actor));
        const slot = slots.take();
        if (slot !== undefined) await slot;
        try {
          const group = this.#takeGroup(queue, head);
          // From here on the group is written as it is: an abort comes too late to take a save out of it.
          for (const request of group) request.markSent();
          const mayBeWritten =
            group.length > 0 && (expiry === undefined || (await this.#isAllowed(expiry, queue, group, head)));
          if (mayBeWritten) this.#conclude(queue, group, await committer.commit(commitOf(actor, head, group)));
        } finally {
          slots.free();
        }
      } catch (error) {
        for (const request of waiting.splice(0)) request.fail(error);
      }
    }
    this.#queues.delete(actor.id);
    underway.end();
  }

  /** A first version is tried without looking: most often its actor is new. */
  #headAtHand(actor: Actor, request: SaveRequest): Head | undefined {
    if (request.refusals > 0) return undefined;
    return this.#parts.cache.use(actor.id) ?? (request.firstVersion === 1 ? PRESUMED_NEW : undefined);
  }

  async #readHead(actor: Actor): Promise<Head> {
    try {
      return await this.#parts.history.head(actor);
    } catch (error) {
      throw unavailable("read the latest version before saving", error);
    }
  }

  /** Takes the saves from the queue's front that fit behind the head, and refuses those whose version is taken. */
  #takeGroup({ actor, waiting }: ActorQueue, head: Head): readonly SaveRequest[] {
    const group: SaveRequest[] = [];
    let room = this.#parts.maxMessageBytes() - MAX_HEADER_BYTES - 1;
    let version = head.version;
    for (let request = waiting[0]; request !== undefined; request = waiting[0]) {
      if (!request.isSettled) {
        if (request.firstVersion <= head.version) {
          void this.#parts.underway.run(() => this.#refuse(actor, request, head));
        } else if (request.firstVersion <= version)
          break; // taken only if this group is stored: judged after it
        else {
          room -= request.json.length + 1;
          if (group.length > 0 && room < 0) break;
          group.push(request);
          version = request.lastVersion;
        }
      }
      waiting.shift();
    }
    return group;
  }

  /** Tells the callers how the commit of their saves ended. */
  #conclude(queue: ActorQueue, group: readonly SaveRequest[], outcome: CommitOutcome): void {
    const { actor } = queue;
    switch (outcome.status) {
      case "stored": {
        const version = group.at(-1)?.lastVersion ?? 0;
        this.#parts.cache.learn(actor.id, { version, sequence: outcome.sequence });
        let index = 0;
        for (const request of group) {
          this.#parts.onStored(request.events);
          request.stored(outcome.sequence, index);
          index += request.events.length;
        }
        return;
      }
      case "refused":
        this.#parts.cache.countStale(actor.id);
        this.#judgeAgain(queue, group);
        return;
      case "failed":
        for (const request of group) request.fail(failure(outcome.cause, this.#parts.streamName));
        return;
      case "unknown":
        this.#parts.cache.drop(actor.id);
        for (const request of group) request.failUnknown(outcome.cause);
    }
  }

  /** Raises the actor's floor. False if that settled the group otherwise, or if it must be judged again. */
  async #isAllowed(expiry: Expiry, queue: ActorQueue, group: readonly SaveRequest[], head: Head): Promise<boolean> {
    try {
      const isAllowed = await expiry.beforeCommit(queue.actor, group.at(-1)?.lastVersion ?? 0, head === PRESUMED_NEW);
      if (!isAllowed) this.#judgeAgain(queue, group);
      return isAllowed;
    } catch (error) {
      for (const request of group) request.fail(unavailable("raise the version floor before saving", error));
      return false;
    }
  }

  /** Puts the saves of a refused group back, in their order. */
  #judgeAgain({ actor, waiting }: ActorQueue, group: readonly SaveRequest[]): void {
    const again = group.filter((request) => {
      request.markNotStored();
      request.refusals++;
      if (request.refusals > MAX_REFUSALS)
        request.fail(new ContentionError({ actorId: actor.id, attempts: request.refusals }));
      return !request.isSettled;
    });
    waiting.unshift(...again);
  }

  /** Tells a caller that its version is taken, with the truth as the leader has it. */
  async #refuse(actor: Actor, request: SaveRequest, known: Head): Promise<void> {
    try {
      const { head, sameEvents } = await this.#parts.history.compare(actor, request.events, known.sequence);
      request.fail(
        new VersionConflictError({
          actorId: actor.id,
          attemptedVersion: request.firstVersion,
          currentVersion: head.version,
          sameEvent: sameEvents,
        }),
      );
    } catch (error) {
      request.fail(unavailable("find out what stands at a version that is taken", error));
    }
  }
}

/** The saves of a group as one message behind the head. */
function commitOf(actor: Actor, head: Head, group: readonly SaveRequest[]): Commit {
  const payload = group.length === 1 ? (group[0] as SaveRequest).json : joinPayloads(group);
  const span = { first: group[0]?.firstVersion ?? 0, last: group.at(-1)?.lastVersion ?? 0 };
  const count = group.reduce((total, { events }) => total + events.length, 0);
  return { actor, payload, headers: commitHeaders(head, span, count), expectedSequence: head.sequence };
}

function failure(cause: unknown, streamName: string): Error {
  return isFull(cause) ? new StoreFullError({ streamName, cause }) : unavailable("save", cause);
}
