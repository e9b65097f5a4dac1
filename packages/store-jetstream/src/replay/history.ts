import type { Event } from "@aether/core";
import { abortable, pause } from "@aether/nats";
import type { Actor } from "../actor.ts";
import { type DecodedCommit, decodeCommits, EXPECTATION_HEADER, headerSpan } from "../commit.ts";
import type { Expiry } from "../expiry/expiry.ts";
import { unavailable } from "../protocol/api-error.ts";
import { RETRY_PAUSE_MS } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import { type Head, NO_EVENTS, VersionCache } from "../version-cache.ts";
import { readDelivered } from "./delivered.ts";
import { lastMessage } from "./last-message.ts";
import type { PullReader } from "./pull-reader.ts";
import { seek } from "./seek.ts";

/** Which part of an actor's history to read. */
export interface HistoryRange {
  /** The lowest version wanted. */
  readonly fromVersion: number;
  /** Nothing of a commit that begins above it is needed. @default Number.MAX_SAFE_INTEGER */
  readonly toVersion?: number;
  /** Takes what has not expired for the whole. @default false */
  readonly acceptTruncated?: boolean;
  /** About so many events are wanted: what is read ahead is not more. @default as many as there are */
  readonly limit?: number;
  /** The last message that the leader has: a replica without it lags behind. @default the leader is asked where that matters */
  readonly knownSequence?: number;
  readonly signal: AbortSignal | undefined;
}

/** What the history works with. */
export interface HistoryParts {
  readonly api: JetStreamApi;
  readonly reader: PullReader;
  readonly cache: VersionCache;
  readonly watch: StreamWatch;
  /** Only where events expire. */
  readonly expiry: Expiry | undefined;
  /** How long the head is asked for again while a server answers that is not the leader any more. */
  readonly patienceMs: number;
}

/** So many are hardly in the few messages that are read without a consumer. */
const MANY_VERSIONS = 200;

/** What is stored of an actor, and where it ends. Everything that it learns on the way goes into the cache. */
export class History {
  readonly #api: JetStreamApi;
  readonly #reader: PullReader;
  readonly #cache: VersionCache;
  readonly #watch: StreamWatch;
  readonly #expiry: Expiry | undefined;
  readonly #patienceMs: number;
  /** Where snapshots end: what is read next is what comes after. */
  readonly #snapshots: VersionCache = new VersionCache(10_000);

  constructor({ api, reader, cache, watch, expiry, patienceMs }: HistoryParts) {
    this.#patienceMs = patienceMs;
    this.#api = api;
    this.#reader = reader;
    this.#cache = cache;
    this.#watch = watch;
    this.#expiry = expiry;
  }

  /** Keeps in mind the sequence behind which the events after a snapshot begin. */
  rememberSnapshot(actor: Actor, snapshot: Head): void {
    this.#snapshots.learn(actor.id, snapshot);
  }

