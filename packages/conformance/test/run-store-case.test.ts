import type { EventStore } from "@aether/core";
import { describe, expect, test, vi } from "vitest";
import { applies, ConformanceError, runStoreCase, type StoreCase, type StoreUnderTest } from "../src/index.ts";
import { ReferenceStorage } from "./reference-store/reference-storage.ts";
import { ReferenceStore, referenceSupports } from "./reference-store/reference-store.ts";
import { storeUnderTest } from "./store-mutants/mutant.ts";

const correctStore = storeUnderTest(ReferenceStore);

function caseThat(run: StoreCase["run"], more: Partial<StoreCase> = {}): StoreCase {
  return { group: "group", name: "the guarantee of the case", needs: [], run, ...more };
}

/** A correct store that logs the calls of its hooks. */
function loggingStore(
  log: string[],
  more: Partial<StoreUnderTest<ReferenceStorage>> = {},
): StoreUnderTest<ReferenceStorage> {
  let opened = 0;
  return {
    ...correctStore,
    createStorage: async () => {
      log.push("create");
      return correctStore.createStorage();
    },
    open: async (storage) => {
      const name = `store ${++opened}`;
      log.push(`open ${name}`);
      return new (class extends ReferenceStore {
        override async close(): Promise<void> {
          if (!this.closed) log.push(`close ${name}`);
          await super.close();
        }
      })(storage);
    },
    destroyStorage: async () => {
      log.push("destroy");
    },
    ...more,
  };
}

describe("runStoreCase", () => {
  test("creates storage for the case, and closes the stores before it destroys the storage", async () => {
    const log: string[] = [];
    const storeCase = caseThat(async (context) => {
      await context.open();
      await (await context.open()).close();
      log.push("run");
    });
    await runStoreCase(loggingStore(log), storeCase);
    expect(log).toEqual(["create", "open store 1", "open store 2", "close store 2", "run", "close store 1", "destroy"]);
  });

  test("opens several stores on the same storage", async () => {
    await runStoreCase(
      correctStore,
      caseThat(async (context) => {
        const [here, there] = [await context.open(), await context.open("batch")];
        await there.saveEvents([{ eventType: "Tested", actorId: "a", version: 1, data: {} }]);
        expect(await here.getLatestVersion("a")).toBe(1);
        expect(context.supports).toBe(referenceSupports);
      }),
    );
  });

  test("closes stores and destroys the storage after a failed case, and reports the failure of the case", async () => {
    const log: string[] = [];
    const failure = new ConformanceError({ guarantee: "p", given: 1, expected: 1, actual: 2 });
    const store = loggingStore(log, {
      destroyStorage: () => {
        log.push("destroy");
        throw new Error("still in use");
      },
    });
    const storeCase = caseThat(async (context) => {
      await context.open();
      throw failure;
    });
    await expect(runStoreCase(store, storeCase)).rejects.toBe(failure);
    expect(log).toEqual(["create", "open store 1", "close store 1", "destroy"]);
  });

  test("rejects if the storage of a passed case cannot be destroyed", async () => {
    const error = new Error("still in use");
    const store = loggingStore([], { destroyStorage: () => Promise.reject(error) });
    await expect(
      runStoreCase(
        store,
        caseThat(async () => {}),
      ),
    ).rejects.toBe(error);
  });

  test("rejects if a store of a passed case cannot be closed", async () => {
    class Unclosable extends ReferenceStore {
      override close(): Promise<void> {
        return Promise.reject(new Error("locked"));
      }
    }
    const storeCase = caseThat(async (context) => {
      await context.open();
    });
    const seen = runStoreCase(storeUnderTest(Unclosable), storeCase);
    await expect(seen).rejects.toMatchObject({
      name: "ConformanceError",
      given: "close()",
      actual: new Error("locked"),
    });
  });

  test("does not count the time for creating the storage towards caseTimeoutMs", async () => {
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    const createStorage = async (): Promise<ReferenceStorage> => {
      await sleep(10_000);
      return new ReferenceStorage();
    };
    vi.useFakeTimers();
    const passed = expect(
      runStoreCase(
        { ...correctStore, createStorage, caseTimeoutMs: 1_000 },
        caseThat(() => sleep(900)),
      ),
    ).resolves.toBeUndefined();
    await vi.advanceTimersByTimeAsync(11_000);
    vi.useRealTimers();
    await passed;
  });

  test("rejects with the original error if the storage cannot be created", async () => {
    const error = new Error("no server");
    const store = loggingStore([], { createStorage: () => Promise.reject(error) });
    await expect(
      runStoreCase(
        store,
        caseThat(async () => {}),
      ),
    ).rejects.toBe(error);
  });
});

