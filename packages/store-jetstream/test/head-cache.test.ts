import { describe, expect, test } from "vitest";
import { HeadCache } from "../src/head-cache.ts";

describe("HeadCache", () => {
  test("drops the actor that was unused for the longest time", () => {
    const cache = new HeadCache(2);
    cache.learn("a", { version: 1, sequence: 1 });
    cache.learn("b", { version: 1, sequence: 2 });
    cache.use("a");
    cache.learn("c", { version: 1, sequence: 3 });
    expect(["a", "b", "c"].map((id) => cache.peek(id)?.sequence)).toEqual([1, undefined, 3]);
    expect(cache.stats).toEqual({ entries: 2, hits: 1, misses: 0, evictions: 1, stale: 0 });
  });

  test("an older head that arrives late does not replace a newer one", () => {
    const cache = new HeadCache(2);
    cache.learn("a", { version: 2, sequence: 20 });
    cache.learn("a", { version: 1, sequence: 10 });
    expect(cache.peek("a")).toEqual({ version: 2, sequence: 20 });
  });

  test("counts hits, misses and stale entries", () => {
    const cache = new HeadCache(2);
    expect(cache.use("a")).toBeUndefined();
    cache.learn("a", { version: 1, sequence: 1 });
    expect(cache.use("a")).toEqual({ version: 1, sequence: 1 });
    cache.countStale("a");
    cache.countStale("unknown");
    expect(cache.stats).toEqual({ entries: 1, hits: 1, misses: 1, evictions: 0, stale: 1 });
    cache.drop("a");
    expect(cache.peek("a")).toBeUndefined();
  });

  test("holds nothing if its size is 0", () => {
    const cache = new HeadCache(0);
    cache.learn("a", { version: 1, sequence: 1 });
    expect(cache.use("a")).toBeUndefined();
    expect(cache.stats).toMatchObject({ entries: 0, evictions: 0 });
  });
});
