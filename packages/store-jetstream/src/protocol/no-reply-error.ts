/** The reason why a request was not answered, or why its answer cannot be used. */
export type NoReplyReason =
  | "time-out"
  | "no responders"
  | "connection lost"
  | "disconnected"
  | "already closed"
  | "connection closed"
  | "inbox refused"
  | "not permitted"
  | "not sent"
  | "outdated"
  | "single response"
  | "foreign"
  | "unreadable";

interface Meaning {
  /** Text for the error message. */
  readonly text: string;
  /** Set if the same request may succeed a moment later. */
  readonly isPassing?: true;
  /** Set if it is certain that no server acted on the request. */
  readonly hadNoEffect?: true;
}

/** Thrown if a request was not answered, or its answer cannot be used. */
export class NoReplyError extends Error {
  override readonly name: string = "NoReplyError";
  readonly reason: NoReplyReason;
  readonly subject: string;

  /** @param note - a further sentence for the message */
  constructor(reason: NoReplyReason, subject: string, cause?: unknown, note?: string) {
    super(
      `${meanings[reason].text} (${subject})${note === undefined ? "" : `; ${note}`}`,
      cause === undefined ? {} : { cause },
    );
    this.reason = reason;
    this.subject = subject;
  }

  /** True if the same request may succeed a moment later. */
  get isPassing(): boolean {
    return meanings[this.reason].isPassing ?? false;
  }

  /** True if it is certain that no server acted on the request. */
  get hadNoEffect(): boolean {
    return meanings[this.reason].hadNoEffect ?? false;
  }
}

const meanings: Readonly<Record<NoReplyReason, Meaning>> = {
  "time-out": { text: "the server did not answer in time", isPassing: true },
  "no responders": {
    text: "no server listens: JetStream or the stream does not exist, or has no leader at the moment",
    isPassing: true,
    hadNoEffect: true,
  },
  "connection lost": { text: "the connection was lost before the answer", isPassing: true },
  disconnected: { text: "the connection to the server is lost", hadNoEffect: true },
  "already closed": { text: "the connection is closed", hadNoEffect: true },
  "connection closed": { text: "the connection was closed" },
  "inbox refused": { text: "the server does not allow the connection to subscribe to its inbox" },
  "not permitted": {
    text: "the connection's user has no permission to publish to this subject",
    hadNoEffect: true,
  },
  outdated: {
    text: "the answering server lacks messages that the stream had: it was cut off from the others",
    isPassing: true,
    hadNoEffect: true,
  },
  "single response": {
    text:
      "only the first of several messages arrived, twice: if JetStream is imported from another account, its " +
      "export needs `response_type: stream`",
    hadNoEffect: true,
  },
  foreign: {
    text: "a stream with the same name in another JetStream domain rejected the message",
    isPassing: true,
    hadNoEffect: true,
  },
  "not sent": { text: "the client did not send the request", hadNoEffect: true },
  unreadable: {
    text: "the answer is not from JetStream: it was damaged in transit, or another program answered",
    isPassing: true,
  },
};
