import type { LoggedEvent } from "../events/file-event.ts";
import type { StoreAddress } from "../store/run-store.ts";
import type { AppendTally } from "./append.ts";

/**
 * A message to a writer. The first message names the store to open. When all writers have opened it, each of them gets
 * its events to append.
 */
export type ToWriter =
  | { readonly kind: "open"; readonly address: StoreAddress }
  | { readonly kind: "append"; readonly events: readonly LoggedEvent[] };

/** A message from a writer to its parent. */
export type FromWriter =
  | { readonly kind: "opened" }
  | { readonly kind: "progress"; readonly tally: AppendTally }
  | { readonly kind: "done"; readonly tally: AppendTally }
  | { readonly kind: "failed"; readonly reason: string };
