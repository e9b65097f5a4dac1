import type { Link } from "../protocol/link.ts";

/** Maximum size of a chunk, unless the server accepts messages over half this size. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** Returns the maximum size of a chunk in bytes: enough for any two messages that the server accepts. */
export function chunkBytes(link: Link): number {
  return Math.max(CHUNK_BYTES, 2 * link.server.max_payload);
}
