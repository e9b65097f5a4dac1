import { isAetherError } from "@aether/core";
import type { NatsMessage } from "@aether/nats";
import type { Actor } from "../actor.ts";
import type { MessageLimit } from "../message-limit.ts";
import { ApiError, isOvertaken, isPassing, isTooLarge } from "../protocol/api-error.ts";
import { askAgain, Deadline } from "../protocol/ask-again.ts";
import { type JetStreamApi, publishedSequence } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";

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

/** The outcome of a commit. */
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

/**
 * Publishes commits and determines their outcomes.
 *
 * Commits have no message ids. Instead, each commit has an expected sequence: the stream sequence that the actor's last
 * message must have. An unanswered commit is resent with the same bytes and the same expected sequence, so at most one
 * copy can be stored. If the server rejects a later copy, the actor's first message after the expected sequence is read
 * from the leader. It is either an earlier copy of this commit, or another writer's commit.
 */
export class Committer {
  readonly #link: Link;
  readonly #api: JetStreamApi;
  readonly #watch: StreamWatch;
  readonly #limit: MessageLimit;
  readonly #ackTimeoutMs: number;
  readonly #republishAfterMs: number;

  constructor(link: Link, api: JetStreamApi, watch: StreamWatch, limit: MessageLimit, ackTimeoutMs: number) {
    this.#link = link;
    this.#api = api;
    this.#watch = watch;
    this.#limit = limit;
    this.#ackTimeoutMs = ackTimeoutMs;
    this.#republishAfterMs = Math.min(2_000, Math.ceil(ackTimeoutMs / 3));
  }

  /** Publishes a commit. Resolves once the outcome is known or the timeout is over. */
  commit(commit: Commit): Promise<CommitOutcome> {
    const deadline = new Deadline(this.#ackTimeoutMs);
    // No async function here: usually the first answer is the only one, and every save waits for it.
    return this.#attempt(commit, deadline).catch((error) => this.#persist(commit, deadline, error));
  }

  /** Repeats a commit whose first attempt failed. */
  async #persist(commit: Commit, deadline: Deadline, firstError: unknown): Promise<CommitOutcome> {
    let anyMayBeStored = false;
    let error = firstError;
    for (;;) {
      if (isOvertaken(error)) {
        const contradiction = await this.#contradictionIn(error, commit, deadline);
        if (contradiction === undefined) {
          return anyMayBeStored ? await this.#settle(commit, deadline) : { status: "refused" };
        }
        error = contradiction;
        anyMayBeStored ||= !isAetherError(error);
      }
      anyMayBeStored ||= mayBeStored(error);
      // A commit that may be stored is not given up while the connection is lost.
      const isWorthIt = isPassing(error) || (anyMayBeStored && isDisconnected(error));
      if (!isWorthIt || this.#link.isClosed) break;
      // After a time-out, no pause is needed.
      if (!(error instanceof NoReplyError && error.reason === "time-out")) await deadline.pause();
      if (deadline.isOver) break;
      try {
        return await this.#attempt(commit, deadline);
      } catch (next) {
        error = next;
      }
    }
    if (anyMayBeStored) return { status: "unknown", cause: error };
    if (!isTooLarge(error)) return { status: "failed", cause: error };
    await this.#limit.rejected(commit.headers.length + commit.payload.length, deadline.requestTimeoutMs);
    return { status: "too large" };
  }

  /** @throws ApiError, NoReplyError, `AETHER_STREAM_RESET` */
  #attempt(commit: Commit, deadline: Deadline): Promise<CommitOutcome> {
    const publish = (): Promise<CommitOutcome> =>
      new Promise((resolve, reject) => this.#publish(commit, deadline, resolve, reject));
    return this.#watch.checking === undefined ? publish() : this.#untilChecked(commit.actor, deadline).then(publish);
  }

  #publish(
    { actor, payload, headers, expectedSequence }: Commit,
    deadline: Deadline,
    resolve: (outcome: CommitOutcome) => void,
    reject: (error: unknown) => void,
  ): void {
    this.#watch.check();
    const timeoutMs = Math.max(1, Math.min(this.#republishAfterMs, deadline.leftMs));
    const settle = (reply: NatsMessage): void => {
      try {
        const sequence = publishedSequence(reply.data, actor.subject);
        this.#watch.acknowledged(sequence, expectedSequence);
        resolve({ status: "stored", sequence });
      } catch (error) {
        reject(error);
      }
    };
    this.#link.send(actor.subject, payload, timeoutMs, headers, settle, reject);
  }

  /**
   * Waits until the check for a reset has ended. Nothing is written until then.
   * @throws NoReplyError if the check has not ended within the timeout
   */
  async #untilChecked(actor: Actor, deadline: Deadline): Promise<void> {
    const checked = Promise.resolve(this.#watch.checking);
    await deadline.limit(checked, actor.subject).catch(() => {}); // if it is late, the check still runs
    if (this.#watch.checking !== undefined) throw new NoReplyError("outdated", actor.subject);
  }

  /**
   * Checks a rejection that names a lower sequence than expected. A former leader rejects a commit if it lacks the
   * commit's predecessor, but the new leader may store the same commit. So such a rejection is ignored, unless the
   * predecessor has expired.
   *
   * @returns the reason to ignore the rejection; `undefined` if the rejection is valid
   */
  async #contradictionIn(
    refusal: ApiError,
    { actor, expectedSequence }: Commit,
    { requestTimeoutMs }: Deadline,
  ): Promise<unknown> {
    if (refusal.lastSequence === undefined || refusal.lastSequence >= expectedSequence) return undefined;
    try {
      this.#watch.checkExpired(await this.#watch.verify(requestTimeoutMs), actor.subject, expectedSequence);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** Determines whether the message after the expected sequence is an earlier copy of the commit. */
  async #settle({ actor, payload, expectedSequence }: Commit, deadline: Deadline): Promise<CommitOutcome> {
    try {
      const ask = (timeoutMs: number) => this.#api.nextMessage(actor.subject, expectedSequence + 1, timeoutMs);
      const next = await askAgain(deadline, ask);
      if (next !== undefined) {
        return sameBytes(next.data, payload) ? { status: "stored", sequence: next.sequence } : { status: "refused" };
      }
      const cause = new Error("the message after the expected sequence is gone: it expired, or the stream was reset");
      return { status: "unknown", cause };
    } catch (cause) {
      return { status: "unknown", cause };
    }
  }
}

/** True if, after this error, a copy of the commit may be stored already or may still be stored. */
function mayBeStored(error: unknown): boolean {
  // The write in flight may be a copy of this commit: servers may forward a message twice.
  if (error instanceof ApiError) return error.is("writeInFlight", "writeFailed");
  return error instanceof NoReplyError && !error.hadNoEffect;
}

function isDisconnected(error: unknown): boolean {
  return error instanceof NoReplyError && error.reason === "disconnected";
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
