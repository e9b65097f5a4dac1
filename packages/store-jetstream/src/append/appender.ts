import { type Event, EventTooLargeError, type SaveReceipt, VersionConflictError } from "@aether/core";
import { type Actor, type Head, NO_EVENTS } from "../actor.ts";
import { ContentionError } from "../errors.ts";
import type { Expiry } from "../expiry/expiry.ts";
import type { HeadCache } from "../head-cache.ts";
import type { InFlight } from "../in-flight.ts";
import { Deadline } from "../protocol/ask-again.ts";
import { commitHeaders, joinPayloads, MAX_HEADER_BYTES } from "../protocol/commit.ts";
import type { CurrentHead, Heads } from "../read/heads.ts";
import type { History } from "../read/history.ts";
import type { Commit, CommitOutcome, Committer } from "./committer.ts";
import { SaveRequest } from "./save-request.ts";
import { SaveTimeouts } from "./save-timeouts.ts";
import type { Slots } from "./slots.ts";

/** Number of times that one save reads the head again because other writers keep saving. */
const MAX_REFUSALS = 20;

/** The presumed head of an actor whose first version is saved without asking. */
const PRESUMED_NEW: Head = Object.freeze({ ...NO_EVENTS });

/** The head that the next commit builds on. */
interface Base {
  readonly head: Head;
  /** The leader's answer, if it was asked for the head just now. */
  readonly current?: CurrentHead;
}

/** The waiting saves of one actor. This store has at most one commit of an actor in flight. */
interface ActorQueue {
  readonly actor: Actor;
  readonly waiting: SaveRequest[];
  /** The saves that a commit has taken, unless its time limit ends them in time. */
  lateGroup: readonly SaveRequest[];
}

export interface AppenderParts {
  readonly cache: HeadCache;
  readonly heads: Heads;
  readonly history: History;
  readonly committer: Committer;
  readonly slots: Slots;
  /** Only on streams whose events expire. */
  readonly expiry: Expiry | undefined;
  readonly inFlight: InFlight;
  readonly ackTimeoutMs: number;
  /** Called with the stored events, in the order of each actor's versions. */
  readonly onStored: (events: readonly Event[]) => void;
  /** The server's maximum size of a message, headers and payload, in bytes. */
  readonly maxMessageBytes: () => number;
}

/**
 * Appends events. Actors are written in parallel. The saves of one actor are decided in the order of the calls; saves
 * that wait for a commit in flight share the next one. The server decides between this store and others.
 */
export class Appender {
  readonly #parts: AppenderParts;
  readonly #queues = new Map<string, ActorQueue>();
  readonly #timeouts: SaveTimeouts;

  constructor(parts: AppenderParts) {
    this.#parts = parts;
    this.#timeouts = new SaveTimeouts(parts.ackTimeoutMs, () => this.#pending());
  }

  /** @throws the errors of `saveEvents` for valid events, ApiError, NoReplyError, `signal.reason` */
  save(actor: Actor, events: readonly Event[], signal: AbortSignal | undefined): Promise<readonly SaveReceipt[]> {
    const request = new SaveRequest(actor, events, signal);
    const sizeBytes = request.json.length + MAX_HEADER_BYTES;
    const limitBytes = this.#parts.maxMessageBytes();
    if (sizeBytes > limitBytes) {
      request.fail(new EventTooLargeError({ actorId: actor.id, sizeBytes, limitBytes }));
      return request.done;
    }
    this.#timeouts.start();
    const queue = this.#queues.get(actor.id);
    if (queue !== undefined) queue.waiting.push(request);
    else void this.#work({ actor, waiting: [request], lateGroup: [] });
    return request.done;
  }

  /** Commits the waiting saves of an actor, group by group, until none is left. */
  async #work(queue: ActorQueue): Promise<void> {
    const { actor, waiting } = queue;
    const { inFlight, slots, committer, expiry } = this.#parts;
    inFlight.begin();
    this.#queues.set(actor.id, queue);
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      try {
        const base = this.#baseAtHand(actor, first) ?? (await this.#readBase(actor));
        const slot = slots.take();
        if (slot !== undefined) await slot;
        try {
          const group = this.#takeGroup(queue, base);
          // From here on the group is written as it is: it is too late to withdraw a save.
          for (const request of group) request.markSent();
          queue.lateGroup = group;
          const mayBeWritten =
            group.length > 0 && (expiry === undefined || (await this.#isAllowed(expiry, queue, group, base.head)));
          if (mayBeWritten) {
            if (this.#timeouts.isEndedByCommit(group[0] as SaveRequest)) queue.lateGroup = [];
            this.#conclude(queue, group, await committer.commit(commitOf(actor, base.head, group)));
          }
        } finally {
          queue.lateGroup = [];
          slots.free();
        }
      } catch (error) {
        for (const request of waiting.splice(0)) request.fail(error);
      }
    }
    this.#queues.delete(actor.id);
    inFlight.end();
  }

  /** The saves that no commit ends in time. */
  *#pending(): Generator<SaveRequest, void, undefined> {
    for (const { waiting, lateGroup } of this.#queues.values()) {
      yield* waiting;
      yield* lateGroup;
    }
  }

