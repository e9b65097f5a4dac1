import { type Report, splitByActor } from "./actor-history.ts";
import { checkAcknowledgements } from "./check-acknowledgements.ts";
import { checkContents } from "./check-contents.ts";
import { checkFeeds } from "./check-feeds.ts";
import { problemsOf } from "./check-form.ts";
import { checkReads } from "./check-reads.ts";
import { checkPositions, checkReceipts, type PositionedEvent } from "./check-receipts.ts";
import { checkSaves } from "./check-saves.ts";
import { checkStaleness } from "./check-staleness.ts";
import { checkTimes } from "./check-times.ts";
import { Commits } from "./commits.ts";
import { FeedFacts } from "./feed-facts.ts";
import type { History, HistoryViolation } from "./history.ts";
import { SentTimes } from "./sent-times.ts";

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
    const operations = [...history.operations];
    const pages = [...(history.pages ?? [])];
    const problems = problemsOf(operations, history.contents, pages);
    if (problems.length > 0) return problems.map(malformed);
    checkContents(history.contents, report);
    const positioned: PositionedEvent[] = [];
    const facts = new FeedFacts();
    for (const actor of splitByActor(operations, history.contents, pages)) {
      const [sentAt, commits] = [new SentTimes(actor.saves), new Commits(actor.saves)];
      checkSaves(actor, commits, report);
      checkAcknowledgements(actor, sentAt, report);
      checkReads(actor, commits, sentAt, report);
      checkStaleness(actor, report);
      checkTimes(actor, sentAt, report);
      for (const each of checkReceipts(actor, sentAt, report)) positioned.push(each);
      if (pages.length > 0) facts.add(actor, commits, sentAt);
    }
    checkPositions(positioned, report);
    if (pages.length > 0) checkFeeds(pages, facts, positioned, report);
  } catch (error) {
    violations.push(malformed(error instanceof Error ? error.message : String(error)));
  }
  return violations;
}

function malformed(problem: string): HistoryViolation {
  return { rule: "malformed-history", reason: `the history cannot be checked: ${problem}` };
}
