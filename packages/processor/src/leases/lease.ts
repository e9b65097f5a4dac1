import {
  type DocumentStore,
  type DocumentWrite,
  isAetherError,
  type Position,
  quote,
  type StoredDocument,
  StoreUnavailableError,
} from "@aether/core";
import type { Clock } from "@aether/retry";
import { v4 as uuid } from "uuid";
import { LeaseLostError } from "../errors.ts";
import { crashesAfter } from "../handling/trials.ts";
import { OwnedDocument } from "../state/owned-document.ts";
import {
  type FailureRecord,
  type HandledAhead,
  isPartitionRecord,
  type PartitionRecord,
  type Trial,
} from "../state/partition-record.ts";
import { isPassing } from "../state/passing-errors.ts";
import { checkedValue, documentIds } from "../state/processor-documents.ts";

export interface LeaseParts {
  readonly documents: DocumentStore;
  /** Name of the processor. */
  readonly name: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** Position that a partition without a checkpoint starts after. */
  readonly startAfter: Position | null;
}

/** Progress that is stored together with the lease. */
export interface LeaseProgress {
  readonly checkpoint: Position | undefined;
  /** The events after the checkpoint that are handled or parked. */
  readonly ahead: HandledAhead | undefined;
  readonly trial?: Trial | undefined;
}

/** Pause before another attempt to reach the documents, as a share of the lease. */
const PAUSE_SHARE = 0.02;

/**
 * The right to handle a partition. Lease and checkpoint are one document, which the owner replaces by compare-and-set,
 * with the token of its takeover.
 *
 * The lease ends `leaseMs` after the last successful write was *sent*. Another process takes over only if it has seen
 * no change for `leaseMs`, so never before that. A write with an unknown outcome is looked for. As long as the document
 * has this owner's token and is not released, no other process has taken it.
 */
export class Lease {
  readonly partition: number;
  /** The record of the former owner; `undefined` if there was none. */
  readonly former: PartitionRecord | undefined;
  /** Token of the takeover. */
  readonly token: string;
  readonly #parts: LeaseParts;
  readonly #document: OwnedDocument<PartitionRecord>;
  /** The record of the takeover. */
  readonly #first: PartitionRecord;
  readonly #lost = new AbortController();
  readonly #ended = new AbortController();
  #checkpoint: Position | undefined;
  #ahead: HandledAhead | undefined;
  #writes = 0;
  #goodUntilMs: number;
  #lastWrite: Promise<unknown> = Promise.resolve();

  private constructor(
    parts: LeaseParts,
    partition: number,
    state: {
      readonly document: OwnedDocument<PartitionRecord>;
      readonly former: PartitionRecord | undefined;
      readonly first: PartitionRecord;
      readonly sentMs: number;
    },
  ) {
    this.#parts = parts;
    this.partition = partition;
    this.former = state.former;
    this.token = state.first.token;
    this.#document = state.document;
    this.#checkpoint = state.first.checkpoint ?? undefined;
    this.#ahead = state.first.ahead ?? undefined;
    this.#first = state.first;
    this.#goodUntilMs = state.sentMs + parts.leaseMs;
    void this.#watchTime();
  }

  /**
   * Takes over a partition, or one that no process has handled before. Resolves to `undefined` if another process was
   * first. Lasts at most `leaseMs`, because the lease is over then.
   * @param seen - the document of the partition in the state in which it can be taken over
   * @throws `AETHER_INVALID_DOCUMENT` and the errors of the document store
   */
  static async take(
    parts: LeaseParts,
    partition: number,
    seen: StoredDocument | undefined,
  ): Promise<Lease | undefined> {
    const { documents, name, leaseMs, clock, startAfter } = parts;
    const former = seen && checkedValue<PartitionRecord>(seen, isPartitionRecord);
    const checkpoint = former === undefined ? startAfter : former.checkpoint;
    const first: PartitionRecord = {
      token: uuid(),
      write: 0,
      leaseMs,
      checkpoint,
      ahead: former?.ahead ?? null,
      isReleased: false,
      trial: former?.trial ?? null,
      crashes: crashesAfter(former),
      failure: null,
    };
    const place = { documents, name, id: documentIds.partition(partition) };
    const document = new OwnedDocument<PartitionRecord>(place, seen?.revision ?? "absent");
    const sentMs = clock.now();
    const ended = new AbortController();
    const over = new AbortController();
    const reason = `partition ${partition} of processor ${quote(name)} was not taken over within ${leaseMs} ms`;
    const timedOut = new StoreUnavailableError({ operation: "write a document", reason });
    clock.sleep(leaseMs, ended.signal).then(
      () => over.abort(timedOut),
      () => {},
    );
    try {
      const { status } = await document.write(first, over.signal);
      if (status === "conflict") return undefined;
      return new Lease(parts, partition, { document, former, first, sentMs });
    } finally {
      ended.abort();
    }
  }

  /** Aborted when the lease is lost or has ended, with a `LeaseLostError`. Nothing may be written after that. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** The checkpoint that was stored last. */
  get checkpoint(): Position | undefined {
    return this.#checkpoint;
  }

