import { doneTimes } from "./done-times.ts";
import { groupBy } from "./group-by.ts";
import type { HandlerCall, ProcessorHistory } from "./processor-history.ts";

/**
 * Checks the order of each actor's events: no handler is started before all earlier events are done, including those
 * of a parked actor. Within one lease, events are handled one after the other, by ascending version, and none of them
 * again after it was handled.
 */
export function checkOrder(history: ProcessorHistory): readonly string[] {
  const byActor = groupBy(history.calls, ({ actorId }) => actorId);
  const done = doneTimes(history);
  return [...byActor].flatMap(([actorId, calls]) => {
    const inOrder = [...calls].sort((one, other) => one.startMs - other.startMs);
    return [
      ...checkEarlierEvents(actorId, inOrder, (version) => done.of(actorId, version)),
      ...[...groupBy(inOrder, ({ token }) => token).values()].flatMap(checkOneOwner),
    ];
  });
}

function checkEarlierEvents(
  actorId: string,
  calls: readonly HandlerCall[],
  doneMs: (version: number) => number | undefined,
): readonly string[] {
  /** Time when an event and all before it were done, by version. */
  const allDoneMs: number[] = [0];
  const violations: string[] = [];
  for (const { version, startMs, process } of calls) {
    for (let next = allDoneMs.length; next < version; next++) {
      allDoneMs.push(Math.max(allDoneMs[next - 1] ?? 0, doneMs(next) ?? Number.POSITIVE_INFINITY));
    }
    if ((allDoneMs[version - 1] ?? 0) <= startMs) continue;
    const missing = Array.from({ length: version - 1 }, (_, index) => index + 1).find(
      (earlier) => (doneMs(earlier) ?? Number.POSITIVE_INFINITY) > startMs,
    );
    violations.push(`${process} started ${actorId}/${version} before ${actorId}/${missing} was handled`);
  }
  return violations;
}

/** Checks the calls for one actor under one lease. */
function checkOneOwner(calls: readonly HandlerCall[]): readonly string[] {
  const violations: string[] = [];
  let before: HandlerCall | undefined;
  for (const call of calls) {
    const { process, actorId, version, startMs } = call;
    const started = `${process} started ${actorId}/${version}`;
    if (before !== undefined) {
      if (version < before.version) violations.push(`${started} after ${actorId}/${before.version}, under one lease`);
      if (before.end === undefined || before.end.atMs > startMs)
        violations.push(`${started} while the handler of ${actorId}/${before.version} was running`);
      if (version === before.version && before.end?.outcome === "handled")
        violations.push(`${started} again after it was handled, under one lease`);
    }
    before = call;
  }
  return violations;
}
