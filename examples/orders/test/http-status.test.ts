import { readFileSync } from "node:fs";
import { isAetherError, OutcomeUnknownError, StoreClosedError, VersionConflictError } from "@aether/core";
import { commandHandler } from "@aether/decider";
import { MemoryEventStore } from "@aether/store-memory";
import { describe, expect, test } from "vitest";
import { httpStatusOf } from "../src/http-status.ts";
import { OrderRejected, orders } from "../src/order.ts";

const guide = readFileSync(new URL("../../../docs/commands.md", import.meta.url), "utf8");
const section = guide.slice(guide.indexOf("## Errors in an HTTP API"));
const rows = [...section.matchAll(/^\| (`AETHER_.*?) \| (\d+) \|/gm)].flatMap(([, codes = "", status]) =>
  [...codes.matchAll(/`(AETHER_\w+)`/g)].map(([, code = ""]) => ({ code, status: Number(status) })),
);

/** An error with any code. */
function errorOf(code: string): unknown {
  const error = new StoreClosedError();
  return Object.defineProperty(error, "code", { value: code });
}

describe("the table of the guide", () => {
  test("has rows", () => {
    expect(rows.length).toBeGreaterThan(10);
  });

  test.each(rows)("has the status of $code", ({ code, status }) => {
    const error = errorOf(code);
    expect(isAetherError(error)).toBe(true);
    expect(httpStatusOf(error)).toBe(status);
  });
});

test("a conflict with an expected version from If-Match is a failed precondition", () => {
  const conflict = new VersionConflictError({ actorId: "a", attemptedVersion: 2, currentVersion: 2 });
  expect(httpStatusOf(conflict)).toBe(409);
  expect(httpStatusOf(conflict, { hasIfMatch: true })).toBe(412);
});

test("rejections, time-outs and other errors have a status", async () => {
  const handler = commandHandler(
    new MemoryEventStore<Parameters<typeof orders.evolve.OrderShipped>[1]>(),
    orders as never,
  );
  const rejection = await handler
    .handle("order-1", { type: "ShipOrder", carrier: "DHL" } as never)
    .catch((error) => error);
  expect(rejection).toBeInstanceOf(OrderRejected);
  expect(httpStatusOf(rejection)).toBe(422);
  const unknown = await handler.handle("order-1", { type: "toString" } as never).catch((error) => error);
  expect(httpStatusOf(unknown)).toBe(400);
  expect(httpStatusOf(new OutcomeUnknownError({ actorId: "a", eventIds: ["x"] }))).toBe(503);
  expect(httpStatusOf(new DOMException("late", "TimeoutError"))).toBe(504);
  expect(httpStatusOf(new TypeError("a bug"))).toBe(500);
  expect(httpStatusOf(undefined)).toBe(500);
});
