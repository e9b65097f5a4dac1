import { isAetherError } from "@aether/core";
import type { NatsMessage } from "@aether/nats";
import { pause } from "@aether/nats";
import type { Actor } from "../actor.ts";
import { ApiError, isPassing } from "../protocol/api-error.ts";
import { RETRY_PAUSE_MS } from "../protocol/ask-again.ts";
import { type JetStreamApi, publishedSequence } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";

/** A message to be stored behind an actor's head, or not at all. */
export interface Commit {
  readonly actor: Actor;
  readonly payload: Uint8Array;
  readonly headers: Uint8Array;
  /** The sequence that the header block expects to be the subject's last. */
  readonly expectedSequence: number;
}

/** How a commit ended. */
export type CommitOutcome =
  | { readonly status: "stored"; readonly sequence: number }
  /** Another message stands behind the expected sequence: the head was outdated. Nothing was stored. */
  | { readonly status: "refused" }
  /** It failed for another reason. Nothing was stored. */
  | { readonly status: "failed"; readonly cause: unknown }
  | { readonly status: "unknown"; readonly cause: unknown };

/**
 * Publishes commits and finds out what became of them.
 *
 * There are no message ids: the expectation settles everything. A publish without an answer is sent again, the same
 * bytes with the same expectation, so that at most one copy can be stored. When a later copy is refused, the message that
 * the leader has next behind the expected sequence tells whether an earlier one was: it is ours, or somebody else's.
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

  /** Publishes a commit, and resolves when it is known how that ended, or that nobody knows. */
  commit(commit: Commit): Promise<CommitOutcome> {
    const deadlineMs = performance.now() + this.#ackTimeoutMs;
    // No async function in between: most often the first answer is the only one, and every save waits for it.
    return this.#attempt(commit, deadlineMs).catch((error) => this.#persist(commit, deadlineMs, error));
  }

  /** Goes on after the first attempt failed. */
  async #persist(commit: Commit, deadlineMs: number, firstError: unknown): Promise<CommitOutcome> {
    let anyMayBeStored = false;
    let error = firstError;
    for (;;) {
      if (error instanceof ApiError && error.is("wrongLastSequence")) {
        const contradiction = await this.#contradictionIn(error, commit);
        if (contradiction === undefined) {
          return anyMayBeStored ? await this.#settle(commit, deadlineMs) : { status: "refused" };
        }
        error = contradiction;
        anyMayBeStored ||= !isAetherError(error);
      }
      anyMayBeStored ||= mayBeStored(error);
      if (!isPassing(error) || this.#link.isClosed) break;
      await this.#pause(error);
      if (performance.now() >= deadlineMs) break;
      try {
        return await this.#attempt(commit, deadlineMs);
      } catch (next) {
        error = next;
      }
    }
    return { status: anyMayBeStored ? "unknown" : "failed", cause: error };
  }

  /** @throws ApiError, NoReplyError, `AETHER_STREAM_RESET` */
  #attempt(commit: Commit, deadlineMs: number): Promise<CommitOutcome> {
    const publish = (): Promise<CommitOutcome> =>
      new Promise((resolve, reject) => this.#publish(commit, deadlineMs, resolve, reject));
    return this.#watch.checking === undefined ? publish() : this.#untilChecked(commit.actor, deadlineMs).then(publish);
  }

  #publish(
    { actor, payload, headers, expectedSequence }: Commit,
    deadlineMs: number,
    resolve: (outcome: CommitOutcome) => void,
    reject: (error: unknown) => void,
  ): void {
    this.#watch.check();
    const timeoutMs = Math.max(1, Math.min(this.#republishAfterMs, deadlineMs - performance.now()));
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

  /** Nothing is written while it is not known whether the stream is the same. @throws NoReplyError if that takes too long */
  async #untilChecked(actor: Actor, deadlineMs: number): Promise<void> {
    const enough = new AbortController();
    const late = pause(Math.max(0, deadlineMs - performance.now()), enough.signal).catch(() => {});
    await Promise.race([this.#watch.checking, late]);
    enough.abort();
    if (this.#watch.checking !== undefined) throw new NoReplyError("outdated", actor.subject);
  }

  /**
   * A server that was the leader until a moment ago refuses what follows a message that it does not have yet, while the next
   * leader may have been sent the same and store it. So what it says counts as no answer, unless that message has expired.
   * Resolves to what speaks against it.
   */
  async #contradictionIn(refusal: ApiError, { actor, expectedSequence }: Commit): Promise<unknown> {
    if (refusal.lastSequence === undefined || refusal.lastSequence >= expectedSequence) return undefined;
    try {
      this.#watch.checkExpired(await this.#watch.verify(), actor.subject, expectedSequence);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  async #settle({ actor, payload, expectedSequence }: Commit, deadlineMs: number): Promise<CommitOutcome> {
    let cause: unknown;
    do {
      try {
        const next = await this.#api.nextMessage(actor.subject, expectedSequence + 1);
        if (next === undefined) {
          const gone = new Error(
            "what was stored behind the expected sequence is gone: it expired, or the stream was reset",
          );
          return { status: "unknown", cause: gone };
        }
        return sameBytes(next.data, payload) ? { status: "stored", sequence: next.sequence } : { status: "refused" };
      } catch (error) {
        cause = error;
      }
      if (this.#link.isClosed) break;
      await this.#pause(cause);
    } while (performance.now() < deadlineMs);
    return { status: "unknown", cause };
  }

  /** After a time-out there was waiting enough. */
  async #pause(cause: unknown): Promise<void> {
    if (cause instanceof NoReplyError && cause.reason === "time-out") return;
    await pause(RETRY_PAUSE_MS);
  }
}

/** Whether a copy of the commit may be stored, now or later, that was answered so. */
function mayBeStored(error: unknown): boolean {
  // What is on its way may be a copy of this very commit: servers may hand on a message twice.
  if (error instanceof ApiError) return error.is("writeInFlight");
  if (!(error instanceof NoReplyError)) return false;
  return !["no responders", "not permitted", "not sent", "outdated"].includes(error.reason);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
