import type { ProcessorHistory } from "./processor-history.ts";
import { timelinesOf } from "./timeline.ts";

/** Checks that handlers are started only by processes that have the lease of the partition. */
export function checkOwners({ calls, leases }: ProcessorHistory): readonly string[] {
  /** Time when a lease had certainly begun, and the time when a later one had, by partition and token. */
  const terms = new Map<string, { readonly beginMs: number; readonly replacedMs: number }>();
  for (const [partition, { stored }] of timelinesOf(leases)) {
    let replacedMs = Number.POSITIVE_INFINITY;
    const begins = new Map<string, number>();
    for (const { token, stored: { atMs = 0 } = {} } of stored)
      begins.set(token, Math.min(begins.get(token) ?? atMs, atMs));
    for (const [token, beginMs] of [...begins].reverse()) {
      terms.set(`${partition} ${token}`, { beginMs, replacedMs });
      replacedMs = Math.min(replacedMs, beginMs);
    }
  }
  return calls.flatMap(({ process, partition, token, actorId, version, startMs }) => {
    const term = terms.get(`${partition} ${token}`);
    const started = `${process} started ${actorId}/${version}`;
    if (term === undefined || startMs < term.beginMs) return [`${started} without the lease of partition ${partition}`];
    const lateMs = Math.round(startMs - term.replacedMs);
    if (startMs < term.replacedMs) return [];
    return [`${started} ${lateMs} ms after another process had taken over partition ${partition}`];
  });
}
