import { isAetherError } from "@aether/core";
import { type NatsMessage, pause } from "@aether/nats";
import type { Actor } from "../actor.ts";
import { ApiError, isOvertaken, isPassing } from "../protocol/api-error.ts";
import { askAgain, Deadline } from "../protocol/ask-again.ts";
import { type JetStreamApi, publishedSequence } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";

/** A message to be stored directly after an actor's head, or not at all. */
export interface Commit {
  readonly actor: Actor;
  readonly payload: Uint8Array;
  readonly headers: Uint8Array;
  /** The sequence of the subject's last message that the header block expects. */
  readonly expectedSequence: number;
}

/** The outcome of a commit. */
export type CommitOutcome =
  | { readonly status: "stored"; readonly sequence: number }
  /** Another message follows the expected sequence: the head was outdated. Nothing was stored. */
  | { readonly status: "refused" }
  /** The commit failed for another reason. Nothing was stored. */
  | { readonly status: "failed"; readonly cause: unknown }
  | { readonly status: "unknown"; readonly cause: unknown };

/**
 * Publishes commits and determines their outcomes.
 *
 * There are no message ids: the expectation settles everything. A publish without an answer is sent again, the same
 * bytes with the same expectation, so at most one copy can be stored. If the server refuses a later copy, the leader's
 * next message after the expected sequence shows whether an earlier copy was stored, or another writer's commit.
 */
export class Committer {
  readonly #link: Link;
  readonly #api: JetStreamApi;
  readonly #watch: StreamWatch;
  readonly #ackTimeoutMs: number;
  readonly #republishAfterMs: number;

  constructor(link: Link, api: JetStreamApi, watch: StreamWatch, ackTimeoutMs: number) {
    this.#link = link;
    this.#api = api;
    this.#watch = watch;
    this.#ackTimeoutMs = ackTimeoutMs;
    this.#republishAfterMs = Math.min(2_000, Math.ceil(ackTimeoutMs / 3));
  }

  /** Publishes a commit. Resolves once the outcome is known, or the time is over. */
  commit(commit: Commit): Promise<CommitOutcome> {
    const deadline = new Deadline(this.#ackTimeoutMs);
    // No async function in between: usually the first answer is the only one, and every save waits for it.
    return this.#attempt(commit, deadline).catch((error) => this.#persist(commit, deadline, error));
  }

  /** Continues after the first attempt failed. */
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
      if (!isPassing(error) || this.#link.isClosed) break;
      // A time-out was pause enough.
      if (!(error instanceof NoReplyError && error.reason === "time-out")) await deadline.pause();
      if (deadline.isOver) break;
      try {
        return await this.#attempt(commit, deadline);
      } catch (next) {
        error = next;
      }
    }
    return { status: anyMayBeStored ? "unknown" : "failed", cause: error };
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
   * Waits until the stream is known to be the same: nothing is written before.
   * @throws NoReplyError if the time is over
   */
  async #untilChecked(actor: Actor, deadline: Deadline): Promise<void> {
    const enough = new AbortController();
    const late = pause(deadline.leftMs, enough.signal).catch(() => {});
    await Promise.race([this.#watch.checking, late]);
    enough.abort();
    if (this.#watch.checking !== undefined) throw new NoReplyError("outdated", actor.subject);
  }

  /**
   * Checks a refusal. A server that was the leader until a moment ago refuses a commit whose predecessor it does not
   * have yet, while the next leader may store it. Such an answer counts as none, unless the predecessor has expired.
   *
   * @returns the error that contradicts the refusal, if any
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

  /** Finds out which of two writers stored the message after the expected sequence: an earlier copy, or another one. */
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

/** True if a copy of the commit may be stored, now or later, after this answer. */
function mayBeStored(error: unknown): boolean {
  // The write in flight may be a copy of this very commit: servers may forward a message twice.
  if (error instanceof ApiError) return error.is("writeInFlight");
  return error instanceof NoReplyError && !error.hadNoEffect;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