  /**
   * The sequence behind which an actor's events after a version begin, or the head if it is not that far.
   * @throws ApiError, NoReplyError
   */
  async sequenceBehind(actor: Actor, version: number): Promise<{ readonly head: Head; readonly sequence?: number }> {
    const known = this.#cache.peek(actor.id);
    if (known?.version === version) return { head: known, sequence: known.sequence };
    const { last, head } = await this.#current(actor);
    if (last === undefined || head.version < version) return { head };
    if (head.version === version) return { head, sequence: head.sequence };
    return { head, sequence: (await seek(this.#api, actor, version + 1, last)) - 1 };
  }

  /**
   * The events behind a snapshot, if one answer of the leader holds all of them; `undefined` if they must be read.
   * @throws ApiError, NoReplyError
   */
  async nextCommitOnly(actor: Actor, snapshot: Promise<Head | undefined>): Promise<readonly Event[] | undefined> {
    const [{ last }, behind] = await Promise.all([this.#current(actor), snapshot]);
    if (last === undefined || behind === undefined) return last === undefined ? [] : undefined;
    if (last.sequence <= behind.sequence) return [];
    if (last.header(EXPECTATION_HEADER) !== String(behind.sequence)) return undefined;
    return decodeCommits([last], actor.id).events.filter(({ version }) => version > behind.version);
  }

  /** The actor's head as the stream's leader has it. @throws ApiError, NoReplyError, `AETHER_STORE_UNAVAILABLE` */
  async head(actor: Actor): Promise<Head> {
    return (await this.#current(actor)).head;
  }

  /** {@link head}, for a read. @throws `AETHER_STORE_UNAVAILABLE`, `signal.reason` */
  async headToRead(actor: Actor, signal: AbortSignal | undefined): Promise<Head> {
    return this.#asRead(this.head(actor), signal, "read the latest version");
  }

  /** Yields the events of a range, ascending, some at a time. @throws `AETHER_STORE_UNAVAILABLE`, `signal.reason` */
  async *read(actor: Actor, range: HistoryRange): AsyncGenerator<DecodedCommit, void, undefined> {
    const { fromVersion, toVersion = Number.MAX_SAFE_INTEGER, limit, signal } = range;
    const expiry = range.acceptTruncated === true ? undefined : this.#expiry;
    const start = await this.#asRead(this.#startFor(actor, fromVersion, range.knownSequence), signal);
    if (start === undefined) return;
    const known = this.#cache.peek(actor.id) ?? NO_EVENTS;
    let version = start.afterVersion;
    let last: StoredMessage | undefined;
    const isLong = known.version - Math.max(1, fromVersion) > MANY_VERSIONS;
    const isLastKnown = range.knownSequence !== undefined || start.knownSequence !== undefined;
    // The cache may have forgotten meanwhile what is known to be there.
    const knownSequence = Math.max(range.knownSequence ?? 0, start.knownSequence ?? 0, known.sequence);
    const messages = {
      startSequence: start.sequence,
      knownSequence,
      lastSequence: isLastKnown ? undefined : () => this.#lastSequence(actor, knownSequence),
      isLong,
      chunkSize: limit,
      signal,
    };
    for await (const chunk of this.#reader.read(actor, messages)) {
      const delivered = await this.#asRead(readDelivered(this.#api, actor, chunk, version), signal);
      const [first] = delivered.messages;
      if (last === undefined && first !== undefined) expiry?.checkFirst(actor, first, start.sequence, fromVersion);
      version = delivered.events.at(-1)?.version ?? version;
      yield within(fromVersion, toVersion, delivered);
      last = chunk.at(-1) ?? last;
      if (version >= toVersion) return;
    }
    if (last === undefined && fromVersion <= 1 && expiry !== undefined) {
      await this.#asRead(expiry.checkEmpty(actor), signal);
    }
    if (last !== undefined && version >= Math.max(1, fromVersion)) {
      this.#watch.saw(last.sequence);
      this.#cache.learn(actor.id, { version, sequence: last.sequence });
    }
  }

  /**
   * The actor's head, and whether each of these events stands in its history, by version and id.
   *
   * @param knownSequence - where the actor was found to be that far; an answer from before is not the truth
   */
  async compare(
    actor: Actor,
    events: readonly Event[],
    knownSequence: number,
  ): Promise<{ readonly head: Head; readonly sameEvents: boolean }> {
    const { last, head } = await this.#current(actor, knownSequence);
    const [first] = events;
    const end = events.at(-1);
    if (first === undefined || end === undefined || end.version > head.version) return { head, sameEvents: false };
    const wanted = new Map(events.map(({ version, id }) => [version, id]));
    const search = (found: readonly Event[]): "same" | "different" | "not all" => {
      for (const { version, id } of found) {
        if (!wanted.has(version)) continue;
        if (wanted.get(version) !== id) return "different";
        wanted.delete(version);
      }
      return wanted.size === 0 ? "same" : "not all";
    };
    let verdict = last === undefined ? "not all" : search(decodeCommits([last], actor.id).events);
    if (verdict === "not all") {
      const [fromVersion, toVersion] = [first.version, end.version];
      const known = { knownSequence: head.sequence, acceptTruncated: true, signal: undefined };
      const range = { fromVersion, toVersion, limit: events.length, ...known };
      for await (const commit of this.read(actor, range)) {
        verdict = search(commit.events);
        if (verdict !== "not all") break;
      }
    }
    return { head, sameEvents: verdict === "same" };
  }

  /** Ends early with the signal, and turns the failure of a request into the public error. */
  async #asRead<T>(work: Promise<T>, signal: AbortSignal | undefined, what = "read events"): Promise<T> {
    try {
      return await abortable(work, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw unavailable(what, error);
    }
  }

  /** The actor's last message and head. */
  #current(actor: Actor, knownSequence = 0): Promise<Current> {
    return this.#patiently(async () => {
      const last = await this.#lastMessage(actor, knownSequence);
      return { last, head: await this.#headOf(actor, last) };
    });
  }

  /** Where the actor's last message stands; 0 if there is none. A rejection need not be handled at once. */
  #lastSequence(actor: Actor, knownSequence: number): Promise<number> {
    const asked = this.#patiently(async () => (await this.#lastMessage(actor, knownSequence))?.sequence ?? 0);
    asked.catch(() => {});
    return asked;
  }

  /** While a server answers that is not the leader any more, it is asked again. */
  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const isOutdated = error instanceof NoReplyError && error.reason === "outdated";
        if (!isOutdated || performance.now() >= deadlineMs) throw error;
      }
      await pause(RETRY_PAUSE_MS);
    }
  }

