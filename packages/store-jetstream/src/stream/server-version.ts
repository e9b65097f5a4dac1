import { UnsafeServerError } from "../errors.ts";

/** First server version that checks the expected sequence safely on replicated streams. */
const REPLICAS_GUARDED_SINCE = "2.9.21";

/**
 * Throws if a stream is replicated and the server is so old that several writers could save the same version.
 * @throws `AETHER_UNSAFE_SERVER`
 */
export function checkServer(serverVersion: string, replicaCount: number): void {
  if (replicaCount > 1 && isOlder(serverVersion, REPLICAS_GUARDED_SINCE)) {
    throw new UnsafeServerError({ serverVersion, minimumVersion: REPLICAS_GUARDED_SINCE, replicaCount });
  }
}

function isOlder(version: string, than: string): boolean {
  const parts = (text: string): readonly number[] =>
    text.split(/[.-]/, 3).map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [parts(version), parts(than)];
  const index = right.findIndex((part, at) => part !== (left[at] ?? 0));
  return index >= 0 && (left[index] ?? 0) < (right[index] ?? 0);
}
