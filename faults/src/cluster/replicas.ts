import type { Admin } from "./admin.ts";
import { type StoredContents, storedContents } from "./stored-contents.ts";

/** A stream, and the servers that hold it. */
export interface ReplicatedStream {
  readonly admin: Admin;
  readonly streamName: string;
  readonly servers: number;
  /** How long to wait for replicas that lag behind, in milliseconds. A server that led may take minutes. @default 20000 */
  readonly patienceMs?: number;
}

export interface Replicas {
  /** What the one holds that has the most. */
  readonly fullest: StoredContents;
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** A server that has everything takes consumers, sooner or later. */
const READING_TIMEOUT_MS = 90_000;

/** Reads what each server holds, and compares. @throws Error if none could be read */
export async function examineReplicas(stream: ReplicatedStream): Promise<Replicas> {
  const { admin, streamName, servers, patienceMs = 20_000 } = stream;
  const begin = performance.now();
  const isWhole = await admin.untilWhole(streamName, patienceMs);
  const tookMs = Math.round(performance.now() - begin);
  const timeoutMs = isWhole ? READING_TIMEOUT_MS : Math.min(patienceMs, READING_TIMEOUT_MS);
  const { replicas, lastError } = await storedContents(admin.connection, streamName, servers, timeoutMs);
  const comparison = compareReplicas(replicas);
  if (comparison === undefined) throw new Error("no server could be read", { cause: lastError });
  const unread = servers - replicas.length;
  const isEnough = isWhole ? unread === 0 : replicas.length > servers / 2;
  const tooFew = isEnough ? [] : [`only ${replicas.length} of ${servers} servers could be read: ${lastError}`];
  const catchingUp = {
    "slowest catching up, ms": tookMs,
    "replicas still catching up": comparison.behind + (isWhole ? 0 : unread),
  };
  return {
    fullest: comparison.fullest,
    violations: [...comparison.violations, ...tooFew],
    figures: { "replicas compared": replicas.length, ...(servers > 1 ? catchingUp : {}) },
  };
}

/** What the servers of a stream hold, all together. */
export interface Comparison {
  /** What the one holds that has the most. */
  readonly fullest: StoredContents;
  /** How many others have a part of it only, from its beginning on: they are still catching up. */
  readonly behind: number;
  readonly violations: readonly string[];
}

/** A replica may be behind, but nothing may stand in it that does not stand in the others, in the same place. */
export function compareReplicas(replicas: readonly StoredContents[]): Comparison | undefined {
  const [fullest, ...others] = replicas.toSorted((left, right) => right.digests.length - left.digests.length);
  if (fullest === undefined) return undefined;
  const violations: string[] = [];
  let behind = 0;
  for (const { server, digests } of others) {
    const index = digests.findIndex((digest, at) => digest !== fullest.digests[at]);
    if (index >= 0) violations.push(`message ${index + 1} on ${server} is not the one on ${fullest.server}`);
    else if (digests.length < fullest.digests.length) behind++;
  }
  return { fullest, behind, violations };
}
