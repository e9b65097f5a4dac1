import { expect, test } from "vitest";
import { allocatedBytes } from "../src/allocated-bytes.ts";

test("the estimate includes bytes that are already collected", async () => {
  const { result, bytes } = await allocatedBytes(async () => {
    let last: number[] = [];
    for (let index = 0; index < 10_000; index++) last = new Array<number>(1_000).fill(index);
    return last.length;
  });
  expect(result).toBe(1_000);
  // 80 MB, or half of it in builds with compressed pointers.
  expect(bytes).toBeGreaterThan(20_000_000);
  expect(bytes).toBeLessThan(200_000_000);
});
