import { encodeText } from "@aether/nats";

/** The server rejects a message unless the subject's last message has this stream sequence; 0 for none. */
export const EXPECTATION_HEADER = "Nats-Expected-Last-Subject-Sequence";

/** The versions of a commit. It can be read even if the payload cannot. */
export const VERSIONS_HEADER = "Aether-Versions";

/** On the first commit after all events of an actor have expired: the highest version that one of them may have had. */
export const EXPIRED_HEADER = "Aether-Expired";

/** Encodes a complete header block, as it is sent to the server. */
export function headerBlock(headers: Readonly<Record<string, string | number>>): Uint8Array {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return encodeText(`NATS/1.0\r\n${lines.join("")}\r\n`);
}
