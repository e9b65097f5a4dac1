import { type Event, EventTooLargeError, type SaveReceipt, VersionConflictError } from "@aether/core";
import { recordStamp } from "@aether/store-kit";
import { type Actor, type Head, NO_EVENTS } from "../actor.ts";
import { ContentionError } from "../errors.ts";
import type { Expiry, Protection } from "../expiry/expiry.ts";
import type { HeadCache } from "../head-cache.ts";
import type { InFlight } from "../in-flight.ts";
import type { MessageLimit } from "../message-limit.ts";
import { Deadline } from "../protocol/ask-again.ts";
import { commitHeaders, joinPayloads, MAX_HEADER_BYTES } from "../protocol/commit.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { Positions } from "../protocol/positions.ts";
import type { CurrentHead, Heads } from "../read/heads.ts";
import type { History } from "../read/history.ts";
import type { Commit, CommitOutcome } from "./commit-outcome.ts";
import type { Committer } from "./committer.ts";
import { SaveRequest } from "./save-request.ts";
import { SaveTimeouts } from "./save-timeouts.ts";
import type { Slots } from "./slots.ts";

/** Maximum number of times that a save is repeated because another writer saved to the actor first. */
const MAX_REFUSALS = 20;

const NONE: readonly SaveRequest[] = Object.freeze([]);

/** The head that is assumed for an actor when its version 1 is saved, so that the leader need not be asked first. */
const PRESUMED_NEW: Head = Object.freeze({ ...NO_EVENTS });

/** The head that the next commit builds on: the actor's latest version and the stream sequence of its message. */
interface Base {
  readonly head: Head;
  /** The leader's answer, if the leader has just been asked for the head. */
  readonly current?: CurrentHead;
  /** Number of saves that were waiting when the leader was asked. For later saves, its answer may be too old. */
  readonly askedFor?: number;
}

/** The waiting saves of one actor. A store has at most one commit per actor in flight. */
interface ActorQueue {
  readonly actor: Actor;
  readonly waiting: SaveRequest[];
  /** The saves of the commit in flight, if the time limit of the commit does not end them in time. */
  lateGroup: readonly SaveRequest[];
}

export interface AppenderParts {
  readonly cache: HeadCache;
  readonly heads: Heads;
  readonly history: History;
  readonly committer: Committer;
  readonly slots: Slots;
  readonly positions: Positions;
  readonly guard: Protection;
  readonly inFlight: InFlight;
  readonly ackTimeoutMs: number;
  /** Called with the stored events. The events of an actor arrive in version order. */
  readonly onStored: (events: readonly Event[]) => void;
  readonly limit: MessageLimit;
}

/**
 * Appends events. Saves of different actors run in parallel. Saves of the same actor are decided in the order of the
 * calls. While a commit (one message to the stream) is in flight, further saves of its actor wait, and are then sent
 * together in the next commit. If several stores save to an actor, the server decides which commit is stored.
 */
export class Appender {
  readonly #parts: AppenderParts;
  readonly #queues = new Map<string, ActorQueue>();
  readonly #timeouts: SaveTimeouts;

  constructor(parts: AppenderParts) {
    this.#parts = parts;
    this.#timeouts = new SaveTimeouts(parts.ackTimeoutMs, () => this.#pending());
  }

  /**
   * Saves valid events.
   * @throws the same errors as `saveEvents`, and ApiError, NoReplyError, `signal.reason`
   */
  save(actor: Actor, events: readonly Event[], signal: AbortSignal | undefined): Promise<readonly SaveReceipt[]> {
    const request = new SaveRequest(actor, events, signal);
    const limitBytes = this.#parts.limit.serverBytes;
    if (sizeOf(request) > limitBytes) {
      request.fail(tooLarge(request, limitBytes));
      return request.done;
    }
    this.#timeouts.start();
    const queue = this.#queues.get(actor.id);
    if (queue !== undefined) queue.waiting.push(request);
    else void this.#work({ actor, waiting: [request], lateGroup: NONE });
    return request.done;
  }

  /** Rejects all saves that are not sent. */
  rejectWaiting(): void {
    for (const { actor, waiting } of this.#queues.values()) {
      for (const request of waiting) request.fail(new NoReplyError("disconnected", actor.subject));
    }
  }

  /** Commits the waiting saves of an actor until none is left. Each group of saves becomes one commit. */
  async #work(queue: ActorQueue): Promise<void> {
    const { actor, waiting } = queue;
    const { inFlight, slots, committer, guard } = this.#parts;
    inFlight.begin();
    this.#queues.set(actor.id, queue);
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      try {
        const base = this.#baseAtHand(actor, first) ?? (await this.#readBase(queue));
        const slot = slots.take();
        if (slot !== undefined) await slot;
        try {
          const group = this.#takeGroup(queue, base);
          // The group is now fixed: a save can no longer be withdrawn.
          for (const request of group) request.markSent();
          queue.lateGroup = group;
          const { expiry } = guard;
          const mayBeWritten =
            group.length > 0 && (expiry === undefined || (await this.#isAllowed(expiry, queue, group, base.head)));
          if (mayBeWritten) {
            if (this.#timeouts.isEndedByCommit(group[0] as SaveRequest)) queue.lateGroup = NONE;
            this.#conclude(queue, group, await committer.commit(commitOf(actor, base.head, group)));
          }
        } finally {
          queue.lateGroup = NONE;
          slots.free();
        }
      } catch (error) {
        for (const request of waiting.splice(0)) request.fail(error);
      }
    }
    this.#queues.delete(actor.id);
    inFlight.end();
  }

  /** Yields the saves that the time limit of a commit does not end in time. */
  *#pending(): Generator<SaveRequest, void, undefined> {
    for (const { waiting, lateGroup } of this.#queues.values()) {
      yield* waiting;
      yield* lateGroup;
    }
  }

