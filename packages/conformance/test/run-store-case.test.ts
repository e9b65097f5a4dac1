import type { EventStore } from "@aether/core";
import { describe, expect, test, vi } from "vitest";
import { applies, ConformanceError, runStoreCase, type StoreCase, type StorePlaces } from "../src/index.ts";
import { ReferenceStore, referenceSupports, type Shelf } from "./reference-store.ts";
import { referencePlaces } from "./store-mutants/mutant.ts";

const correct = referencePlaces(ReferenceStore);

function caseThat(run: StoreCase["run"], more: Partial<StoreCase> = {}): StoreCase {
  return { theme: "theme", name: "the promise of the case", needs: [], run, ...more };
}

/** Places that write down what is done with them. */
function recorded(log: string[], more: Partial<StorePlaces<Shelf>> = {}): StorePlaces<Shelf> {
  let opened = 0;
  return {
    ...correct,
    createPlace: async () => {
      log.push("create");
      return correct.createPlace();
    },
    open: async (shelf) => {
      const name = `store ${++opened}`;
      log.push(`open ${name}`);
      return new (class extends ReferenceStore {
        override async close(): Promise<void> {
          if (!this.closed) log.push(`close ${name}`);
          await super.close();
        }
      })(shelf);
    },
    destroyPlace: async () => {
      log.push("destroy");
    },
    ...more,
  };
}

describe("a case", () => {
  test("has a place of its own, whose stores are closed before it is destroyed", async () => {
    const log: string[] = [];
    const one = caseThat(async (stage) => {
      await stage.open();
      await (await stage.open()).close();
      log.push("run");
    });
    await runStoreCase(recorded(log), one);
    expect(log).toEqual(["create", "open store 1", "open store 2", "close store 2", "run", "close store 1", "destroy"]);
  });

  test("opens several stores on one place", async () => {
    await runStoreCase(
      correct,
      caseThat(async (stage) => {
        const [here, there] = [await stage.open(), await stage.open("batch")];
        await there.saveEvents([{ eventType: "Tested", actorId: "a", version: 1, data: {} }]);
        expect(await here.getLatestVersion("a")).toBe(1);
        expect(stage.supports).toBe(referenceSupports);
      }),
    );
  });

  test("that fails cleans up all the same, and its failure is what is seen", async () => {
    const log: string[] = [];
    const failure = new ConformanceError({ promise: "p", given: 1, expected: 1, actual: 2 });
    const places = recorded(log, {
      destroyPlace: () => {
        log.push("destroy");
        throw new Error("still in use");
      },
    });
    const one = caseThat(async (stage) => {
      await stage.open();
      throw failure;
    });
    await expect(runStoreCase(places, one)).rejects.toBe(failure);
    expect(log).toEqual(["create", "open store 1", "close store 1", "destroy"]);
  });

  test("that passes fails when its place cannot be destroyed", async () => {
    const error = new Error("still in use");
    const places = recorded([], { destroyPlace: () => Promise.reject(error) });
    await expect(
      runStoreCase(
        places,
        caseThat(async () => {}),
      ),
    ).rejects.toBe(error);
  });

  test("that passes fails when a store cannot be closed", async () => {
    class Unclosable extends ReferenceStore {
      override close(): Promise<void> {
        return Promise.reject(new Error("locked"));
      }
    }
    const one = caseThat(async (stage) => {
      await stage.open();
    });
    const seen = runStoreCase(referencePlaces(Unclosable), one);
    await expect(seen).rejects.toMatchObject({
      name: "ConformanceError",
      given: "close()",
      actual: new Error("locked"),
    });
  });

  test("does not begin when its place cannot be made, and that is no promise of the store", async () => {
    const error = new Error("no server");
    const places = recorded([], { createPlace: () => Promise.reject(error) });
    await expect(
      runStoreCase(
        places,
        caseThat(async () => {}),
      ),
    ).rejects.toBe(error);
  });
});

const given = { eventType: "Tested", actorId: "a", version: 1, data: {} };

