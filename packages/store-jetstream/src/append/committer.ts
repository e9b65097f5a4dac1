import { EventTooLargeError, isAetherError } from "@aether/core";
import type { NatsMessage } from "@aether/nats";
import type { MessageLimit } from "../message-limit.ts";
import { ApiError, isOvertaken, isPassing, isTooLarge } from "../protocol/api-error.ts";
import { askAgain, Deadline } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import { MAX_LOST_COPIES, type MessageSizes } from "../protocol/message-sizes.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { ForeignStream } from "../protocol/publish-answer.ts";
import type { SingleMessages } from "../read/single-messages.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import { CommitLookup } from "./commit-lookup.ts";
import type { Commit, CommitOutcome } from "./commit-outcome.ts";

export interface CommitterParts {
  readonly link: Link;
  readonly api: JetStreamApi;
  readonly messages: SingleMessages;
  readonly sizes: MessageSizes;
  readonly limit: MessageLimit;
  readonly watch: StreamWatch;
  readonly ackTimeoutMs: number;
}

/** The state of a commit whose first attempt failed. */
interface Attempts {
  readonly commit: Commit;
  readonly deadline: Deadline;
  /** True if a copy that was not answered may be stored. */
  anyMayBeStored: boolean;
  /** True if another stream rejects the commit as a conflict, although this stream does not. */
  isContested: boolean;
  /** Number of copies that were lost, although later messages arrived. */
  lost: number;
  /** Number of rejections, for a reason other than a conflict, that may have come from another stream. */
  doubtful: number;
}

/**
 * Publishes commits and determines their outcomes.
 *
 * Commits have no message ids. Instead, each commit has an expected sequence: the stream sequence that the actor's last
 * message must have. An unanswered commit is resent with the same bytes and the same expected sequence, so at most one
 * copy can be stored. If the server rejects a later copy, the actor's first message after the expected sequence is read
 * from the leader. It is either an earlier copy of this commit, or another writer's commit.
 *
 * A stream in another JetStream domain may have the same name and subjects. Acknowledgements name the domain, so those
 * of other streams are ignored. Rejections do not. So if the stream has a domain, or another stream has answered
 * before, the leader decides whether a rejection counts.
 */
export class Committer {
  readonly #parts: CommitterParts;
  readonly #lookup: CommitLookup;
  readonly #republishAfterMs: number;
  /** Another stream that has answered a commit. */
  #foreign: ForeignStream | undefined;

  constructor(parts: CommitterParts) {
    this.#parts = parts;
    this.#lookup = new CommitLookup(parts.messages);
    this.#republishAfterMs = Math.min(2_000, Math.ceil(parts.ackTimeoutMs / 3));
  }

  /** Publishes a commit. Resolves once the outcome is known or the timeout is over. */
  commit(commit: Commit): Promise<CommitOutcome> {
    const deadline = new Deadline(this.#parts.ackTimeoutMs);
    // No async function here: usually the first answer is the only one, and every save waits for it.
    return this.#attempt(commit, deadline).catch((error) => this.#persist(commit, deadline, error));
  }

  /** Repeats a commit whose first attempt failed. */
  async #persist(commit: Commit, deadline: Deadline, firstError: unknown): Promise<CommitOutcome> {
    const attempts: Attempts = { commit, deadline, anyMayBeStored: false, isContested: false, lost: 0, doubtful: 0 };
    let error = firstError;
    for (;;) {
      const examined = await this.#examine(attempts, error);
      if ("outcome" in examined) return this.#explained(examined.outcome);
      error = examined.error;
      attempts.anyMayBeStored ||= mayBeStored(error);
      // While the connection is lost, the store keeps trying to find out whether a commit is stored.
      const isWorthIt = isPassing(error) || (attempts.anyMayBeStored && isDisconnected(error));
      if (!isWorthIt || this.#parts.link.isClosed) break;
      // After a time-out, no pause is needed.
      if (!(error instanceof NoReplyError && error.reason === "time-out")) await deadline.pause();
      if (deadline.isOver) break;
      try {
        return await this.#attempt(commit, deadline, attempts.isContested);
      } catch (next) {
        error = next;
      }
    }
    if (attempts.anyMayBeStored || isForeign(error)) return this.#explained({ status: "unknown", cause: error });
    if (!isTooLarge(error)) return this.#explained({ status: "failed", cause: error });
    await this.#parts.limit.rejected(commit.headers.length + commit.payload.length, deadline.requestTimeoutMs);
    return { status: "too large" };
  }

  /** Determines the outcome after an error, or the error that decides whether the commit is repeated. */
  async #examine(attempts: Attempts, error: unknown): Promise<Examined> {
    const { commit, deadline } = attempts;
    if (error instanceof NoReplyError && error.reason === "time-out") return this.#examineTimeOut(attempts, error);
    if (this.#isDoubtful(error)) {
      const examined = await this.#examineDoubtful(attempts, error);
      if (examined !== undefined) return examined;
    }
    if (!isOvertaken(error)) return { error };
    const contradiction = await this.#contradictionIn(error, commit, deadline);
    if (contradiction !== undefined) {
      attempts.anyMayBeStored ||= !isAetherError(contradiction);
      return { error: contradiction };
    }
    return { outcome: attempts.anyMayBeStored ? await this.#settle(commit, deadline) : { status: "refused" } };
  }

  /**
   * Asks the leader about a rejection that may have come from a stream in another domain. Resolves to `undefined` if
   * the stream itself has rejected the commit.
   */
  async #examineDoubtful(attempts: Attempts, error: ApiError): Promise<Examined | undefined> {
    const { commit, deadline } = attempts;
    const following = await this.#lookup.following(commit, deadline);
    if (following !== undefined) return { outcome: following };
    const foreign = { error: new NoReplyError("foreign", commit.actor.subject, error) };
    // The stream itself may not have handled the commit yet. If a second copy is rejected, it has.
    if (!isOvertaken(error)) return ++attempts.doubtful > 1 ? undefined : foreign;
    const last = await this.#lookup.lastSequence(commit, deadline);
    if (last === undefined || last === commit.expectedSequence) {
      attempts.isContested = true;
      return foreign;
    }
    if (last > commit.expectedSequence) return { outcome: await this.#settle(commit, deadline) };
    return undefined;
  }

  /**
   * Asks the leader about an unanswered commit whose answer may have been ignored, and determines whether a large
   * commit was lost because it exceeds the limit of a server on the way. That server closes the connection to the leaf
   * node, for all its users, so the commit must not be sent again and again until the deadline.
   */
  async #examineTimeOut(attempts: Attempts, error: NoReplyError): Promise<Examined> {
    const { commit, deadline } = attempts;
    const { api, sizes } = this.#parts;
    if (attempts.isContested) {
      const following = await this.#lookup.following(commit, deadline);
      if (following !== undefined) return { outcome: following };
    }
    if (!sizes.mayBeLost(commit.payload.length)) return { error };
    let last: number;
    try {
      last = await askAgain(deadline, (timeoutMs) => api.fence(commit.actor.subject, timeoutMs));
    } catch {
      return { error };
    }
    const following = await this.#lookup.following(commit, deadline);
    if (following !== undefined) return { outcome: following };
    if (last !== commit.expectedSequence || ++attempts.lost < MAX_LOST_COPIES) return { error };
    const { actor, payload, headers } = commit;
    const sizeBytes = payload.length + headers.length;
    return {
      outcome: {
        status: "failed",
        cause: new EventTooLargeError({ actorId: actor.id, sizeBytes, limitBytes: undefined }),
      },
    };
  }

