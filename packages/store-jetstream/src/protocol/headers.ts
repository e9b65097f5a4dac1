import { encodeText } from "@aether/nats";

/**
 * The expected sequence. The server rejects a message unless the subject's last message has this stream sequence, or
 * the subject has no message and the expected sequence is 0.
 */
export const EXPECTATION_HEADER = "Nats-Expected-Last-Subject-Sequence";

/** The versions of a commit. This header can be read even if the payload is damaged. */
export const VERSIONS_HEADER = "Aether-Versions";

/** An upper bound of the expired versions. Only on the first commit after all events of an actor have expired. */
export const EXPIRED_HEADER = "Aether-Expired";

/** Encodes a complete header block, as it is sent to the server. */
export function headerBlock(headers: Readonly<Record<string, string | number>>): Uint8Array {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return encodeText(`NATS/1.0\r\n${lines.join("")}\r\n`);
}
