import { readFileSync } from "node:fs";
import { MemoryEventStore } from "@aether/store-memory";
import { expect, test, vi } from "vitest";
import type { OrderEvent } from "../src/order.ts";
import { tour } from "../src/tour.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("in the tour, the first clerk ships the order, and each step prints one line", async () => {
  const lines: string[] = [];
  const order = await tour(new MemoryEventStore<OrderEvent>(), (line) => lines.push(line));
  expect(order).toEqual({ status: "shipped", items: ["lamp", "bulb"], carrier: "DHL" });
  expect(lines).toEqual([
    "placed: version 1",
    "first clerk: fulfilled, second clerk: rejected",
    "conflict: tried to save version 2, but the latest version is 2",
    "second clerk decides again: nothing to do",
    "2 events replayed: lamp and bulb shipped with DHL",
  ]);
});

test("the first example in the README is identical to readme-example.ts, which runs", async () => {
  const [, example] = /```ts\n(.*?)```/s.exec(read("../../../README.md")) ?? [];
  expect(example).toBe(read("../src/readme-example.ts"));
  const print = vi.spyOn(console, "log").mockReturnValue();
  await import("../src/readme-example.ts");
  expect(print.mock.calls).toEqual([
    [expect.stringContaining('version 2 of actor "order-1" was not saved: the latest version is 2')],
    [["lamp", "DHL"]],
  ]);
});

test("the tour has at most 100 lines", () => {
  const files = ["order.ts", "tour.ts", "main.ts"].map((name) => read(`../src/${name}`));
  expect(files.join("").split("\n").length).toBeLessThanOrEqual(100);
});
