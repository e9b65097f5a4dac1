import type { Event } from "@aether/core";
import { invalid } from "@aether/core";
import { type AnnounceOptions, checkCount, readFields } from "@aether/store-kit";

/**
 * Options that both stores have.
 *
 * @example
 * ```ts
 * const options: SqliteOptions = { synchronous: "normal", busyTimeoutMs: 1_000 };
 * ```
 */
export interface SqliteOptions {
  /**
   * Durability of acknowledged writes. With `"full"`, a write is on the disk before it is acknowledged. With
   * `"normal"`, a power cut or a crash of the operating system can lose the last acknowledged writes; a crash of the
   * process loses nothing. The setting applies to the connection, so all stores on one connection need the same value.
   * @default "full"
   */
  readonly synchronous?: "full" | "normal" | undefined;
  /**
   * Longest time that a call waits while another connection has locked the database, in milliseconds. After that, it
   * rejects with `AETHER_STORE_UNAVAILABLE`. Waiting does not block the event loop.
   * @default 5_000
   */
  readonly busyTimeoutMs?: number | undefined;
}

/**
 * Options of {@link SqliteEventStore.open}.
 *
 * @typeParam E - union of the events in the store
 *
 * @example
 * ```ts
 * const options: SqliteEventStoreOptions<OrderEvent> = { synchronous: "normal", bus };
 * ```
 */
export interface SqliteEventStoreOptions<E extends Event = Event> extends SqliteOptions, AnnounceOptions<E> {
  /**
   * Longest interval at which a following read checks for events of other connections, in milliseconds. The interval
   * begins at 1 ms after each event and doubles up to this value. Events of stores in the same thread need no check.
   * @default 50
   */
  readonly pollIntervalMs?: number | undefined;
}

/** Options with the defaults filled in. */
export interface CheckedOptions {
  readonly synchronous: "full" | "normal";
  readonly busyTimeoutMs: number;
}

/** @throws `AETHER_INVALID_ARGUMENT` */
export function readOptions(options: SqliteOptions): CheckedOptions {
  const fields = readFields(options, "options", ["synchronous", "busyTimeoutMs"]);
  const { synchronous = "full", busyTimeoutMs = 5_000 } = fields;
  if (synchronous !== "full" && synchronous !== "normal") {
    throw invalid("options.synchronous", 'must be "full" or "normal"');
  }
  checkCount(busyTimeoutMs, "options.busyTimeoutMs");
  return { synchronous, busyTimeoutMs };
}

/** @throws `AETHER_INVALID_ARGUMENT` */
export function readPollInterval<E extends Event>(options: SqliteEventStoreOptions<E>): number {
  const { pollIntervalMs = 50 } = readFields(options, "options", ["pollIntervalMs"]);
  checkCount(pollIntervalMs, "options.pollIntervalMs", 1);
  return pollIntervalMs;
}