  /**
   * Returns a base that is known without asking the server: the cached head, or for version 1 the head of a new actor.
   * Returns `undefined` if a base must be read.
   */
  #baseAtHand(actor: Actor, request: SaveRequest): Base | undefined {
    if (request.refusals > 0) return undefined;
    const head = this.#parts.cache.use(actor.id) ?? (request.firstVersion === 1 ? PRESUMED_NEW : undefined);
    return head && { head };
  }

  async #readBase({ actor, waiting }: ActorQueue): Promise<Base> {
    const askedFor = waiting.length;
    const current = await this.#parts.heads.current(actor, new Deadline(this.#parts.ackTimeoutMs));
    return { head: current.head, current, askedFor };
  }

  /** Takes from the front of the queue the saves that can follow the head. Rejects saves whose version is taken. */
  #takeGroup({ actor, waiting }: ActorQueue, { head, current, askedFor = 0 }: Base): readonly SaveRequest[] {
    const group: SaveRequest[] = [];
    let taken = 0;
    let leftBytes = this.#parts.limit.groupBytes - MAX_HEADER_BYTES - 1;
    let version = head.version;
    for (let request = waiting[0]; request !== undefined; request = waiting[0]) {
      if (!request.isSettled) {
        if (request.firstVersion <= head.version) {
          const refused = request;
          const answer = taken < askedFor ? current : undefined;
          void this.#parts.inFlight.run(() => this.#refuse(actor, refused, head, answer));
        } else if (request.firstVersion <= version)
          break; // The version is taken if this group is stored, so the save is decided after the group.
        else {
          leftBytes -= request.json.length + 1;
          if (group.length > 0 && leftBytes < 0) break;
          group.push(request);
          version = request.lastVersion;
        }
      }
      waiting.shift();
      taken++;
    }
    return group;
  }

  /** Settles the saves of a commit according to its outcome. */
  #conclude(queue: ActorQueue, group: readonly SaveRequest[], outcome: CommitOutcome): void {
    const { actor } = queue;
    switch (outcome.status) {
      case "stored": {
        const version = group.at(-1)?.lastVersion ?? 0;
        this.#parts.cache.learn(actor.id, { version, sequence: outcome.sequence });
        const stamp = recordStamp(group[0]?.events[0]?.id ?? "");
        let first = 0;
        for (const request of group) {
          const offset = first;
          this.#parts.onStored(request.events);
          request.stored((index) => this.#parts.positions.at(outcome.sequence, offset + index, stamp));
          first += request.events.length;
        }
        return;
      }
      case "refused":
        this.#parts.cache.countStale(actor.id);
        this.#putBackRefused(queue, group);
        return;
      case "too large":
        if (group.length > 1) putBack(queue, group);
        else for (const request of group) request.fail(tooLarge(request, this.#parts.limit.bytes));
        return;
      case "failed":
        for (const request of group) request.fail(outcome.cause);
        return;
      case "unknown":
        this.#parts.cache.drop(actor.id);
        for (const request of group) request.failUnknown(outcome.cause);
    }
  }

  /**
   * Raises the actor's version floor (an upper bound of the versions that the actor has used) if necessary. Returns
   * true if the group may then be committed. Otherwise its saves have failed, or are back in the queue.
   */
  async #isAllowed(expiry: Expiry, queue: ActorQueue, group: readonly SaveRequest[], head: Head): Promise<boolean> {
    try {
      const deadline = new Deadline(this.#parts.ackTimeoutMs);
      const lastVersion = group.at(-1)?.lastVersion ?? 0;
      const isAllowed = await expiry.beforeCommit(queue.actor, lastVersion, head, head === PRESUMED_NEW, deadline);
      if (!isAllowed) this.#putBackRefused(queue, group);
      return isAllowed;
    } catch (error) {
      for (const request of group) request.fail(error);
      return false;
    }
  }

  /**
   * Puts the saves of a rejected group back into the queue, in their order. The next commit that contains them builds
   * on the current head. A save that was rejected too often fails with `AETHER_CONTENTION`.
   */
  #putBackRefused(queue: ActorQueue, group: readonly SaveRequest[]): void {
    for (const request of group) {
      request.refusals++;
      if (request.refusals > MAX_REFUSALS) {
        request.fail(new ContentionError({ actorId: queue.actor.id, attempts: request.refusals }));
      }
    }
    putBack(queue, group);
  }

  /** Rejects a save whose version is taken. The error contains the actor's latest version on the leader. */
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

/** Puts the saves of a group that is not stored back into the queue, in their order. */
function putBack({ waiting }: ActorQueue, group: readonly SaveRequest[]): void {
  for (const request of group) request.markNotStored();
  for (const request of [...group].reverse()) if (!request.isSettled) waiting.unshift(request);
}

/** Upper bound of the size of a commit with a single save, in bytes. */
function sizeOf({ json }: SaveRequest): number {
  return json.length + MAX_HEADER_BYTES;
}

function tooLarge(request: SaveRequest, limitBytes: number): EventTooLargeError {
  return new EventTooLargeError({ actorId: request.actor.id, sizeBytes: sizeOf(request), limitBytes });
}

/** Combines the saves of a group into one commit that follows the head. */
function commitOf(actor: Actor, head: Head, group: readonly SaveRequest[]): Commit {
  const payload = group.length === 1 ? (group[0] as SaveRequest).json : joinPayloads(group);
  const span = { first: group[0]?.firstVersion ?? 0, last: group.at(-1)?.lastVersion ?? 0 };
  const count = group.reduce((total, { events }) => total + events.length, 0);
  return { actor, payload, headers: commitHeaders(head, span, count), expectedSequence: head.sequence };
}