  /** A first version is tried without asking: usually its actor is new. */
  #baseAtHand(actor: Actor, request: SaveRequest): Base | undefined {
    if (request.refusals > 0) return undefined;
    const head = this.#parts.cache.use(actor.id) ?? (request.firstVersion === 1 ? PRESUMED_NEW : undefined);
    return head && { head };
  }

  async #readBase(actor: Actor): Promise<Base> {
    const current = await this.#parts.heads.current(actor, new Deadline(this.#parts.ackTimeoutMs));
    return { head: current.head, current };
  }

  /** Takes the saves from the front of the queue that can follow the head, and refuses those whose version is taken. */
  #takeGroup({ actor, waiting }: ActorQueue, { head, current }: Base): readonly SaveRequest[] {
    const group: SaveRequest[] = [];
    let leftBytes = this.#parts.maxMessageBytes() - MAX_HEADER_BYTES - 1;
    let version = head.version;
    for (let request = waiting[0]; request !== undefined; request = waiting[0]) {
      if (!request.isSettled) {
        if (request.firstVersion <= head.version) {
          const refused = request;
          void this.#parts.inFlight.run(() => this.#refuse(actor, refused, head, current));
        } else if (request.firstVersion <= version)
          break; // taken only if this group is stored: decided after it
        else {
          leftBytes -= request.json.length + 1;
          if (group.length > 0 && leftBytes < 0) break;
          group.push(request);
          version = request.lastVersion;
        }
      }
      waiting.shift();
    }
    return group;
  }

  /** Settles the saves of a commit by its outcome. */
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
        this.#putBack(queue, group);
        return;
      case "failed":
        for (const request of group) request.fail(outcome.cause);
        return;
      case "unknown":
        this.#parts.cache.drop(actor.id);
        for (const request of group) request.failUnknown(outcome.cause);
    }
  }

  /** Raises the actor's version floor. Returns false if the group was settled otherwise, or must be decided again. */
  async #isAllowed(expiry: Expiry, queue: ActorQueue, group: readonly SaveRequest[], head: Head): Promise<boolean> {
    try {
      const deadline = new Deadline(this.#parts.ackTimeoutMs);
      const lastVersion = group.at(-1)?.lastVersion ?? 0;
      const isAllowed = await expiry.beforeCommit(queue.actor, lastVersion, head === PRESUMED_NEW, deadline);
      if (!isAllowed) this.#putBack(queue, group);
      return isAllowed;
    } catch (error) {
      for (const request of group) request.fail(error);
      return false;
    }
  }

  /** Puts the saves of a refused group back, in their order: they are decided again, on the current head. */
  #putBack({ actor, waiting }: ActorQueue, group: readonly SaveRequest[]): void {
    for (const request of [...group].reverse()) {
      request.markNotStored();
      request.refusals++;
      if (request.refusals > MAX_REFUSALS) {
        request.fail(new ContentionError({ actorId: actor.id, attempts: request.refusals }));
      }
      if (!request.isSettled) waiting.unshift(request);
    }
  }

  /** Ends a save whose version is taken, with the leader's view of the actor. */
  async #refuse(actor: Actor, request: SaveRequest, known: Head, answered: CurrentHead | undefined): Promise<void> {
    try {
      const { heads, history, ackTimeoutMs } = this.#parts;
      const deadline = new Deadline(ackTimeoutMs);
      const current = answered ?? (await heads.current(actor, deadline, known.sequence));
      request.fail(
        new VersionConflictError({
          actorId: actor.id,
          attemptedVersion: request.firstVersion,
          currentVersion: current.head.version,
          sameEvent: await history.hasEvents(actor, request.events, current, deadline),
        }),
      );
    } catch (error) {
      request.fail(error);
    }
  }
}

/** The saves of a group as one message that follows the head. */
function commitOf(actor: Actor, head: Head, group: readonly SaveRequest[]): Commit {
  const payload = group.length === 1 ? (group[0] as SaveRequest).json : joinPayloads(group);
  const span = { first: group[0]?.firstVersion ?? 0, last: group.at(-1)?.lastVersion ?? 0 };
  const count = group.reduce((total, { events }) => total + events.length, 0);
  return { actor, payload, headers: commitHeaders(head, span, count), expectedSequence: head.sequence };
}
