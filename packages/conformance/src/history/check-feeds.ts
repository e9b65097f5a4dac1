import { partitionOf } from "../samples/partitions.ts";
import { groupBy, type Report } from "./actor-history.ts";
import type { PositionedEvent } from "./check-receipts.ts";
import type { FeedFacts, StoredFact } from "./feed-facts.ts";
import type { HistoryRule, RecordedFeedEvent, RecordedPage } from "./history.ts";

/**
 * Checks the feeds that clients have read: each read delivers every event that it selects once, by ascending position,
 * with the position of its receipt. It passes no event, and is caught up only if it has everything that was known to be
 * stored when the page was requested. No batch is split.
 */
export function checkFeeds(
  pages: readonly RecordedPage[],
  facts: FeedFacts,
  positioned: readonly PositionedEvent[],
  report: Report,
): void {
  for (const { actorId, event, position } of positioned) {
    const fact = facts.of(actorId, event);
    if (fact !== undefined) fact.position ??= position;
  }
  for (const { events } of pages) {
    for (const event of events) {
      const fact = facts.of(event.actorId, event);
      if (fact !== undefined) fact.position ??= event.position;
    }
  }
  const byPosition = facts.all
    .filter(({ position }) => position !== undefined)
    .sort((left, right) => ((left.position ?? "") < (right.position ?? "") ? -1 : 1));
  const byTime = facts.all.toSorted((left, right) => left.knownAt - right.knownAt);
  for (const read of groupBy(pages, (page) => page.read).values()) {
    const sorted = read.toSorted((left, right) => left.startedAt - right.startedAt);
    new FeedRead(sorted, facts, report).check(byPosition, byTime);
  }
}

/** One read of a feed. */
class FeedRead {
  readonly #pages: readonly RecordedPage[];
  readonly #first: RecordedPage;
  readonly #facts: FeedFacts;
  readonly #report: Report;
  /** The delivered events, and the number of the page that each of them was on. */
  readonly #delivered = new Map<StoredFact, number>();
  readonly #missed = new Set<StoredFact>();

  constructor(pages: readonly RecordedPage[], facts: FeedFacts, report: Report) {
    this.#pages = pages;
    this.#first = pages[0] as RecordedPage;
    this.#facts = facts;
    this.#report = report;
  }

  /**
   * @param byPosition - the events whose positions are known, ascending
   * @param byTime - all events, by the time since when they were known to be stored
   */
  check(byPosition: readonly StoredFact[], byTime: readonly StoredFact[]): void {
    let reached = this.#first.after;
    let [passed, known] = [0, 0];
    for (const [index, page] of this.#pages.entries()) {
      reached = this.#checkOrder(page, reached);
      for (const event of page.events) this.#checkEvent(page, event, index);
      this.#checkBatches(page, index);
      for (let next = byPosition[passed]; next !== undefined && isPassed(next, reached); next = byPosition[++passed]) {
        this.#checkDelivered(next, `read up to ${reached}, but without`);
      }
      if (!page.isCaughtUp) continue;
      for (let next = byTime[known]; next !== undefined && next.knownAt < page.startedAt; next = byTime[++known]) {
        this.#checkDelivered(next, `was caught up in a page that it had requested at ${page.startedAt}, but without`);
      }
    }
  }

  #checkOrder(page: RecordedPage, before: string | undefined): string | undefined {
    let reached = before;
    for (const event of page.events) {
      if (reached !== undefined && event.position <= reached) {
        this.#violation(
          "feed-order",
          event,
          `received ${nameOf(event)} at ${event.position}, but had reached ${reached}`,
        );
      } else reached = event.position;
    }
    if (reached !== undefined && (page.position === undefined || page.position < reached)) {
      const reason = `received a page with the position ${page.position}, but had reached ${reached}`;
      this.#violation("feed-order", undefined, reason);
      return reached;
    }
    return page.position ?? reached;
  }

  #checkEvent(page: RecordedPage, event: RecordedFeedEvent, index: number): void {
    const wrong = (problem: string): void => {
      this.#violation("feed-event", event, `received ${nameOf(event)}, ${problem}`);
    };
    const fact = this.#facts.of(event.actorId, event);
    if (fact === undefined) {
      wrong("which is not stored");
      return;
    }
    if (this.#delivered.has(fact)) wrong("which it had already received");
    else this.#delivered.set(fact, index);
    if (fact.event.content !== event.content) wrong("but its content differs from the stored content");
    if (fact.position !== event.position) wrong(`but at ${event.position} and not at its position ${fact.position}`);
    if (page.endedAt < fact.sentAt) wrong("before any client had sent it");
    if (!this.#selectsActor(event.actorId)) wrong("which its options do not select");
  }

  /** Checks that the batches of a page are complete. */
  #checkBatches(page: RecordedPage, index: number): void {
    const batches = new Set<readonly StoredFact[]>();
    for (const event of page.events) {
      const batch = this.#facts.of(event.actorId, event)?.batch;
      if (batch !== undefined) batches.add(batch);
    }
    for (const batch of batches) {
      const first = batch.findIndex((fact) => this.#delivered.get(fact) === index);
      // A read may begin inside a batch, and a read of some types need not contain the others.
      const expected = this.#first.after === undefined ? batch : batch.slice(first);
      const isSplit = batch.some((fact) => (this.#delivered.get(fact) ?? index) !== index);
      const isPartial = this.#first.eventTypes === undefined && expected.some((fact) => !this.#delivered.has(fact));
      if (!isSplit && !isPartial) continue;
      const reason = `received only part of a batch of ${batch.length} events in one page`;
      this.#violation("non-atomic-batch", batch[0], reason);
    }
  }

  #checkDelivered(fact: StoredFact, claim: string): void {
    if (this.#first.eventTypes !== undefined || this.#delivered.has(fact) || this.#missed.has(fact)) return;
    if (!this.#selectsActor(fact.actorId) || !this.#isAfterStart(fact)) return;
    this.#missed.add(fact);
    this.#violation("feed-gap", fact, `${claim} ${nameOf({ ...fact.event, actorId: fact.actorId })}`);
  }

  #isAfterStart({ position }: StoredFact): boolean {
    const { after } = this.#first;
    return after === undefined || (position !== undefined && position > after);
  }

  #selectsActor(actorId: string): boolean {
    const { actorIdPrefix = "", partition } = this.#first;
    return actorId.startsWith(actorIdPrefix) && (partition === undefined || partitionOf(actorId) === partition);
  }

  #violation(rule: HistoryRule, event: { readonly actorId: string } | undefined, problem: string): void {
    const { client, read } = this.#first;
    const actor = event === undefined ? {} : { actorId: event.actorId };
    this.#report({ rule, ...actor, client, reason: `${client} (${read}) ${problem}` });
  }
}

function isPassed({ position }: StoredFact, reached: string | undefined): boolean {
  return position !== undefined && reached !== undefined && position <= reached;
}

function nameOf({ id, actorId, version }: Pick<RecordedFeedEvent, "id" | "actorId" | "version">): string {
  return `event ${id} (actor ${actorId}, version ${version})`;
}