describe("a case that never ends", () => {
  const never = (): Promise<never> => new Promise(() => {});

  test("fails when the patience is over, and names the call that it waits for", async () => {
    class Hanging extends ReferenceStore {
      override saveEvent(): Promise<never> {
        return never();
      }
    }
    const one = caseThat(async (stage) => {
      const store = await stage.open();
      await Promise.all([store.saveEvent(given), store.saveEvent(given), store.getEvents("a")]);
    });
    const seen = runStoreCase({ ...referencePlaces(Hanging), patienceMs: 50 }, one);
    await expect(seen).rejects.toMatchObject({
      name: "ConformanceError",
      promise: "the promise of the case",
      given: 'saveEvent({ eventType: "Tested", actorId: "a", version: 1, data: {} }), and 1 more',
      expected: "it is over within 50 ms (patienceMs)",
      actual: "it waits still",
    });
  });

  test("fails also when it is the opening, the hook or the closing that never ends", async () => {
    const opening = caseThat(async (stage) => {
      await stage.open();
    });
    const places = { ...correct, patienceMs: 50 };
    await expect(runStoreCase({ ...places, open: never }, opening)).rejects.toMatchObject({ given: "open(place)" });
    const damaging = caseThat((stage) => stage.malformedRecord("a"));
    const damage = { malformedRecord: never };
    await expect(runStoreCase({ ...places, damage }, damaging)).rejects.toMatchObject({
      given: 'damage.malformedRecord(place, "a")',
    });
    class Unclosable extends ReferenceStore {
      override close(): Promise<never> {
        return never();
      }
    }
    await expect(runStoreCase({ ...referencePlaces(Unclosable), patienceMs: 50 }, opening)).rejects.toMatchObject({
      promise: "a store can be closed",
      given: "close()",
    });
  });

  test("is over, closing and all, before vitest would end it by itself", async () => {
    class Stuck extends ReferenceStore {
      override saveEvent(): Promise<never> {
        return never();
      }
      override close(): Promise<never> {
        return never();
      }
    }
    const one = caseThat(async (stage) => {
      await (await stage.open()).saveEvent(given);
    });
    vi.useFakeTimers();
    const seen = expect(runStoreCase(referencePlaces(Stuck), one)).rejects.toThrow("it waits still");
    await vi.advanceTimersByTimeAsync(4_500);
    vi.useRealTimers();
    await seen;
  });
});

describe("an error that a case did not expect", () => {
  test("breaks the promise of the case, and is told with the call that it came from", async () => {
    const cause = new Error("disk full");
    class Full extends ReferenceStore {
      override saveEvent(): Promise<never> {
        return Promise.reject(cause);
      }
    }
    const one = caseThat(async (stage) => {
      await (await stage.open()).saveEvent(given);
    });
    await expect(runStoreCase(referencePlaces(Full), one)).rejects.toMatchObject({
      name: "ConformanceError",
      promise: "the promise of the case",
      given: 'saveEvent({ eventType: "Tested", actorId: "a", version: 1, data: {} })',
      actual: cause,
      cause,
    });
  });

  test("is told also when the store cannot be opened", async () => {
    const cause = new Error("refused");
    const places = recorded([], { open: () => Promise.reject(cause) });
    const one = caseThat(async (stage) => {
      await stage.open();
    });
    await expect(runStoreCase(places, one)).rejects.toMatchObject({ given: "open(place)", actual: cause, cause });
  });

  test("of a hook is told as one of the hook", async () => {
    const cause = new Error("no such table");
    const damage = { interruptedSave: () => Promise.reject(cause) };
    const one = caseThat((stage) => stage.interruptedSave([]));
    await expect(runStoreCase({ ...correct, damage }, one)).rejects.toMatchObject({
      given: "damage.interruptedSave(place, [])",
      actual: cause,
    });
  });

  test("is told without a call when it is no object", async () => {
    const one = caseThat(() => Promise.reject("text"));
    await expect(runStoreCase(correct, one)).rejects.toMatchObject({
      given: 'the case "the promise of the case"',
      actual: "text",
    });
  });
});