  async #lastMessage(actor: Actor, knownSequence: number): Promise<StoredMessage | undefined> {
    // The cache may have forgotten meanwhile what is known to be there.
    const known = Math.max(knownSequence, this.#cache.peek(actor.id)?.sequence ?? 0);
    const last = await lastMessage(this.#api, this.#watch, actor.subject, known);
    if ((last?.sequence ?? 0) < known) this.#cache.drop(actor.id);
    return last;
  }

  async #headOf(actor: Actor, last: StoredMessage | undefined): Promise<Head> {
    if (last === undefined) return (await this.#expiry?.headOfExpired(actor)) ?? NO_EVENTS;
    this.#watch.saw(last.sequence);
    const span = headerSpan(last);
    const version = span === undefined ? await this.#highestVersion(actor, last.sequence) : span.last;
    const head = { version, sequence: last.sequence };
    this.#cache.learn(actor.id, head);
    return head;
  }

  /**
   * Another program wrote the last message, perhaps without looking at what was there, or its header is damaged. Only the
   * whole history tells the version that the next event must exceed so that no reader misses it.
   */
  async #highestVersion(actor: Actor, knownSequence: number): Promise<number> {
    let version = 0;
    const range = { startSequence: 1, knownSequence, isLong: true, signal: undefined };
    for await (const chunk of this.#reader.read(actor, range)) {
      const { messages, events } = await readDelivered(this.#api, actor, chunk, version);
      const claimed = messages.map((message) => headerSpan(message)?.last ?? 0);
      version = Math.max(version, events.at(-1)?.version ?? 0, ...claimed);
    }
    return version;
  }

  /** From where to read so that nothing is missed; `undefined` if there is nothing. */
  async #startFor(actor: Actor, fromVersion: number, knownSequence = 0): Promise<Start | undefined> {
    if (fromVersion <= 1) return { sequence: 1, afterVersion: 0 };
    const known = this.#cache.peek(actor.id);
    if (known !== undefined && fromVersion > known.version) {
      return { sequence: known.sequence + 1, afterVersion: known.version };
    }
    const snapshot = this.#snapshots.peek(actor.id);
    if (snapshot?.version === fromVersion - 1) return { sequence: snapshot.sequence + 1, afterVersion: 0 };
    const { last, head } = await this.#current(actor, knownSequence);
    if (last === undefined || head.version < fromVersion) return undefined;
    const sequence = await seek(this.#api, actor, fromVersion, last);
    return { sequence, afterVersion: 0, knownSequence: last.sequence };
  }
}

interface Current {
  readonly last: StoredMessage | undefined;
  readonly head: Head;
}

interface Start {
  readonly sequence: number;
  /** The highest version that is known to stand before. */
  readonly afterVersion: number;
  readonly knownSequence?: number;
}

function within(fromVersion: number, toVersion: number, commit: DecodedCommit): DecodedCommit {
  const { events, errors } = commit;
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) return commit;
  if (first.version >= fromVersion && last.version <= toVersion) return commit;
  return { events: events.filter(({ version }) => version >= fromVersion && version <= toVersion), errors };
}
