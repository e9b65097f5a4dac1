import { abortable, type Event, isAetherError } from "@aether/core";
import { v4 as uuid } from "uuid";
import { endsWithin } from "../ends-within.ts";
import { ProcessorMismatchError } from "../errors.ts";
import type { ResolvedOptions } from "../processor-options.ts";
import { isMemberRecord, type MemberRecord } from "../state/member-record.ts";
import { collectionOf, documentIds } from "../state/processor-documents.ts";
import type { Board, Sighting } from "./board.ts";

/** Number of lease times after which the record of an ended process is deleted. */
const FORGOTTEN_AFTER_LEASES = 10;

/** The processes that run a processor, including this one. Each renews a record as long as it runs. */
export class Membership<E extends Event> {
  readonly memberId: string = uuid();
  readonly #options: ResolvedOptions<E>;
  readonly #board: Board;
  readonly #stopped = new AbortController();
  #renewals = 0;
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(options: ResolvedOptions<E>, board: Board) {
    this.#options = options;
    this.#board = board;
  }

  /** Stores the record of this process for the first time. @throws the errors of the document store */
  join(signal: AbortSignal): Promise<void> {
    return this.#renew(signal);
  }

  /**
   * Renews the record until `leave` is called. Calls `onProblem` with each error, and with `undefined` afterwards.
   * Never rejects.
   */
  async keep(onProblem: (error: unknown) => void): Promise<void> {
    const { clock, leaseMs } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await clock.sleep(leaseMs / 3, signal).catch(() => {});
      if (signal.aborted) return;
      this.#lastWrite = this.#renew(signal).then(
        () => onProblem(undefined),
        (error) => {
          if (!signal.aborted) onProblem(error);
        },
      );
      await this.#lastWrite;
      await this.#forgetEnded().catch(() => {}); // It is tried again.
    }
  }

  /** Deletes the record of this process. Never rejects: other processes notice the end of the process in any case. */
  async leave(): Promise<void> {
    const { documents, name, clock, leaseMs } = this.#options;
    this.#stopped.abort();
    const left = this.#lastWrite.then(() =>
      documents.deleteDocument(collectionOf(name), documentIds.member(this.memberId)),
    );
    await endsWithin(leaseMs / 3, clock, left).catch(() => {});
    left.catch(() => {});
  }

  /** Number of processes that run, including this one. */
  get size(): number {
    return 1 + this.#others().filter((member) => isAlive(member, this.#options.clock.now())).length;
  }

  /**
   * Waits until it is certain that no process runs the processor with other filters.
   * @throws `AETHER_PROCESSOR_MISMATCH` if one does
   */
  async checkFilters(signal: AbortSignal): Promise<void> {
    const { clock, name, leaseMs } = this.#options;
    const own = this.#record();
    const first = new Map(this.#others().map(({ document }) => [document.id, document.revision]));
    for (;;) {
      const different = this.#others().filter(
        (member) => isAlive(member, clock.now()) && filtersOf(recordOf(member)) !== filtersOf(own),
      );
      if (different.length === 0) return;
      for (const { document } of different) {
        const { id, revision, value } = document;
        // A renewed record proves that the process runs. It may be the record of a process that has ended otherwise.
        if (first.get(id) === revision) continue;
        const other = value as MemberRecord;
        const setting = other.actorIdPrefix === own.actorIdPrefix ? "eventTypes" : "actorIdPrefix";
        const [actual, requested] = [JSON.stringify(other[setting]), JSON.stringify(own[setting])];
        throw new ProcessorMismatchError({ processor: name, setting, actual, requested });
      }
      await clock.sleep(leaseMs / 10, signal);
    }
  }

  #others(): readonly Sighting[] {
    const own = documentIds.member(this.memberId);
    return membersSeen(this.#board).filter(({ document }) => document.id !== own);
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { documents, name } = this.#options;
    const options = { signal };
    try {
      const id = documentIds.member(this.memberId);
      await abortable(documents.putDocument(collectionOf(name), id, this.#record(), options), signal);
    } catch (error) {
      // Only the next renewal matters.
      if (!isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) throw error;
    }
  }

  #record(): MemberRecord {
    const { leaseMs, filters } = this.#options;
    const { eventTypes, actorIdPrefix = "" } = filters;
    const types = eventTypes === undefined ? null : [...new Set<string>(eventTypes)].sort();
    return { renewal: ++this.#renewals, leaseMs, eventTypes: types, actorIdPrefix };
  }

  /** Deletes the records of processes that have ended without `leave`. */
  async #forgetEnded(): Promise<void> {
    const { documents, name, clock } = this.#options;
    for (const member of this.#others()) {
      const { id, revision } = member.document;
      const isForgotten = clock.now() - member.sinceMs > recordOf(member).leaseMs * FORGOTTEN_AFTER_LEASES;
      if (!isForgotten) continue;
      const options = { expectedRevision: revision, signal: this.#stopped.signal };
      await abortable(documents.deleteDocument(collectionOf(name), id, options), options.signal);
    }
  }
}

/** Returns true if a process that runs the processor was seen within its lease time. */
export function hasMembers(board: Board, nowMs: number): boolean {
  return membersSeen(board).some((member) => isAlive(member, nowMs));
}

function membersSeen(board: Board): readonly Sighting[] {
  return board.startingWith(documentIds.members).filter(({ document }) => isMemberRecord(document.value));
}

function isAlive(member: Sighting, nowMs: number): boolean {
  return nowMs - member.sinceMs < recordOf(member).leaseMs;
}

function recordOf({ document }: Sighting): MemberRecord {
  return document.value as MemberRecord;
}

function filtersOf({ eventTypes, actorIdPrefix }: MemberRecord): string {
  return JSON.stringify([eventTypes, actorIdPrefix]);
}
