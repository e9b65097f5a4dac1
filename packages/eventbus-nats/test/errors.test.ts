import { isAetherError } from "@aether/core";
import { expect, test } from "vitest";
import { BusDisconnectedError, BusPermissionError } from "../src/index.ts";

const cause = new Error("the cause");

test.each([
  [
    new BusDisconnectedError({ namespace: "a.b", eventId: "event-1", sent: true, cause }),
    { name: "BusDisconnectedError", code: "AETHER_BUS_DISCONNECTED", namespace: "a.b", eventId: "event-1", sent: true },
  ],
  [
    new BusPermissionError({ operation: "publish", namespace: "a.b", subject: "p.a.b", cause }),
    {
      name: "BusPermissionError",
      code: "AETHER_BUS_PERMISSION_DENIED",
      operation: "publish",
      namespace: "a.b",
      subject: "p.a.b",
    },
  ],
])("$name describes the problem in its fields, its message and its JSON", (error, fields) => {
  expect(isAetherError(error)).toBe(true);
  expect(error).toMatchObject(fields);
  expect(error.cause).toBe(cause);
  expect(error.message).toContain('"a.b"');
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    ...fields,
    message: error.message,
    cause: { name: "Error", message: "the cause" },
  });
});

test("an error without a cause has no property cause", () => {
  expect(new BusDisconnectedError({ namespace: "a", eventId: "1", sent: false })).not.toHaveProperty("cause");
  expect(new BusPermissionError({ operation: "subscribe", namespace: "a", subject: "p.a" })).not.toHaveProperty(
    "cause",
  );
});

test("a code narrows the type", () => {
  const disconnected: unknown = new BusDisconnectedError({ namespace: "a", eventId: "1", sent: false });
  const denied: unknown = new BusPermissionError({ operation: "subscribe", namespace: "a", subject: "p.a" });
  if (!isAetherError(disconnected, "AETHER_BUS_DISCONNECTED")) throw new Error("not recognized");
  if (!isAetherError(denied, "AETHER_BUS_PERMISSION_DENIED")) throw new Error("not recognized");
  expect([disconnected.sent, denied.operation]).toEqual([false, "subscribe"]);
});
