import type { Event } from "@aether/core";
import { abortable } from "../abortable.ts";
import type { Actor } from "../actor.ts";
import { type DecodedCommit, decodeCommit, headerSpan } from "../commit.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import { type Head, NO_EVENTS, type VersionCache } from "../version-cache.ts";
import type { PullReader } from "./pull-reader.ts";
import { seek } from "./seek.ts";

/** Which part of an actor's history to read. */
export interface HistoryRange {
  /** The lowest version wanted. */
  readonly fromVersion: number;
  readonly signal: AbortSignal | undefined;
}

/** What is stored of an actor, and where it ends. Everything that it learns on the way goes into the cache. */
export class History {
  readonly #api: JetStreamApi;
  readonly #reader: PullReader;
  readonly #cache: VersionCache;

  constructor(api: JetStreamApi, reader: PullReader, cache: VersionCache) {
    this.#api = api;
    this.#reader = reader;
    this.#cache = cache;
  }

  /** The actor's head as the stream's leader has it. @throws ApiError, NoReplyError, `AETHER_STORE_UNAVAILABLE` */
  async head(actor: Actor): Promise<Head> {
    return this.#headOf(actor, await this.#api.lastMessage(actor.subject));
  }

  /** Yields the events from a version on, ascending, commit by commit. @throws `AETHER_STORE_UNAVAILABLE`, `signal.reason` */
  async *read(actor: Actor, { fromVersion, signal }: HistoryRange): AsyncGenerator<DecodedCommit, void, undefined> {
    const startSequence = await abortable(this.#startFor(actor, fromVersion), signal);
    if (startSequence === undefined) return;
    const knownSequence = this.#cache.peek(actor.id)?.sequence ?? 0;
    let version = 0;
    let last: StoredMessage | undefined;
    for await (const messages of this.#reader.read(actor, { startSequence, knownSequence, signal })) {
      for (const message of messages) {
        const commit = decodeCommit(message, actor.id, version);
        version = commit.events.at(-1)?.version ?? version;
        yield fromVersion <= 1 ? commit : from(fromVersion, commit);
      }
      last = messages.at(-1) ?? last;
    }
    if (last !== undefined && version > 0) this.#cache.learn(actor.id, { version, sequence: last.sequence });
  }

  /** The actor's head, and whether each of these events stands in its history, by version and id. */
  async compare(
    actor: Actor,
    events: readonly Event[],
  ): Promise<{ readonly head: Head; readonly sameEvents: boolean }> {
    const last = await this.#api.lastMessage(actor.subject);
    const head = await this.#headOf(actor, last);
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
    let verdict = last === undefined ? "not all" : search(decodeCommit(last, actor.id).events);
    if (verdict === "not all") {
      for await (const commit of this.read(actor, { fromVersion: first.version, signal: undefined })) {
        verdict = search(commit.events);
        if (verdict !== "not all" || (commit.events.at(-1)?.version ?? 0) >= end.version) break;
      }
    }
    return { head, sameEvents: verdict === "same" };
  }

  async #headOf(actor: Actor, last: StoredMessage | undefined): Promise<Head> {
    if (last === undefined) {
      this.#cache.drop(actor.id);
      return NO_EVENTS;
    }
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
    for await (const messages of this.#reader.read(actor, { startSequence: 1, knownSequence, signal: undefined })) {
      for (const message of messages) {
        const { events } = decodeCommit(message, actor.id, version);
        version = Math.max(events.at(-1)?.version ?? 0, headerSpan(message)?.last ?? 0, version);
      }
    }
    return version;
  }

  /** From where to read so that nothing is missed; `undefined` if there is nothing. */
  async #startFor(actor: Actor, fromVersion: number): Promise<number | undefined> {
    if (fromVersion <= 1) return 1;
    const known = this.#cache.peek(actor.id);
    if (known !== undefined && fromVersion > known.version) return known.sequence + 1;
    const last = await this.#api.lastMessage(actor.subject);
    const head = await this.#headOf(actor, last);
    if (last === undefined || head.version < fromVersion) return undefined;
    return seek(this.#api, actor, fromVersion, last);
  }
}

function from(version: number, { events, errors }: DecodedCommit): DecodedCommit {
  return { events: events.filter((event) => event.version >= version), errors };
}
