import { MemoryDocumentStore } from "@aether/store-memory";
import { frozenCopy } from "../frozen-copy.ts";
import type { Comparison } from "../measure.ts";
import type { Sizes } from "../suite.ts";
import { sampleDocument } from "./sample-document.ts";

/** Putting into the in-memory store, compared with maps of frozen copies. */
export function memoryRows(sizes: Sizes): readonly Comparison[] {
  return [
    {
      ...memoryRow(sizes, frozenCopy),
      against: "a map of frozen copies, without checks",
      reason:
        "checking that JSON can represent the value takes as long as copying it; the map also checks no names and no " +
        "revisions",
    },
    { ...memoryRow(sizes, frozenClone), against: "a map of clones from structuredClone, deeply frozen" },
  ];
}

function memoryRow({ quick, repetitions }: Sizes, copy: (value: object) => object): Omit<Comparison, "against"> {
  const puts = quick ? 20_000 : 500_000;
  const ids = Array.from({ length: 1_000 }, (_, index) => `cart-${index}`);
  const value = sampleDocument();
  return {
    name: "putDocument of the in-memory store",
    unit: "puts/s",
    goal: 0.5,
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
          map.set(id, Object.freeze({ value: copy(value), revision }));
        };
        for (let put = 0; put < puts; put++) await putInto(ids[put % ids.length] as string, put);
        return puts;
      },
    },
  };
}

function frozenClone(value: object): object {
  return deeplyFrozen(structuredClone(value));
}

function deeplyFrozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) deeplyFrozen(part);
  return Object.freeze(value);
}
