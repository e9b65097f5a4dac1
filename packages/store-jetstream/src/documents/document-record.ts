import { InvalidDocumentError, isAetherError, type StoredDocument } from "@aether/core";
import { decodeUtf8 } from "@aether/nats";
import { type DocumentName, formatRevision, freezeJson, parseJson } from "@aether/store-kit";
import type { MessageTooLargeError } from "../errors.ts";
import type { MessageHead, StoredMessage } from "../protocol/stored-message.ts";
import { OPERATION_HEADER } from "./write-message.ts";

/** Set by the server on a message that says that a value has expired. */
const MARKER_REASON_HEADER = "Nats-Marker-Reason";

/** Returns true if a message says that the document was deleted, by this store or by another program. */
export function isDeletion(message: MessageHead): boolean {
  const operation = message.header(OPERATION_HEADER);
  if (operation !== undefined) return operation === "DEL" || operation === "PURGE";
  const mayBeMarker = message.data === undefined || message.data.length === 0;
  return mayBeMarker && message.header(MARKER_REASON_HEADER) !== undefined;
}

/** The reason why a value is unreadable, phrased to follow "its value". */
export class UnreadableValue {
  readonly reason: InvalidDocumentError["reason"];
  readonly cause: unknown;

  constructor(reason: string, cause?: unknown) {
    this.reason = reason;
    this.cause = cause;
  }
}

/** Decodes the value of a document, and freezes it deeply. Never throws. */
export function decodeDocument(
  { collection, id }: DocumentName,
  { data, sequence }: StoredMessage,
  incarnation: string,
): StoredDocument | UnreadableValue {
  const value = decodeValue(data);
  if (value instanceof UnreadableValue) return value;
  return Object.freeze({ collection, id, value, revision: formatRevision({ incarnation, sequence }) });
}

/** Creates the error for a document whose message the server of the connection cannot deliver. */
export function oversizedError({ collection, id }: DocumentName, error: MessageTooLargeError): InvalidDocumentError {
  const { sizeBytes, limitBytes } = error;
  const reason = `has ${sizeBytes} bytes, but the limit of the connection's server is ${limitBytes}`;
  return new InvalidDocumentError({ collection, id, reason, cause: error });
}

function decodeValue(data: Uint8Array): object | UnreadableValue {
  if (data.length === 0) return new UnreadableValue("is empty");
  let text: string;
  try {
    text = decodeUtf8(data);
  } catch (cause) {
    return new UnreadableValue("is not UTF-8", cause);
  }
  try {
    const value = parseJson(text);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return new UnreadableValue("is not a JSON object");
    return freezeJson(value, "", (_path, reason) => new InvalidValue(reason));
  } catch (error) {
    if (error instanceof InvalidValue) return new UnreadableValue(error.message, error);
    return new UnreadableValue(isAetherError(error, "AETHER_INVALID_EVENT") ? error.reason : "cannot be read", error);
  }
}

/** A flaw of a parsed value. Its message is the reason. */
class InvalidValue extends Error {
  override readonly name: string = "InvalidValue";
}
