import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { applies, runStoreCase, storeCases } from "../src/index.ts";
import { slowStores } from "./slow-stores/slow-stores.ts";

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Number of turns of the event loop without a timer, after which only a timer can be what the work waits for. */
const IDLE_TURNS = 30;

/** Runs the work with a clock that jumps to the next timer whenever nothing else is left to do. */
async function inVirtualTime(work: () => Promise<void>): Promise<void> {
  let isDone = false;
  const result = work().finally(() => {
    isDone = true;
  });
  result.catch(() => {});
  while (!isDone) {
    for (let turn = 0; turn < IDLE_TURNS; turn++) await nextTurn();
    vi.advanceTimersToNextTimer();
  }
  return result;
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] }));
afterEach(() => void vi.useRealTimers());

describe.each(Object.entries(slowStores))("%s passes with the default time limit", (_, store) => {
  const cases = storeCases.filter((each) => applies(each, store));

  test.each(cases.map((each) => [`${each.group}: ${each.name}`, each] as const))("%s", async (_, each) => {
    await expect(inVirtualTime(() => runStoreCase(store, each))).resolves.toBeUndefined();
  });
});
