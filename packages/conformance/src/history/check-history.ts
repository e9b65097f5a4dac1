import { checkContents } from "./check-contents.ts";
import { checkReads } from "./check-reads.ts";
import { checkSaves } from "./check-saves.ts";
import { checkTimes } from "./check-times.ts";
import type { History, HistoryViolation, RecordedOperation } from "./history.ts";

/**
 * Judges what several clients did to a store at the same time, and what was there in the end: was any promise broken?
 *
 * It does not matter how the calls interleaved, or which servers, connections and processes failed meanwhile. A history of
 * some hundred thousand calls takes about a second.
 *
 * @returns what is wrong, each with its reason; nothing if all is well. Never throws.
 * @example
 * ```ts
 * const violations = checkHistory({ operations, contents });
 * for (const { rule, reason } of violations) console.error(rule, reason);
 * ```
 */
export function checkHistory(history: History): readonly HistoryViolation[] {
  const violations: HistoryViolation[] = [];
  const report = (violation: HistoryViolation): void => void violations.push(violation);
  try {
    const byActor = groupByActor(history.operations);
    checkContents(history.contents, report);
    for (const actorId of new Set([...byActor.keys(), ...history.contents.keys()])) {
      const operations = byActor.get(actorId) ?? [];
      const events = history.contents.get(actorId) ?? [];
      checkSaves(actorId, operations, events, report);
      checkReads(actorId, operations, events, report);
      checkTimes(actorId, operations, events, report);
    }
  } catch (error) {
    report({
      rule: "malformed",
      reason: `the history cannot be judged: ${error instanceof Error ? error.message : error}`,
    });
  }
  return violations;
}

function groupByActor(operations: Iterable<RecordedOperation>): ReadonlyMap<string, readonly RecordedOperation[]> {
  const byActor = new Map<string, RecordedOperation[]>();
  for (const operation of operations) {
    const sameActor = byActor.get(operation.actorId);
    if (sameActor === undefined) byActor.set(operation.actorId, [operation]);
    else sameActor.push(operation);
  }
  return byActor;
}
