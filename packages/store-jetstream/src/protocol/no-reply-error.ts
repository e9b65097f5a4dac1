/** Why a request has no answer. */
export type NoReplyReason =
  | "time-out"
  | "no responders"
  | "connection lost"
  | "connection closed"
  | "inbox refused"
  | "not permitted"
  | "not sent"
  | "outdated"
  | "unreadable";

/**
 * A request was not answered. `"no responders"`, `"not permitted"`, `"not sent"` and `"outdated"` say that nobody acted on it; after the
 * others it is unknown.
 */
export class NoReplyError extends Error {
  override readonly name: string = "NoReplyError";
  readonly reason: NoReplyReason;
  readonly subject: string;

  constructor(reason: NoReplyReason, subject: string, cause?: unknown) {
    super(`${explanations[reason]} (${subject})`, cause === undefined ? {} : { cause });
    this.reason = reason;
    this.subject = subject;
  }
}

const explanations: Readonly<Record<NoReplyReason, string>> = {
  "time-out": "the server did not answer in time",
  "no responders": "nobody listens: JetStream or the stream is not there, or has no leader at the moment",
  "connection lost": "the connection was lost before the answer",
  "connection closed": "the connection was closed",
  "inbox refused": "the server does not let the connection subscribe to its inbox",
  "not permitted": "the connection's user has no permission to publish to this subject",
  outdated: "the server that answers does not have what the stream had reached: it was cut off from the others",
  "not sent": "the client refused to send",
  unreadable: "what was answered is not what JetStream answers: it was damaged on its way, or somebody else answered",
};