  /** The events after the checkpoint that were stored last as handled or parked. */
  get ahead(): HandledAhead | undefined {
    return this.#ahead;
  }

  /** Returns true if a checkpoint, and which events after it are handled, are as they were stored last. */
  hasStored({ checkpoint, ahead }: LeaseProgress): boolean {
    const stored = this.#ahead;
    // Of the events up to a position, ever fewer are open.
    return (
      checkpoint === this.#checkpoint && ahead?.upTo === stored?.upTo && ahead?.open.length === stored?.open.length
    );
  }

  /** Time when the last successful write was sent, on the clock of the processor. */
  get renewedMs(): number {
    return this.#goodUntilMs - this.#parts.leaseMs;
  }

  /**
   * Returns true if the process may start a handler now. Once it has returned false, the lease is lost, even if the
   * answer of a write arrives that would have renewed it: a handler was not started, and only a new owner starts it.
   */
  isHeld(): boolean {
    if (this.#leftMs <= 0) this.lose();
    return !this.#lost.signal.aborted;
  }

  /**
   * Stores progress and renews the lease. Tries until the lease ends. The checkpoint never moves back.
   * @param writes - writes of other documents that are stored together with the progress
   * @throws `AETHER_LEASE_LOST`, and errors of the document store after which another attempt is useless
   */
  save(progress: LeaseProgress, writes: readonly DocumentWrite[] = []): Promise<void> {
    return this.#inTurn(() => this.#write(progress, { isReleased: false, failure: null }, writes));
  }

  /** Gives up the partition, after the handlers have ended. Another process may take it over at once. Never rejects. */
  async release(progress: LeaseProgress, failure: FailureRecord | null): Promise<void> {
    try {
      await this.#inTurn(() => this.#write(progress, { isReleased: true, failure }));
    } catch {
      // The lease was lost, or ends without a release.
    }
    this.lose();
  }

  /** Ends the lease without a release: another process has to wait until it ends. */
  abandon(): void {
    this.lose();
  }

  /** Gives up the lease because another process has or may take the partition. Returns the error. */
  lose(): LeaseLostError {
    const error = new LeaseLostError({ processor: this.#parts.name, partition: this.partition });
    if (!this.#lost.signal.aborted) this.#lost.abort(error);
    this.#ended.abort();
    return error;
  }

  /** Time until the lease ends if it is not renewed, in milliseconds. */
  get #leftMs(): number {
    return this.#goodUntilMs - this.#parts.clock.now();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastWrite.then(work);
    this.#lastWrite = result.catch(() => {});
    return result;
  }

  async #write(
    progress: LeaseProgress,
    end: { readonly isReleased: boolean; readonly failure: FailureRecord | null },
    writes: readonly DocumentWrite[] = [],
  ): Promise<void> {
    const { leaseMs, clock } = this.#parts;
    // Writes with and without other documents are made by different loops, so an earlier checkpoint may come later.
    const checkpoint = later(progress.checkpoint, this.#checkpoint);
    // Progress shows that no event has ended the former owners.
    const crashes = (checkpoint ?? null) === this.#first.checkpoint ? (this.#first.crashes ?? 0) : 0;
    const firstWrite = this.#writes + 1;
    const firstSentMs = clock.now();
    for (;;) {
      if (!this.isHeld()) throw this.lose();
      const sentMs = clock.now();
      const value: PartitionRecord = {
        token: this.token,
        write: ++this.#writes,
        leaseMs,
        checkpoint: checkpoint ?? null,
        ahead: progress.ahead ?? null,
        trial: progress.trial ?? null,
        crashes,
        ...end,
      };
      try {
        const result = await this.#document.write(value, this.signal, writes);
        if (result.status === "conflict") {
          const current = (result.current?.value ?? {}) as Partial<PartitionRecord>;
          // An earlier write of this owner, whose outcome was unknown, may be stored late.
          const isAttempt = current.token === this.token && Number(current.write) >= firstWrite;
          if (!isAttempt && (current.token !== this.token || current.isReleased === true)) throw this.lose();
          this.#document.adopt(result.current);
          // All attempts store the same. Another one could not store the other documents again.
          if (!isAttempt) continue;
        }
        this.#checkpoint = checkpoint;
        this.#ahead = progress.ahead;
        this.#goodUntilMs = (result.status === "conflict" ? firstSentMs : sentMs) + leaseMs;
        return;
      } catch (error) {
        if (this.signal.aborted) throw this.signal.reason;
        if (!isPassing(error)) throw error;
        // A release is sent once: nothing may follow it.
        if (end.isReleased && isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) return;
        await clock.sleep(leaseMs * PAUSE_SHARE, this.signal);
      }
    }
  }

  /** Loses the lease as soon as its time is over. */
  async #watchTime(): Promise<void> {
    const { clock } = this.#parts;
    try {
      while (this.#leftMs > 0) await clock.sleep(this.#leftMs, this.#ended.signal);
      this.lose();
    } catch {
      // The lease has ended.
    }
  }
}

/** Returns the later one of two positions; `undefined` is the beginning. */
function later(one: Position | undefined, other: Position | undefined): Position | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}
