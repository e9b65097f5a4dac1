import { isAetherError } from "@aether/core";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import { sameBytes } from "../protocol/same-bytes.ts";
import type { SingleMessages } from "../read/single-messages.ts";
import type { Commit, CommitOutcome } from "./commit-outcome.ts";

/** Looks up commits with unknown outcomes at the leader of the stream. */
export class CommitLookup {
  readonly #messages: SingleMessages;

  constructor(messages: SingleMessages) {
    this.#messages = messages;
  }

  /**
   * Reads the message after the expected sequence. It is either the commit or another writer's commit. Resolves to
   * `undefined` if there is none.
   */
  async following(commit: Commit, deadline: Deadline): Promise<CommitOutcome | undefined> {
    const { actor, payload, expectedSequence } = commit;
    try {
      const ask = (timeoutMs: number) => this.#messages.next(actor, expectedSequence + 1, timeoutMs);
      const next = await askAgain(deadline, ask);
      if (next === undefined) return undefined;
      return sameBytes(next.data, payload) ? { status: "stored", sequence: next.sequence } : { status: "refused" };
    } catch (cause) {
      // The commit itself is not too large to be read.
      return isAetherError(cause, "AETHER_MESSAGE_TOO_LARGE") ? { status: "refused" } : { status: "unknown", cause };
    }
  }

  /** Reads the sequence of the actor's last message; 0 for none, `undefined` if the leader does not answer. */
  async lastSequence({ actor }: Commit, deadline: Deadline): Promise<number | undefined> {
    try {
      const last = await askAgain(deadline, (timeoutMs) => this.#messages.lastHead(actor, timeoutMs));
      return last?.sequence ?? 0;
    } catch {
      return undefined;
    }
  }
}
