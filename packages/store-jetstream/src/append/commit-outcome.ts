import type { Actor } from "../actor.ts";

/**
 * One message with the events of one or several saves. It is stored only if the actor's last message is as expected.
 */
export interface Commit {
  readonly actor: Actor;
  readonly payload: Uint8Array;
  readonly headers: Uint8Array;
  /** The stream sequence that, according to the headers, the actor's last message must have; 0 for none. */
  readonly expectedSequence: number;
}

export type CommitOutcome =
  | { readonly status: "stored"; readonly sequence: number }
  /** The actor has a newer message than expected, so the head was outdated. Nothing was stored. */
  | { readonly status: "refused" }
  /** The commit is larger than the stream allows. Nothing was stored. The message limit is now below its size. */
  | { readonly status: "too large" }
  /** The commit failed for another reason. Nothing was stored. */
  | { readonly status: "failed"; readonly cause: unknown }
  /** The commit may be stored. */
  | { readonly status: "unknown"; readonly cause: unknown };