  /** True if a rejection may have come from a stream in another JetStream domain. */
  #isDoubtful(error: unknown): error is ApiError {
    const isAlone = this.#parts.api.domain === undefined && this.#foreign === undefined;
    return error instanceof ApiError && !isPassing(error) && !mayBeStored(error) && !isAlone;
  }

  /** Adds to the cause of an outcome that another stream has answered. */
  #explained(outcome: CommitOutcome): CommitOutcome {
    if (this.#foreign === undefined || !("cause" in outcome)) return outcome;
    const { status, cause } = outcome;
    if (!(cause instanceof NoReplyError)) return outcome;
    const note = `${this.#foreign} has the same subjects and was ignored: give that stream other subjects`;
    return { status, cause: new NoReplyError(cause.reason, cause.subject, cause, note) };
  }

  /**
   * @param isContested - true to ignore the first conflict, because another stream reports it
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`
   */
  #attempt(commit: Commit, deadline: Deadline, isContested = false): Promise<CommitOutcome> {
    const publish = (): Promise<CommitOutcome> =>
      new Promise((resolve, reject) => this.#publish(commit, deadline, isContested, resolve, reject));
    const { watch } = this.#parts;
    return watch.checking === undefined ? publish() : watch.untilChecked(deadline).then(publish);
  }

  #publish(
    { actor, payload, headers, expectedSequence }: Commit,
    deadline: Deadline,
    isContested: boolean,
    resolve: (outcome: CommitOutcome) => void,
    reject: (error: unknown) => void,
  ): void {
    const { link, api, watch } = this.#parts;
    watch.check();
    const timeoutMs = Math.max(1, Math.min(this.#republishAfterMs, deadline.leftMs));
    let hasIgnored = false;
    const receive = (reply: NatsMessage): boolean => {
      try {
        const answer = api.readAnswer(reply.data, actor.subject);
        if (typeof answer !== "number") {
          this.#foreign = answer;
          return false;
        }
        watch.acknowledged(answer, expectedSequence);
        resolve({ status: "stored", sequence: answer });
      } catch (error) {
        // The other stream's answer is ignored, but this stream may answer with a conflict as well.
        if (isContested && !hasIgnored && isOvertaken(error)) {
          hasIgnored = true;
          return false;
        }
        reject(error);
      }
      return true;
    };
    link.send(actor.subject, payload, timeoutMs, headers, receive, reject);
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
    const { watch } = this.#parts;
    try {
      watch.checkExpired(await watch.verify(requestTimeoutMs), actor.subject, expectedSequence);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** Determines whether the message after the expected sequence is an earlier copy of the commit. */
  async #settle(commit: Commit, deadline: Deadline): Promise<CommitOutcome> {
    const cause = new Error("the message after the expected sequence is gone: it expired, or the stream was reset");
    return (await this.#lookup.following(commit, deadline)) ?? { status: "unknown", cause };
  }
}

type Examined = { readonly outcome: CommitOutcome } | { readonly error: unknown };

function isForeign(error: unknown): boolean {
  return error instanceof NoReplyError && error.reason === "foreign";
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
