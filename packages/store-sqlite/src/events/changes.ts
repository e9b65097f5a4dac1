import { onAbort } from "@aether/core";
import type { Connection } from "../database/connection.ts";

/** A state of the database: the commits of stores in this thread, and those of others. */
export interface SeenState {
  readonly ownCommits: number;
  readonly dataVersion: number;
}

/** The stores in this thread that use the same file. */
interface File {
  commits: number;
  readonly waiting: Set<() => void>;
  stores: number;
}

const files = new Map<string, File>();

/** First interval between two checks, in milliseconds. */
const FIRST_INTERVAL_MS = 1;

/**
 * Notices when events may have been stored. Stores in the same thread report their commits. For others, it checks
 * SQLite's `data_version`, which changes with each commit of another connection.
 */
export class Changes {
  readonly #connection: Connection;
  readonly #incarnation: string;
  readonly #file: File;
  readonly #pollIntervalMs: number;

  constructor(connection: Connection, incarnation: string, pollIntervalMs: number) {
    this.#connection = connection;
    this.#incarnation = incarnation;
    this.#pollIntervalMs = pollIntervalMs;
    this.#file = files.get(incarnation) ?? { commits: 0, waiting: new Set(), stores: 0 };
    this.#file.stores++;
    files.set(incarnation, this.#file);
  }

  /** Reports a commit of this store. */
  committed(): void {
    this.#file.commits++;
    for (const wake of this.#file.waiting) wake();
  }

  /** Returns the current state, within the transaction of a read, to wait for changes after the read. */
  seen(): SeenState {
    return { ownCommits: this.#file.commits, dataVersion: this.#dataVersion() };
  }

  /**
   * Resolves when the database may have changed since a state.
   *
   * @throws `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  async since(state: SeenState, signal: AbortSignal): Promise<void> {
    for (let intervalMs = FIRST_INTERVAL_MS; this.#file.commits === state.ownCommits; intervalMs *= 2) {
      const dataVersion = await this.#connection.read("check for new events", () => this.#dataVersion(), signal);
      if (dataVersion !== state.dataVersion) return;
      await this.#wait(Math.min(intervalMs, this.#pollIntervalMs), signal);
    }
  }

  /** Call it when the store is closed. */
  release(): void {
    if (--this.#file.stores === 0) files.delete(this.#incarnation);
  }

  #dataVersion(): number {
    return Number(this.#connection.get<{ readonly data_version: number }>("PRAGMA data_version")?.data_version);
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#file.waiting.delete(settle);
        stopListening();
        if (signal.aborted) reject(signal.reason);
        else resolve();
      };
      const timer = setTimeout(settle, ms);
      this.#file.waiting.add(settle);
      const stopListening = onAbort(signal, settle);
    });
  }
}
