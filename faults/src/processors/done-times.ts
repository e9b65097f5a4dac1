import type { ProcessorHistory } from "./processor-history.ts";

/** The times at which events were done. */
export interface DoneTimes {
  /** Returns the time when an event was first handled, or its discard was requested; `undefined` if never. */
  of(actorId: string, version: number): number | undefined;
}

/** Collects the times at which events were done. */
export function doneTimes({ calls, discards }: Pick<ProcessorHistory, "calls" | "discards">): DoneTimes {
  const times = new Map<string, Map<number, number>>();
  const note = (actorId: string, version: number, ms: number): void => {
    const byVersion = times.get(actorId) ?? new Map<number, number>();
    times.set(actorId, byVersion);
    byVersion.set(version, Math.min(byVersion.get(version) ?? ms, ms));
  };
  for (const { actorId, version, end } of calls) {
    if (end?.outcome === "handled") note(actorId, version, end.atMs);
  }
  for (const { actorId, version, sentMs } of discards) note(actorId, version, sentMs);
  return { of: (actorId, version) => times.get(actorId)?.get(version) };
}
