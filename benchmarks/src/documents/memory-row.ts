import { MemoryDocumentStore } from "@aether/store-memory";
import { frozenCopy } from "../frozen-copy.ts";
import type { Comparison } from "../measure.ts";
import type { Sizes } from "../suite.ts";
import { sampleDocument } from "./sample-document.ts";

/** Putting into the in-memory store, compared with a map of frozen copies. */
export function memoryRow({ quick, repetitions }: Sizes): Comparison {
  const puts = quick ? 20_000 : 500_000;
  const ids = Array.from({ length: 1_000 }, (_, index) => `cart-${index}`);
  const value = sampleDocument();
  return {
    name: "putDocument of the in-memory store",
    against: "a map of frozen copies, without checks",
    unit: "puts/s",
    goal: 0.5,
    reason:
      "checking that JSON can represent the value takes as long as copying it; the map also checks no names and no " +
      "revisions",
    repetitions,
    ours: {
      run: async () => {
        await using store = new MemoryDocumentStore();
        for (let put = 0; put < puts; put++) await store.putDocument("carts", ids[put % ids.length] as string, value);
        return puts;
      },
    },
    baseline: {
      run: async () => {
        const map = new Map<string, { readonly value: object; readonly revision: number }>();
        const putInto = async (id: string, revision: number): Promise<void> => {
          map.set(id, Object.freeze({ value: frozenCopy(value), revision }));
        };
        for (let put = 0; put < puts; put++) await putInto(ids[put % ids.length] as string, put);
        return puts;
      },
    },
  };
}
