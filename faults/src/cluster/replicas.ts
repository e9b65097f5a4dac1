import type { Admin } from "./admin.ts";
import { readReplicas, type StoredContents } from "./read-replicas.ts";

/** A stream and the number of servers that store it. */
export interface ReplicatedStream {
  readonly admin: Admin;
  readonly streamName: string;
  readonly servers: number;
  /**
   * Time to wait for lagging replicas, in milliseconds. A server that was isolated while it was the leader may need
   * minutes. @default 20000
   */
  readonly catchUpTimeoutMs?: number;
}

export interface ExaminedReplicas {
  /** Contents of the replica with the most messages. */
  readonly fullest: StoredContents;
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Time limit for reading all servers once they are in sync. By then, each server should have been given a consumer. */
const READ_TIMEOUT_MS = 90_000;

/** Reads the contents of every server and compares them. @throws {Error} if no server can be read */
export async function examineReplicas(stream: ReplicatedStream): Promise<ExaminedReplicas> {
  const { admin, streamName, servers, catchUpTimeoutMs = 20_000 } = stream;
  const begin = performance.now();
  const isInSync = await admin.waitUntilInSync(streamName, catchUpTimeoutMs);
  const tookMs = Math.round(performance.now() - begin);
  const timeoutMs = isInSync ? READ_TIMEOUT_MS : Math.min(catchUpTimeoutMs, READ_TIMEOUT_MS);
  const { replicas, lastError } = await readReplicas(admin.connection, streamName, servers, timeoutMs);
  const comparison = compareReplicas(replicas);
  if (comparison === undefined) throw new Error("no server could be read", { cause: lastError });
  const unread = servers - replicas.length;
  const isEnough = isInSync ? unread === 0 : replicas.length > servers / 2;
  const tooFew = isEnough ? [] : [`only ${replicas.length} of ${servers} servers could be read: ${lastError}`];
  const catchUpFigures = {
    "slowest catch-up, ms": tookMs,
    "replicas still catching up": comparison.catchingUp + (isInSync ? 0 : unread),
  };
  return {
    fullest: comparison.fullest,
    violations: [...comparison.violations, ...tooFew],
    figures: { "replicas compared": replicas.length, ...(servers > 1 ? catchUpFigures : {}) },
  };
}

export interface Comparison {
  /** Contents of the replica with the most messages. */
  readonly fullest: StoredContents;
  /** Number of replicas that have only the first part of these messages, because they are still catching up. */
  readonly catchingUp: number;
  readonly violations: readonly string[];
}

/**
 * Compares all replicas with the replica that has the most messages. A replica may lack the last messages, but all its
 * messages must be the same, in the same order. Returns `undefined` if there are no replicas.
 */
export function compareReplicas(replicas: readonly StoredContents[]): Comparison | undefined {
  const [fullest, ...others] = replicas.toSorted((left, right) => right.digests.length - left.digests.length);
  if (fullest === undefined) return undefined;
  const violations: string[] = [];
  let catchingUp = 0;
  for (const { server, digests } of others) {
    const index = digests.findIndex((digest, at) => digest !== fullest.digests[at]);
    if (index >= 0) violations.push(`message ${index + 1} differs between ${server} and ${fullest.server}`);
    else if (digests.length < fullest.digests.length) catchingUp++;
  }
  return { fullest, catchingUp, violations };
}
