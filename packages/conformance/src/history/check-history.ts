import { type Report, splitByActor } from "./actor-history.ts";
import { checkContents } from "./check-contents.ts";
import { checkReads } from "./check-reads.ts";
import { checkSaves } from "./check-saves.ts";
import { checkStaleness } from "./check-staleness.ts";
import { checkTimes } from "./check-times.ts";
import type { History, HistoryViolation } from "./history.ts";

/**
 * Checks whether the calls of several clients, and the final contents of the store, are consistent with the guarantees
 * of event stores.
 *
 * The calls may overlap in any way, and servers, connections and processes may fail in the meantime. Checking a history
 * of several hundred thousand calls takes about a second.
 *
 * @returns the violations, each with its reason, or `[]` if there are none. Never throws: an invalid history is a
 * violation of the rule `"malformed-history"`.
 * @example
 * ```ts
 * const violations = checkHistory({ operations, contents });
 * for (const { rule, reason } of violations) console.error(rule, reason);
 * ```
 */
export function checkHistory(history: History): readonly HistoryViolation[] {
  const violations: HistoryViolation[] = [];
  const report: Report = (violation) => void violations.push(violation);
  try {
    const actors = [...splitByActor(history)];
    checkContents(history.contents, report);
    for (const actor of actors) {
      checkSaves(actor, report);
      checkReads(actor, report);
      checkStaleness(actor, report);
      checkTimes(actor, report);
    }
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    report({ rule: "malformed-history", reason: `the history cannot be checked: ${cause}` });
  }
  return violations;
}
