import type { DocumentStore, FeedEventStore, Position } from "@aether/core";
import { EventProcessor, type ProcessorOptions } from "@aether/processor";

let names = 0;

/** Starts a processor with a new name, waits until it has handled everything up to a position, and stops it. */
export async function runTo(
  position: Position,
  store: FeedEventStore,
  documents: DocumentStore,
  options: Partial<ProcessorOptions>,
): Promise<void> {
  await using processor = new EventProcessor(store, {
    name: `run-${++names}`,
    documents,
    handle: () => {},
    ...options,
  });
  await processor.start();
  await processor.waitFor(position, { timeoutMs: 120_000 });
}
