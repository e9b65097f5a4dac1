import { readFileSync } from "node:fs";
import { MemoryEventStore } from "@aether/store-memory";
import { expect, test, vi } from "vitest";
import type { OrderEvent } from "../src/order.ts";
import { tour } from "../src/tour.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("in the tour, the first clerk ships the order", async () => {
  const lines: string[] = [];
  const order = await tour(new MemoryEventStore<OrderEvent>(), (line) => lines.push(line));
  expect(order).toEqual({ status: "shipped", items: ["lamp", "bulb"], carrier: "DHL" });
  expect(lines).toEqual([
    "placed: version 1",
    "request-7 again: version 1, repeated: true",
    "clerk: 1 event(s) after 1 attempt(s)",
    "clerk: 0 event(s) after 2 attempt(s)",
    "422: there is no such order",
    expect.stringContaining('409: version 2 of actor "order-1" was not saved: the latest version is 2'),
    "2 events: lamp and bulb shipped with DHL",
  ]);
});

test("the first example in the README is identical to readme-example.ts, which runs", async () => {
  const [, example] = /```ts file=order\.mts\n(.*?)```/s.exec(read("../../../README.md")) ?? [];
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
