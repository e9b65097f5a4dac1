import type { Position } from "@aether/core";
import type { HistoryEvent, LeaseState } from "./processor-history.ts";

/**
 * Returns the positions of the events after a checkpoint that are handled or parked, according to the same document.
 * @param events - the events of the partition, in the order of the store
 */
export function coveredAhead(
  { checkpoint, ahead }: Pick<LeaseState, "checkpoint" | "ahead">,
  events: readonly HistoryEvent[],
): readonly Position[] {
  if (ahead === null) return [];
  const open = new Set(ahead.open);
  const covered: Position[] = [];
  for (let index = firstAfter(events, checkpoint ?? ""); index < events.length; index++) {
    const { position } = events[index] as HistoryEvent;
    if (position > ahead.upTo) break;
    if (!open.has(position)) covered.push(position);
  }
  return covered;
}

/** Returns the index of the first event after a position. */
function firstAfter(events: readonly HistoryEvent[], position: string): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle] as HistoryEvent).position > position) high = middle;
    else low = middle + 1;
  }
  return low;
}
