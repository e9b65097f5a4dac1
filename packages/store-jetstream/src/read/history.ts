import type { Event, ReplayError } from "@aether/core";
import { type Actor, type Head, NO_EVENTS } from "../actor.ts";
import { Continuity } from "../expiry/continuity.ts";
import type { Protection } from "../expiry/expiry.ts";
import type { HeadCache } from "../head-cache.ts";
import { LruMap } from "../lru-map.ts";
import type { Deadline } from "../protocol/ask-again.ts";
import { decodeCommits } from "../protocol/decode-commits.ts";
import { EXPECTATION_HEADER } from "../protocol/headers.ts";
import type { Positions } from "../protocol/positions.ts";
import { hasPayload, type MessageHead } from "../protocol/stored-message.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import type { CommitDecoder, DecodedMessages } from "./commit-decoder.ts";
import { EventSearch } from "./event-search.ts";
import type { CurrentHead, Heads } from "./heads.ts";
import type { LastMessages } from "./last-messages.ts";
import type { MessageReader } from "./message-reader.ts";
import { ReadGoal } from "./read-goal.ts";
import { seek } from "./seek.ts";
import type { SingleMessages } from "./single-messages.ts";

/** The events and the malformed records of a part of an actor's history. */
export interface HistoryPart {
  readonly events: readonly Event[];
  readonly errors: readonly ReplayError[];
}

/** A part of an actor's messages. The events in it are not compared with earlier events. */
export interface MessagesRange {
  readonly startSequence: number;
  /** Sequence of a message that exists, with which the read ends. */
  readonly endSequence: number;
  /** Number of messages to request at a time. */
  readonly chunkSize: number;
}

/** A range of versions of an actor's history. */
export interface HistoryRange {
  /** The lowest version to read. */
  readonly fromVersion: number;
  /**
   * The highest version to read. The read may end with the commit that contains this version.
   * @default Number.MAX_SAFE_INTEGER
   */
  readonly toVersion?: number | undefined;
  /** True to accept a history whose first events have expired. @default false */
  readonly acceptTruncated?: boolean | undefined;
  /** Approximate number of events to read. It limits read-ahead. @default no limit */
  readonly limit?: number | undefined;
  /** The actor's last message, if the leader has just returned it. @default the leader is asked if necessary */
  readonly last?: MessageHead | undefined;
}

export interface HistoryParts {
  readonly messages: SingleMessages;
  readonly heads: Heads;
  readonly lastMessages: LastMessages;
  readonly reader: MessageReader;
  readonly decoder: CommitDecoder;
  readonly positions: Positions;
  readonly cache: HeadCache;
  readonly watch: StreamWatch;
  readonly guard: Protection;
}

/** A range with more versions than this is read by a consumer only, without a direct request first. */
const MANY_VERSIONS = 200;

/** For more messages than this, a consumer is created without a direct request first. */
const MANY_MESSAGES = 100;

/** Maximum number of actors whose snapshot's version and sequence are remembered. */
const SNAPSHOT_ENDS = 10_000;

/**
 * Reads the events of actors. If a read reaches an actor's head (latest version and stream sequence), the head is added
 * to the cache.
 */
export class History {
  readonly #parts: HistoryParts;
  /** The version and sequence of each actor's snapshot. The next read often starts right after them. */
  readonly #snapshotEnds = new LruMap<Head>(SNAPSHOT_ENDS);

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /** Remembers the version and the sequence of a snapshot, so that a read of the events after it can start there. */
  rememberSnapshot(actor: Actor, end: Head): void {
    const known = this.#snapshotEnds.peek(actor.id);
    if (known === undefined || known.sequence < end.sequence) this.#snapshotEnds.set(actor.id, end);
  }

