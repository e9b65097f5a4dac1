import { EXPECTATION_HEADER, headerBlock } from "../protocol/headers.ts";
import type { MessageHead } from "../protocol/stored-message.ts";

/** Kind of a write, as in all key-value buckets: `DEL` or `PURGE`. A put does not have this header. */
export const OPERATION_HEADER = "KV-Operation";
/** The id of a write. For a while, the server recognizes a repeated id. */
const WRITE_ID_HEADER = "Nats-Msg-Id";
/** Set if the expected sequence is that of other subjects. */
const EXPECTATION_SUBJECT_HEADER = "Nats-Expected-Last-Subject-Sequence-Subject";

const NO_PAYLOAD = new Uint8Array();

/** One write of a document: a message to its subject. */
export interface DocumentMessage {
  readonly subject: string;
  /** The encoded value; `undefined` for a deletion. */
  readonly value: Uint8Array | undefined;
  /** The sequence that the subject's last message must have; 0 for none, `undefined` for any. */
  readonly expectedSequence: number | undefined;
}

/** The circumstances in which a write was first sent. */
export interface SentWrite {
  /** Time on the clock of `performance`. */
  readonly sentMs: number;
  /** The server that remembers the write's id; `undefined` if that is not certain. */
  readonly memory: string | undefined;
  /** The highest sequence that the stream was known to have reached. */
  readonly knownSequence: number;
}

export function payloadOf({ value }: DocumentMessage): Uint8Array {
  return value ?? NO_PAYLOAD;
}

/** Encodes the header block of a write. */
export function writeHeaders({ value, expectedSequence }: DocumentMessage, writeId: string): Uint8Array {
  return headerBlock({
    [WRITE_ID_HEADER]: writeId,
    ...(expectedSequence === undefined ? {} : { [EXPECTATION_HEADER]: expectedSequence }),
    ...(value === undefined ? { [OPERATION_HEADER]: "DEL" } : {}),
  });
}

/** Returns true if a message is the write with this id. */
export function isWrite(message: MessageHead, writeId: string): boolean {
  return message.header(WRITE_ID_HEADER) === writeId;
}

/** Returns true if a message replaced the message with this sequence, according to its headers. */
export function hasReplaced(message: MessageHead, sequence: number): boolean {
  return (
    message.header(EXPECTATION_HEADER) === String(sequence) && message.header(EXPECTATION_SUBJECT_HEADER) === undefined
  );
}
