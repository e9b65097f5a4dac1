import type { Event, EventStore, SaveReceipt } from "@aether/core";
import { event, events, range } from "../samples/events.ts";
import type { StoreCaseContext } from "../suite/store-case.ts";
import { saveAll } from "./save-all.ts";

/** An event, and its receipt. */
export interface Saved {
  readonly event: Event;
  readonly receipt: SaveReceipt;
}

/** Saves events of one actor, and returns them with their receipts. */
export async function saved(store: EventStore, all: readonly Event[]): Promise<readonly Saved[]> {
  return withReceipts(all, await saveAll(store, all));
}

/** Saves one event, and returns it with its receipt. */
export async function savedOne(store: EventStore, one: Event): Promise<Saved> {
  return { event: one, receipt: await store.saveEvent(one) };
}

function withReceipts(all: readonly Event[], receipts: readonly SaveReceipt[]): readonly Saved[] {
  return all.map((one, index) => ({ event: one, receipt: receipts[index] as SaveReceipt }));
}

/** Sorts events into the order of the feed: by the positions of their receipts. */
export function inOrder(all: readonly Saved[]): readonly Saved[] {
  return all.toSorted((left, right) => (left.receipt.position < right.receipt.position ? -1 : 1));
}

/** The events with their positions, as the feed must return them. */
export function asStored(all: readonly Saved[]): readonly { readonly event: Event; readonly position: string }[] {
  return all.map((each) => ({ event: each.event, position: each.receipt.position }));
}

/** Names events for messages: `a@1`. */
export function namesOf(all: readonly { readonly event: Event }[]): readonly string[] {
  return all.map(({ event: { actorId, version } }) => `${actorId}@${version}`);
}

/**
 * Saves events of four actors at the same time: single events and, if the store supports them, batches, with gaps
 * between the versions. Returns them in the order of the feed.
 */
export async function saveMixed(store: EventStore): Promise<readonly Saved[]> {
  const saves = ["a-1", "b", "ü-3", "a-4"].map(async (actorId) => {
    const first = event(actorId, 1, {
      eventType: "First",
      metadata: { traceId: "t " },
      data: { text: "\u0000\u2028 é" },
    });
    const alone = await saved(store, [first]);
    const batch = await saved(store, events(actorId, [2, 3, 1_500, 1_501]));
    return [...alone, ...batch, ...(await saved(store, [event(actorId, 1_502, { eventType: "Last" })]))];
  });
  return inOrder((await Promise.all(saves)).flat());
}

/** Number of saves in flight at once, and for a slow store. */
const [AT_ONCE, FEW] = [64, 8];
/** Time after which the first few saves of a slow store have not ended, in milliseconds. */
const SLOW_MS = 40;
/** Share of a case's time limit that many saves may take. */
const SHARE = 0.25;

/**
 * Saves one event for each of many actors, several at the same time. If the store is so slow that the case would not
 * end in time, saves fewer events. Returns them in the order of the feed.
 */
export async function saveMany(
  context: Pick<StoreCaseContext, "caseTimeoutMs">,
  store: EventStore,
  eventOf: (n: number) => Event,
  count: number,
): Promise<readonly Saved[]> {
  const startMs = performance.now();
  const all: Saved[] = [];
  let atOnce = FEW;
  for (let first = 1; first <= count && performance.now() <= startMs + context.caseTimeoutMs * SHARE; ) {
    if (first > 1 && performance.now() < startMs + SLOW_MS) atOnce = AT_ONCE;
    const next = range(first, Math.min(first + atOnce - 1, count)).map((n) => savedOne(store, eventOf(n)));
    for (const each of await Promise.all(next)) all.push(each);
    first += atOnce;
  }
  return inOrder(all);
}
