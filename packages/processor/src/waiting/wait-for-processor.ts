import type { DocumentStore, FeedEventStore, Position } from "@aether/core";
import { systemClock } from "@aether/retry";
import { ProcessorRetiredError } from "../errors.ts";
import { Board } from "../leases/board.ts";
import { checkedValue, checkProcessorName, documentIds } from "../state/processor-documents.ts";
import { isSettingsRecord, type SettingsRecord } from "../state/settings-record.ts";
import { partitionsOf, progressSeen } from "./progress.ts";
import { resolveWait, type WaitOptions, waitUntilReached } from "./wait.ts";
import { Waits } from "./waits.ts";

/** Interval in which the documents are read, if the store cannot report changes, in milliseconds. */
const POLL_MS = 100;

/** Options of {@link waitForProcessor}. */
export interface RemoteWaitOptions extends WaitOptions {
  /**
   * The event store. With it, the call rejects with `AETHER_STREAM_RESET` if the position, or the checkpoint that was
   * reached, is from another store.
   * @default neither is verified
   */
  readonly store?: FeedEventStore | undefined;
}

/**
 * Waits in any process until a processor has handled everything up to a position. The processor stores its progress at
 * intervals, so the call takes a little longer than `EventProcessor.waitFor`.
 *
 * @param position - a position, or the receipt of a save
 * @throws `AETHER_WAIT_TIMED_OUT` with the checkpoint that was reached, and the partitions that no process handles
 * @throws `AETHER_ACTOR_PARKED` if an actor is parked at or before the position
 * @throws `AETHER_PROCESSOR_STOPPED` if the processor has failed, `AETHER_PROCESSOR_RETIRED`
 * @throws `AETHER_STREAM_RESET`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `signal.reason`
 *
 * @example
 * ```ts
 * const receipt = await store.saveEvent(event);
 * await waitForProcessor(documents, "orders-by-customer", receipt, { timeoutMs: 2_000 });
 * ```
 */
export async function waitForProcessor(
  documents: DocumentStore,
  name: string,
  position: Position | { readonly position: Position },
  options: RemoteWaitOptions = {},
): Promise<void> {
  checkProcessorName(name);
  const wait = resolveWait(name, position, options);
  const clock = systemClock;
  const waits = new Waits();
  const board = new Board({
    documents,
    name,
    clock,
    pollMs: POLL_MS,
    onChange: waits.notify,
    onProblem: () => {}, // The wait ends when its time is over.
  });
  try {
    board.start().catch(() => {}); // The wait checks it.
    await waitUntilReached(wait, {
      clock,
      waits,
      store: options.store,
      progress: () => {
        board.checkObserved();
        const settings = board.get(documentIds.settings);
        if (settings === undefined) return undefined;
        const { partitions, dividesActors, isRetired } = checkedValue<SettingsRecord>(
          settings.document,
          isSettingsRecord,
        );
        if (isRetired === true) throw new ProcessorRetiredError({ processor: name });
        const now = clock.now();
        return partitionsOf(wait, partitions, dividesActors).map((partition) => [
          partition,
          progressSeen(board, partition, now),
        ]);
      },
    });
  } finally {
    await board.stop();
  }
}
