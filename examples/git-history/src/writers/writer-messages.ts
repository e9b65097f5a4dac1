import type { LoggedEvent } from "../events/file-event.ts";
import type { StoreAddress } from "../store/run-store.ts";
import type { AppendTally } from "./append.ts";

/** What the parent tells a writer: first where the store is, then, when all writers have opened it, what to append. */
export type ToWriter =
  | { readonly kind: "open"; readonly address: StoreAddress }
  | { readonly kind: "append"; readonly events: readonly LoggedEvent[] };

/** What a writer tells its parent. */
export type FromWriter =
  | { readonly kind: "opened" }
  | { readonly kind: "progress"; readonly tally: AppendTally }
  | { readonly kind: "done"; readonly tally: AppendTally }
  | { readonly kind: "failed"; readonly reason: string };
