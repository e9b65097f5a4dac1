import { isAetherError, onAbort } from "@aether/core";
import { nextTurn } from "../next-turn.ts";
import { BusyWait } from "./busy-wait.ts";
import type { Connection } from "./connection.ts";
import { isBusy, isFull, unavailable } from "./driver-error.ts";

/** Longest time for which transactions keep the event loop from turning, in milliseconds. */
const TURN_MS = 1;
/** Number of rows after which a transaction takes no further write, so that it does not block the event loop long. */
const TRANSACTION_ROWS = 1_000;

/** A write that waits for its transaction. */
export interface Write<T> {
  /** The operation, phrased to follow "could not". */
  readonly operation: string;
  /** Number of rows that the write stores. */
  readonly rows: number;
  /**
   * Checks, and then writes. It throws an Aether error only if it has written nothing: the error is the outcome of this
   * write, and the others of the transaction are committed.
   */
  readonly execute: () => T;
  /** Returns the error for a transaction that failed while it was committed. */
  readonly outcomeUnknown: (cause: unknown) => Error;
}

/** Called at the steps of each transaction. */
export interface TransactionListener {
  /** Called after the transaction has begun. */
  readonly began?: (() => void) | undefined;
  /** Called if at least one write of the transaction succeeded. */
  readonly committed?: (() => void) | undefined;
  /** Called if nothing of the transaction is stored. */
  readonly rolledBack?: (() => void) | undefined;
}

/** A write in the queue. */
interface Waiting {
  readonly write: Write<unknown>;
  readonly since: number;
  /** True if the write needs its own transaction, because one that it shared has failed. */
  isAlone: boolean;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/**
 * Performs writes, one transaction at a time. Writes that wait share a transaction, each with its own outcome. A
 * transaction begins, writes and commits without a pause, so no other code of the process runs in between.
 */
export class Writer {
  readonly #connection: Connection;
  readonly #isPatient: boolean;
  readonly #listener: TransactionListener;
  /** Time at which the event loop has last turned. */
  #turnBegan = Number.NEGATIVE_INFINITY;
  #queue: Waiting[] = [];
  #isRunning = false;

  /** @param isPatient - true to wait for all saves of a turn of the event loop, because a transaction takes long */
  constructor(connection: Connection, isPatient: boolean, listener: TransactionListener = {}) {
    this.#connection = connection;
    this.#isPatient = isPatient;
    this.#listener = listener;
  }

  /**
   * Performs a write.
   *
   * @throws the error of `execute`, `AETHER_STORE_UNAVAILABLE`, `write.outcomeUnknown`
   * @throws `signal.reason` if the signal is aborted before the transaction begins
   */
  perform<T>(write: Write<T>, signal: AbortSignal | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiting: Waiting = {
        write,
        since: performance.now(),
        isAlone: false,
        resolve: resolve as (value: unknown) => void,
        reject,
      };
      if (signal !== undefined) this.#leaveOnAbort(waiting, signal);
      this.#queue.push(waiting);
      if (this.#isRunning) return;
      this.#isRunning = true;
      this.#schedule(waiting.since);
    });
  }

  /** Runs transactions after the other saves that are made at the same time, because these can share the first one. */
  #schedule(now: number): void {
    if (!this.#isPatient && now - this.#turnBegan < TURN_MS) {
      queueMicrotask(() => void this.#run());
    } else {
      setImmediate(() => {
        this.#turnBegan = performance.now();
        void this.#run();
      });
    }
  }

