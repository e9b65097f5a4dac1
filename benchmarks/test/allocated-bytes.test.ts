import { expect, test } from "vitest";
import { allocatedBytes } from "../src/allocated-bytes.ts";

test("what work allocates is estimated, collected or not", async () => {
  const { result, bytes } = await allocatedBytes(async () => {
    let last: number[] = [];
    for (let index = 0; index < 10_000; index++) last = new Array<number>(1_000).fill(index);
    return last.length;
  });
  expect(result).toBe(1_000);
  // 80 MB or, as pointers are compressed in some builds, half of it.
  expect(bytes).toBeGreaterThan(20_000_000);
  expect(bytes).toBeLessThan(200_000_000);
});