describe("every call that a case makes", () => {
  const callOf = (Store: new (shelf: Shelf) => ReferenceStore, call: (store: ReferenceStore) => unknown) =>
    runStoreCase(
      referencePlaces(Store),
      caseThat(async (stage) => {
        await call((await stage.open()) as EventStore as ReferenceStore);
      }),
    );

  test("must not throw synchronously", async () => {
    class Throwing extends ReferenceStore {
      override getEvents(): Promise<never> {
        throw new Error("at once");
      }
    }
    const promise = "no method throws synchronously";
    await expect(callOf(Throwing, (store) => store.getEvents("a"))).rejects.toMatchObject({ promise });
  });

  test("must return a promise", async () => {
    class Synchronous extends ReferenceStore {
      override getLatestVersion(): Promise<number> {
        return 0 as unknown as Promise<number>;
      }
    }
    const promise = "every method that waits returns a promise";
    await expect(callOf(Synchronous, (store) => store.getLatestVersion("a"))).rejects.toMatchObject({ promise });
  });

  test("of readEvents must return an async iterable", async () => {
    class Listing extends ReferenceStore {
      override readEvents(): AsyncIterable<never> {
        return [] as unknown as AsyncIterable<never>;
      }
    }
    const promise = "readEvents returns an async iterable";
    await expect(callOf(Listing, (store) => store.readEvents("a"))).rejects.toMatchObject({ promise });
  });

  test.each<[string, unknown, unknown[]]>([
    ["saveEvent", undefined, [given]],
    ["saveEvent", { id: "x", version: 1, timestamp: "2024-02-29T12:00:00Z", position: 7 }, [given]],
    ["saveEvents", [undefined], [[given]]],
    ["getEvents", undefined, ["a"]],
    ["getEvents", [null], ["a"]],
    ["getLatestVersion", "1", ["a"]],
    ["getEventsWithErrors", { events: [] }, ["a"]],
    ["getLatestSnapshot", null, ["a"]],
  ])("of %s must resolve to what the contract says, not to %j", async (method, answer, args) => {
    class Odd extends ReferenceStore {}
    Object.defineProperty(Odd.prototype, method, { value: async () => answer });
    const seen = callOf(Odd, (store) => Reflect.apply(Reflect.get(store, method), store, args));
    await expect(seen).rejects.toMatchObject({
      name: "ConformanceError",
      promise: `${method} resolves to what the contract says`,
      actual: answer,
    });
  });

  test("reaches a store that is frozen", async () => {
    const store = new ReferenceStore(correct.createPlace() as Shelf);
    const frozen = Object.freeze({
      supports: referenceSupports,
      getLatestVersion: async () => 7,
      close: () => store.close(),
    }) as unknown as EventStore;
    const one = caseThat(async (stage) => {
      expect(await (await stage.open()).getLatestVersion("a")).toBe(7);
    });
    await runStoreCase({ ...correct, open: () => frozen }, one);
  });
});

describe("a case applies", () => {
  const needing = (more: Partial<StoreCase>): StoreCase => caseThat(async () => {}, more);
  const plain = { durable: false, shared: false };

  test("when the manifest declares what it needs", () => {
    const one = needing({ needs: ["batch", "durable"] });
    expect(applies(needing({}), { supports: plain })).toBe(true);
    expect(applies(one, { supports: { batch: true, durable: true, shared: false } })).toBe(true);
    expect(applies(one, { supports: { batch: true, durable: false, shared: false } })).toBe(false);
    expect(applies(one, { supports: { durable: true, shared: false } })).toBe(false);
  });

  test("when there is the damage hook that it needs", () => {
    const one = needing({ needsDamage: "malformedRecord" });
    expect(applies(one, { supports: plain })).toBe(false);
    expect(applies(one, { supports: plain, damage: { interruptedSave: () => {} } })).toBe(false);
    expect(applies(one, { supports: plain, damage: { malformedRecord: () => {} } })).toBe(true);
  });
});
