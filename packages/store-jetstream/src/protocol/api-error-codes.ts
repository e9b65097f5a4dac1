/** Kind of an error that JetStream answered, as far as the store distinguishes them. */
export type ApiErrorKind =
  /** The subject's last message is not the expected one. Nothing was stored. */
  | "overtaken"
  /** Another write to the subject is being replicated. It may be an earlier copy of the same message. */
  | "writeInFlight"
  /** The server cannot handle the request at the moment, and did nothing. */
  | "busy"
  /** The cluster has too few servers, or its leader does not know enough of them yet. */
  | "noSuitablePeers"
  /** The stream, the account or the server has reached a limit. Nothing was stored. */
  | "full"
  /** The message is larger than the stream allows. Nothing was stored. */
  | "tooLarge"
  /** The server failed to write the message. It may be stored in part. */
  | "writeFailed"
  | "noMessageFound"
  | "streamNotFound"
  | "streamNameInUse"
  /** Any other error. Nothing was stored. */
  | "other";

export interface ApiErrorMeaning {
  readonly kind: ApiErrorKind;
  /** Advice for an operator, as the end of an error message. */
  readonly advice?: string;
}

const freeAccountStorage = "raise the max_store of the account, or free some of its storage";
const freeServerStorage = "raise the max_file_store of the server, or free some of its storage";

/**
 * The JetStream error codes (`err_code`) that the store distinguishes. The texts of errors differ between server
 * versions, but the codes do not. All other codes have the kind `"other"`. The complete list of codes is
 * `server/errors.json` in the sources of nats-server.
 */
const meanings: Readonly<Record<number, ApiErrorMeaning>> = {
  // Answers to a publish.
  10071: { kind: "overtaken" },
  10164: { kind: "writeInFlight" },
  10158: { kind: "busy" },
  10163: { kind: "busy" },
  10167: { kind: "busy", advice: "save fewer events at once, or add servers" },
  10002: { kind: "full", advice: freeAccountStorage },
  10023: { kind: "full", advice: freeServerStorage },
  10054: { kind: "tooLarge", advice: "raise the stream's max_msg_size" },
  10097: { kind: "tooLarge" },
  10077: { kind: "writeFailed", advice: "check the disk and the log of the server" },
  // Answers to requests that create or change a stream.
  10027: { kind: "full", advice: "raise the account's max_streams, or delete a stream that is no longer used" },
  10028: { kind: "full", advice: "raise the memory limit of the account or the server, or free some memory" },
  10047: { kind: "full", advice: `${freeAccountStorage}; or ${freeServerStorage}` },
  10113: { kind: "full", advice: "create the stream yourself, with max_bytes, or let the account omit max_bytes" },
  10122: { kind: "full", advice: "lower the stream's max_bytes, or raise the account's max_stream_bytes" },
  10005: { kind: "noSuitablePeers", advice: "start more servers, or use fewer replicas" },
  10058: { kind: "streamNameInUse" },
  10065: { kind: "other", advice: "give the store another name, or change the subjects of the other stream" },
  10074: { kind: "other", advice: "use one replica, or a cluster" },
  10120: { kind: "other", advice: "give the account a limit for this number of replicas" },
  // Answers to requests that create a consumer.
  10026: {
    kind: "busy",
    advice: "raise max_consumers of the stream or its account: each read of a long history uses one",
  },
  10119: { kind: "busy" },
  // Answers to several kinds of requests.
  10008: { kind: "busy" },
  10118: { kind: "busy" },
  10037: { kind: "noMessageFound" },
  10059: { kind: "streamNotFound" },
};

const other: ApiErrorMeaning = { kind: "other" };

/** Texts of 10077, which contains an error of the server's storage. In all versions, these texts are the same. */
const storageMeanings: Readonly<Record<string, ApiErrorMeaning>> = {
  "maximum bytes exceeded": { kind: "full", advice: "raise the stream's max_bytes, or shorten its retention" },
  "maximum messages exceeded": { kind: "full", advice: "raise the stream's max_msgs, or shorten its retention" },
  "maximum messages per subject exceeded": { kind: "full", advice: "remove the stream's max_msgs_per_subject" },
  "message too large": { kind: "tooLarge" },
  // The server is stopping, or moves the stream.
  "store is closed": { kind: "busy" },
};

/**
 * Returns the meaning of an error.
 * @param isRead - true if the request stores nothing
 */
export function meaningOf(code: number, description: string, isRead: boolean): ApiErrorMeaning {
  const meaning = meanings[code] ?? other;
  if (meaning.kind === "writeFailed") return storageMeanings[description] ?? meaning;
  // A read needs no storage: for example, a cluster has no server for a consumer at the moment.
  if (meaning.kind === "full" && isRead) return { kind: "busy" };
  if (meaning.kind === "noSuitablePeers" && isOutOfStorage(description))
    return { kind: "full", advice: freeServerStorage };
  return meaning;
}

/** True if the only reason why the cluster cannot place a stream is storage. */
function isOutOfStorage(description: string): boolean {
  return description.includes("insufficient storage") && !description.includes("offline");
}
