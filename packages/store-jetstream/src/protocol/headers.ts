import { encodeText } from "@aether/nats";

/**
 * The expected sequence. The server rejects a message unless the subject's last message has this stream sequence, or
 * the subject has no message and the expected sequence is 0.
 */
export const EXPECTATION_HEADER = "Nats-Expected-Last-Subject-Sequence";

/** The versions of a commit. This header can be read even if the payload is damaged. */
export const VERSIONS_HEADER = "Aether-Versions";

/**
 * The actor's latest version before the commit, and the sequence of the message that holds it, as `version/sequence`.
 * The sequence is 0 if all events have expired, and then the version is an upper bound. Only on a commit whose
 * predecessor does not have this information in its headers, because it has expired or another program wrote it.
 */
export const AFTER_HEADER = "Aether-After";

/** Encodes a complete header block, as it is sent to the server. */
export function headerBlock(headers: Readonly<Record<string, string | number>>): Uint8Array {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return encodeText(`NATS/1.0\r\n${lines.join("")}\r\n`);
}