const given = { eventType: "Tested", actorId: "a", version: 1, data: {} };

describe("a case that does not end", () => {
  const never = (): Promise<never> => new Promise(() => {});

  test("fails after the timeout with an error that names the pending calls", async () => {
    class Hanging extends ReferenceStore {
      override saveEvent(): Promise<never> {
        return never();
      }
    }
    const storeCase = caseThat(async (context) => {
      const store = await context.open();
      await Promise.all([store.saveEvent(given), store.saveEvent(given), store.getEvents("a")]);
    });
    const seen = runStoreCase({ ...storeUnderTest(Hanging), caseTimeoutMs: 50 }, storeCase);
    await expect(seen).rejects.toMatchObject({
      name: "ConformanceError",
      guarantee: "the guarantee of the case",
      given: 'saveEvent({ eventType: "Tested", actorId: "a", version: 1, data: {} }), and 1 more',
      expected: "settles within 50 ms (caseTimeoutMs)",
      actual: expect.stringMatching(/^still waiting: 2 calls were answered, the last one \d+ ms ago; the store/),
    });
  });

  describe("says whether the store is slow or has stopped answering, and which call was answered last", () => {
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    const afterTimeout = async (Store: new (storage: ReferenceStorage) => ReferenceStore) => {
      const storeCase = caseThat(async (context) => {
        const store = await context.open();
        for (;;) await store.getLatestVersion("a");
      });
      vi.useFakeTimers();
      const error = runStoreCase(storeUnderTest(Store), storeCase).catch((failure: ConformanceError) => failure);
      await vi.advanceTimersByTimeAsync(4_500);
      vi.useRealTimers();
      return error;
    };

    test("a slow store", async () => {
      class Slow extends ReferenceStore {
        override async getLatestVersion(): Promise<number> {
          await sleep(3.5);
          return 0;
        }
      }
      expect(await afterTimeout(Slow)).toMatchObject({
        given: 'getLatestVersion("a")',
        actual: expect.stringMatching(/1,\d{3} calls were answered, the last one \d ms ago; .* raise caseTimeoutMs/),
      });
    });

    test("a store that has stopped answering", async () => {
      class Stuck extends ReferenceStore {
        #calls = 0;
        override async getLatestVersion(): Promise<number> {
          await sleep(++this.#calls < 4 ? 100 : 1_000_000);
          return 0;
        }
      }
      expect(await afterTimeout(Stuck)).toMatchObject({
        actual: expect.stringContaining(
          "4 calls were answered, the last one 3,700 ms ago; the store has stopped answering (last answer: getLatest",
        ),
      });
    });

    test("a store that answers nothing", async () => {
      const storeCase = caseThat(async (context) => {
        await context.open();
      });
      const seen = runStoreCase({ ...correctStore, open: never, caseTimeoutMs: 20 }, storeCase);
      await expect(seen).rejects.toThrow("still waiting: no call was answered");
    });
  });

  test("fails if opening, a damage hook or closing does not end", async () => {
    const opening = caseThat(async (context) => {
      await context.open();
    });
    const store = { ...correctStore, caseTimeoutMs: 50 };
    await expect(runStoreCase({ ...store, open: never }, opening)).rejects.toMatchObject({ given: "open(storage)" });
    const damaging = caseThat(async (context) => {
      await context.malformedRecord("a");
    });
    const damage = { malformedRecord: never };
    await expect(runStoreCase({ ...store, damage }, damaging)).rejects.toMatchObject({
      given: 'damage.malformedRecord(storage, "a")',
    });
    class Unclosable extends ReferenceStore {
      override close(): Promise<never> {
        return never();
      }
    }
    await expect(runStoreCase({ ...storeUnderTest(Unclosable), caseTimeoutMs: 50 }, opening)).rejects.toMatchObject({
      guarantee: "close ends and does not reject",
      given: "close()",
    });
  });

  test("fails before the timeout of vitest, even if closing does not end either", async () => {
    class Stuck extends ReferenceStore {
      override saveEvent(): Promise<never> {
        return never();
      }
      override close(): Promise<never> {
        return never();
      }
    }
    const storeCase = caseThat(async (context) => {
      await (await context.open()).saveEvent(given);
    });
    vi.useFakeTimers();
    const seen = expect(runStoreCase(storeUnderTest(Stuck), storeCase)).rejects.toThrow("still waiting");
    await vi.advanceTimersByTimeAsync(4_500);
    vi.useRealTimers();
    await seen;
  });
});

describe("an error that a case does not expect", () => {
  test("breaks the guarantee of the case and is reported with the call that it came from", async () => {
    const cause = new Error("disk full");
    class Full extends ReferenceStore {
      override saveEvent(): Promise<never> {
        return Promise.reject(cause);
      }
    }
    const storeCase = caseThat(async (context) => {
      await (await context.open()).saveEvent(given);
    });
    await expect(runStoreCase(storeUnderTest(Full), storeCase)).rejects.toMatchObject({
      name: "ConformanceError",
      guarantee: "the guarantee of the case",
      given: 'saveEvent({ eventType: "Tested", actorId: "a", version: 1, data: {} })',
      actual: cause,
      cause,
    });
  });

  test("is reported if the store cannot be opened", async () => {
    const cause = new Error("refused");
    const store = loggingStore([], { open: () => Promise.reject(cause) });
    const storeCase = caseThat(async (context) => {
      await context.open();
    });
    await expect(runStoreCase(store, storeCase)).rejects.toMatchObject({
      given: "open(storage)",
      actual: cause,
      cause,
    });
  });

  test("is reported with the damage hook that it came from", async () => {
    const cause = new Error("no such table");
    const damage = { interruptedSave: () => Promise.reject(cause) };
    const storeCase = caseThat((context) => context.interruptedSave([]));
    await expect(runStoreCase({ ...correctStore, damage }, storeCase)).rejects.toMatchObject({
      given: "damage.interruptedSave(storage, [])",
      actual: cause,
    });
  });

  test("is reported without a call if it is not an object", async () => {
    const storeCase = caseThat(() => Promise.reject("text"));
    await expect(runStoreCase(correctStore, storeCase)).rejects.toMatchObject({
      given: 'the case "the guarantee of the case"',
      actual: "text",
    });
  });
});

describe("every call of a case", () => {
  const callOf = (Store: new (storage: ReferenceStorage) => ReferenceStore, call: (store: ReferenceStore) => unknown) =>
    runStoreCase(
      storeUnderTest(Store),
      caseThat(async (context) => {
        await call((await context.open()) as EventStore as ReferenceStore);
      }),
    );

  test("must not throw synchronously", async () => {
    class Throwing extends ReferenceStore {
      override getEvents(): Promise<never> {
        throw new Error("at once");
      }
    }
    const guarantee = "methods report errors by a rejected promise, and do not throw";
    await expect(callOf(Throwing, (store) => store.getEvents("a"))).rejects.toMatchObject({ guarantee });
  });

  test("must return a promise", async () => {
    class Synchronous extends ReferenceStore {
      override getLatestVersion(): Promise<number> {
        return 0 as unknown as Promise<number>;
      }
    }
    const guarantee = "asynchronous methods return a promise";
    await expect(callOf(Synchronous, (store) => store.getLatestVersion("a"))).rejects.toMatchObject({ guarantee });
  });

  test("to readEvents must return an async iterable", async () => {
    class Listing extends ReferenceStore {
      override readEvents(): AsyncIterable<never> {
        return [] as unknown as AsyncIterable<never>;
      }
    }
    const guarantee = "readEvents returns an async iterable";
    await expect(callOf(Listing, (store) => store.readEvents("a"))).rejects.toMatchObject({ guarantee });
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
  ])("to %s must resolve to the declared type, not to %j", async (method, result, args) => {
    class Odd extends ReferenceStore {}
    Object.defineProperty(Odd.prototype, method, { value: async () => result });
    const seen = callOf(Odd, (store) => Reflect.apply(Reflect.get(store, method), store, args));
    await expect(seen).rejects.toMatchObject({
      name: "ConformanceError",
      guarantee: `${method} resolves to the type that the contract declares`,
      actual: result,
    });
  });

  test("reaches the store even if the store is a frozen object", async () => {
    const store = new ReferenceStore(correctStore.createStorage() as ReferenceStorage);
    const frozen = Object.freeze({
      supports: referenceSupports,
      getLatestVersion: async () => 7,
      close: () => store.close(),
    }) as unknown as EventStore;
    const storeCase = caseThat(async (context) => {
      expect(await (await context.open()).getLatestVersion("a")).toBe(7);
    });
    await runStoreCase({ ...correctStore, open: () => frozen }, storeCase);
  });
});

describe("applies returns true", () => {
  const needing = (more: Partial<StoreCase>): StoreCase => caseThat(async () => {}, more);
  const plain = { durable: false, shared: false };

  test("if the manifest declares what the case needs", () => {
    const storeCase = needing({ needs: ["batch", "durable"] });
    expect(applies(needing({}), { supports: plain })).toBe(true);
    expect(applies(storeCase, { supports: { batch: true, durable: true, shared: false } })).toBe(true);
    expect(applies(storeCase, { supports: { batch: true, durable: false, shared: false } })).toBe(false);
    expect(applies(storeCase, { supports: { durable: true, shared: false } })).toBe(false);
  });

  test("if the damage hook that the case needs is given", () => {
    const storeCase = needing({ needsDamage: "malformedRecord" });
    expect(applies(storeCase, { supports: plain })).toBe(false);
    expect(applies(storeCase, { supports: plain, damage: { interruptedSave: () => {} } })).toBe(false);
    expect(applies(storeCase, { supports: plain, damage: { malformedRecord: () => {} } })).toBe(true);
  });

  test("if the other hook that the case needs is given", () => {
    const storeCase = needing({ needsHook: "hold" });
    expect(applies(storeCase, { supports: plain })).toBe(false);
    expect(applies(storeCase, { supports: plain, hold: () => () => {} })).toBe(true);
  });
});

describe("a case that holds the storage", () => {
  const holding = (log: string[]) => ({
    ...loggingStore(log),
    hold: () => {
      log.push("hold");
      return () => void log.push("release");
    },
  });

  test("can release it once", async () => {
    const log: string[] = [];
    const storeCase = caseThat(async (context) => {
      await context.open();
      const release = await context.hold();
      await release();
      await release();
      log.push("run");
    });
    await runStoreCase(holding(log), storeCase);
    expect(log).toEqual(["create", "open store 1", "hold", "release", "run", "close store 1", "destroy"]);
  });

  test.each([
    ["fails", () => Promise.reject(new Error("failed"))],
    ["does not end", () => new Promise<never>(() => {})],
  ])("releases it before its stores are closed, even if it %s", async (_, end) => {
    const log: string[] = [];
    const storeCase = caseThat(async (context) => {
      await context.open();
      await context.hold();
      await end();
    });
    await expect(runStoreCase({ ...holding(log), caseTimeoutMs: 50 }, storeCase)).rejects.toThrow();
    expect(log).toEqual(["create", "open store 1", "hold", "release", "close store 1", "destroy"]);
  });
});