  #leaveOnAbort(waiting: Waiting, signal: AbortSignal): void {
    const stopListening = onAbort(signal, () => {
      const index = this.#queue.indexOf(waiting);
      if (index < 0) return; // its transaction is in progress
      this.#queue.splice(index, 1);
      waiting.reject(signal.reason);
    });
    const { resolve, reject } = waiting;
    waiting.resolve = (value) => {
      stopListening();
      resolve(value);
    };
    waiting.reject = (error) => {
      stopListening();
      reject(error);
    };
  }

  async #run(): Promise<void> {
    let wait = new BusyWait();
    /** Time since which no transaction could be completed; `undefined` if the last one was. */
    let lockedSince: number | undefined;
    while (this.#queue.length > 0) {
      const busy = this.#runTransaction();
      if (busy === undefined) {
        if (this.#queue.length === 0 && !this.#isPatient) break;
        wait = new BusyWait();
        lockedSince = undefined;
        // The callers whose writes have just ended can join the next transaction.
        await nextTurn();
        this.#turnBegan = performance.now();
      } else {
        lockedSince ??= performance.now();
        this.#rejectExpired(lockedSince, busy);
        if (this.#queue.length > 0) await wait.pause();
      }
    }
    this.#isRunning = false;
  }

  /** Runs one transaction. Returns the driver's error if the database is locked; then all writes wait. */
  #runTransaction(): unknown {
    try {
      this.#connection.exec("BEGIN IMMEDIATE");
    } catch (error) {
      if (isBusy(error)) return error;
      for (const { write, reject } of this.#queue.splice(0)) reject(unavailable(write.operation, error));
      return undefined;
    }
    const group = this.#takeGroup();
    let step: "write" | "commit" = "write";
    try {
      this.#listener.began?.();
      const outcomes = group.map(outcomeOf);
      step = "commit";
      this.#connection.exec("COMMIT");
      for (const [index, outcome] of outcomes.entries()) {
        if ("error" in outcome) group[index]?.reject(outcome.error);
        else group[index]?.resolve(outcome.value);
      }
      if (outcomes.some((outcome) => "value" in outcome)) this.#listener.committed?.();
      return undefined;
    } catch (error) {
      this.#connection.rollBack();
      this.#listener.rolledBack?.();
      return this.#fail(group, step, error);
    }
  }

  #takeGroup(): readonly Waiting[] {
    let rows = 0;
    let count = 0;
    for (const { write, isAlone } of this.#queue) {
      if (count > 0 && (isAlone || rows + write.rows > TRANSACTION_ROWS)) break;
      rows += write.rows;
      count++;
      if (isAlone) break;
    }
    return this.#queue.splice(0, count);
  }

  /** Rejects the writes of a transaction that failed, or puts them back. Returns the error if they wait for a lock. */
  #fail(group: readonly Waiting[], step: "write" | "commit", error: unknown): unknown {
    if (isBusy(error)) {
      this.#queue = group.concat(this.#queue);
      return error;
    }
    if (group.length > 1 && step === "write") {
      // One of them may have caused the failure: each gets its own transaction.
      for (const waiting of group) waiting.isAlone = true;
      this.#queue = group.concat(this.#queue);
      return undefined;
    }
    for (const { write, reject } of group) {
      // If the disk is full, the last page of the transaction was not written. After other errors, it may have been.
      const isKnown = step === "write" || isFull(error);
      reject(isKnown ? unavailable(write.operation, error) : write.outcomeUnknown(error));
    }
    return undefined;
  }

  /** Rejects the writes that have waited too long for the lock. A wait for other writes does not count. */
  #rejectExpired(lockedSince: number, busy: unknown): void {
    const now = performance.now();
    const { busyTimeoutMs } = this.#connection;
    const expired = this.#queue.filter(({ since }) => now - Math.max(since, lockedSince) >= busyTimeoutMs);
    if (expired.length === 0) return;
    this.#queue = this.#queue.filter((waiting) => !expired.includes(waiting));
    for (const { write, reject } of expired) reject(this.#connection.lockedError(write.operation, busy));
  }
}

function outcomeOf({ write }: Waiting): Outcome {
  try {
    return { value: write.execute() };
  } catch (error) {
    if (isAetherError(error)) return { error };
    throw error;
  }
}