  /**
   * Returns an actor's head, and a sequence after which all events with versions above `version` are stored. The result
   * has no `sequence` if the actor's latest version is below `version`, or all events of the actor have expired.
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async sequenceAfter(
    actor: Actor,
    version: number,
    deadline: Deadline,
  ): Promise<{ readonly head: Head; readonly sequence?: number }> {
    const { messages, cache, heads } = this.#parts;
    const known = cache.peek(actor.id);
    if (known?.version === version && known.heldAt !== 0) return { head: known, sequence: known.sequence };
    const { last, head } = await heads.current(actor, deadline);
    if (last === undefined || head.version < version) return { head };
    if (head.version === version) return { head, sequence: head.sequence };
    return { head, sequence: (await seek(messages, actor, version + 1, last, deadline)) - 1 };
  }

  /**
   * Returns the events after a snapshot, if the actor's last message contains all of them. Otherwise, returns
   * `undefined`: the events must be read.
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async nextCommitOnly(
    actor: Actor,
    snapshotEnd: Promise<Head | undefined>,
    deadline: Deadline,
  ): Promise<readonly Event[] | undefined> {
    const [{ last, head }, end] = await Promise.all([this.#parts.heads.current(actor, deadline), snapshotEnd]);
    // Without a snapshot, the expired events would be missing from the result. A full read reports this.
    if (last === undefined) return end === undefined && head.version > 0 ? undefined : [];
    if (end === undefined) return undefined;
    if (last.sequence <= end.sequence) return [];
    if (last.header(EXPECTATION_HEADER) !== String(end.sequence) || !hasPayload(last)) return undefined;
    const { events } = await decodeCommits([last], actor.id, this.#parts.positions);
    return events.filter(({ version }) => version > end.version);
  }

  /**
   * Yields the events of a range in version order, several at a time. The deadline restarts after each part.
   * @throws ApiError, NoReplyError, `AETHER_HISTORY_TRUNCATED`, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async *read(actor: Actor, range: HistoryRange, deadline: Deadline): AsyncGenerator<HistoryPart, void, undefined> {
    const start = await this.#startFor(actor, range, deadline);
    if (start === undefined) return;
    const { fromVersion, toVersion = Number.MAX_SAFE_INTEGER } = range;
    for await (const part of this.readFrom(actor, start, range, deadline)) yield within(fromVersion, toVersion, part);
  }

  /**
   * Yields the messages of a range that begins at a known start, and their contents. The deadline restarts after each
   * part. The first part may contain versions below the range, and the last part versions above it.
   * @throws ApiError, NoReplyError, `AETHER_HISTORY_TRUNCATED`, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async *readFrom(
    actor: Actor,
    start: Start,
    range: HistoryRange,
    deadline: Deadline,
  ): AsyncGenerator<DecodedMessages, void, undefined> {
    const { fromVersion, toVersion = Number.MAX_SAFE_INTEGER } = range;
    const { cache, decoder, lastMessages, reader, watch } = this.#parts;
    // The cache is read here, because a save during the read may drop the entry.
    const cached = cache.peek(actor.id) ?? NO_EVENTS;
    const last = start.last ?? range.last;
    const knownEnd = { sequence: Math.max(last?.sequence ?? 0, cached.sequence), isLast: last !== undefined };
    const goal = new ReadGoal(lastMessages, actor, knownEnd, deadline);
    const wanted = {
      startSequence: start.sequence,
      isLong: cached.version - Math.max(1, fromVersion) > MANY_VERSIONS,
      chunkSize: range.limit,
    };
    const continuity = this.#continuity(actor, start, fromVersion, range.acceptTruncated !== true);
    let version = start.afterVersion;
    let readSequence: number | undefined;
    for await (const chunk of reader.read(actor, wanted, goal, deadline)) {
      const decoded = await decoder.decode(actor, chunk, version, deadline);
      await continuity?.check(decoded, deadline);
      version = decoded.events.at(-1)?.version ?? version;
      yield decoded;
      deadline.renew();
      readSequence = chunk.at(-1)?.sequence ?? readSequence;
      if (version >= toVersion) return;
    }
    // If the cached version is 0, only malformed messages can have expired.
    const hasExpired = goal.hasExpired && !(cached.version === 0 && cached.sequence > 0);
    await continuity?.checkEnd({ hasExpired, hasMissed: goal.hasMissed }, deadline);
    const isSure = continuity === undefined || continuity.isConfirmed;
    if (readSequence !== undefined && version >= Math.max(1, fromVersion) && isSure) {
      watch.saw(readSequence);
      cache.learn(actor.id, { version, sequence: readSequence, heldAt: continuity?.heldAt });
    }
  }

  /**
   * Yields a part of an actor's messages, and their contents. The deadline restarts after each part.
   * @throws ApiError, NoReplyError, `AETHER_HISTORY_TRUNCATED`, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async *readMessages(
    actor: Actor,
    range: MessagesRange,
    deadline: Deadline,
  ): AsyncGenerator<DecodedMessages, void, undefined> {
    const { decoder, lastMessages, reader } = this.#parts;
    const goal = new ReadGoal(lastMessages, actor, { sequence: range.endSequence, isLast: true }, deadline);
    const continuity = this.#continuity(actor, undefined, 1, true);
    let version = 0;
    const messages = { ...range, isLong: range.chunkSize > MANY_MESSAGES };
    for await (const chunk of reader.read(actor, messages, goal, deadline)) {
      const decoded = await decoder.decode(actor, chunk, version, deadline);
      await continuity?.check(decoded, deadline);
      version = decoded.events.at(-1)?.version ?? version;
      yield decoded;
      deadline.renew();
    }
  }

  #continuity(actor: Actor, start: Start | undefined, fromVersion: number, isStrict: boolean): Continuity | undefined {
    const { expiry } = this.#parts.guard;
    return (
      expiry &&
      new Continuity(expiry, actor, {
        startSequence: start?.sequence ?? 0,
        afterVersion: start?.afterVersion ?? 0,
        fromVersion,
        isPart: start === undefined,
        isStrict: isStrict && !expiry.acceptTruncated,
      })
    );
  }

  /**
   * Compares events with the stored ones. Resolves to true if each event is stored at its version, with the same id.
   *
   * @param current - the actor's head, which the leader has just returned
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async hasEvents(actor: Actor, events: readonly Event[], current: CurrentHead, deadline: Deadline): Promise<boolean> {
    const { last, head } = current;
    const [first] = events;
    const end = events.at(-1);
    if (first === undefined || end === undefined || end.version > head.version) return false;
    if (last === undefined) return false; // All events have expired.
    const search = new EventSearch(events);
    if (hasPayload(last)) search.add((await decodeCommits([last], actor.id, this.#parts.positions)).events);
    if (search.verdict !== undefined) return search.verdict;
    const versions = { fromVersion: first.version, toVersion: end.version };
    const range = { ...versions, limit: events.length, last, acceptTruncated: true };
    for await (const commit of this.read(actor, range, deadline)) {
      search.add(commit.events);
      if (search.verdict !== undefined) return search.verdict;
    }
    return false;
  }

  /**
   * Finds a stream sequence at which a read of the events from a version on can start. The actor's latest version must
   * be at least this version.
   *
   * @param last - the actor's last message
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `signal.reason`
   */
  seek(actor: Actor, version: number, last: MessageHead, deadline: Deadline): Promise<number> {
    return version <= 1 ? Promise.resolve(1) : seek(this.#parts.messages, actor, version, last, deadline);
  }

  /** Finds a start sequence that misses no event of the range. Resolves to `undefined` if the range is empty. */
  async #startFor(actor: Actor, range: HistoryRange, deadline: Deadline): Promise<Start | undefined> {
    const { fromVersion } = range;
    if (fromVersion <= 1) return { sequence: 1, afterVersion: 0 };
    const { cache, heads } = this.#parts;
    const known = cache.peek(actor.id);
    if (known !== undefined && fromVersion > known.version) {
      return { sequence: known.sequence + 1, afterVersion: known.version };
    }
    const snapshotEnd = this.#snapshotEnds.peek(actor.id);
    if (snapshotEnd?.version === fromVersion - 1) return { sequence: snapshotEnd.sequence + 1, afterVersion: 0 };
    if (range.last !== undefined) return this.#seek(actor, fromVersion, range.last, deadline);
    const { last, head } = await heads.current(actor, deadline);
    if (last === undefined || head.version < fromVersion) return undefined;
    return this.#seek(actor, fromVersion, last, deadline);
  }

  async #seek(actor: Actor, version: number, last: MessageHead, deadline: Deadline): Promise<Start> {
    return { sequence: await this.seek(actor, version, last, deadline), afterVersion: 0, last };
  }
}

/** A sequence at which a read can start. It misses no event of the range. */
export interface Start {
  readonly sequence: number;
  /** The highest version that is known to precede the start; 0 if none is known. */
  readonly afterVersion: number;
  /** The actor's last message, if the leader was asked. */
  readonly last?: MessageHead;
}

function within(fromVersion: number, toVersion: number, part: HistoryPart): HistoryPart {
  const { events, errors } = part;
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) return part;
  if (first.version >= fromVersion && last.version <= toVersion) return part;
  return { events: events.filter(({ version }) => version >= fromVersion && version <= toVersion), errors };
}
