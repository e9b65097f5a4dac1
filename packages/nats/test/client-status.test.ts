import { expect, test } from "vitest";
import { readStatus } from "../src/client-status.ts";

const denied = Object.assign(new Error('Permissions Violation for Publish to "p.x"'), {
  operation: "publish",
  subject: "p.x",
});

test.each<[string, { readonly type: string; readonly [field: string]: unknown }, unknown]>([
  ["a lost connection", { type: "disconnect" }, { type: "disconnected" }],
  ["a reconnect", { type: "reconnect" }, { type: "reconnected" }],
  [
    "a denied publish, as @nats-io reports it",
    { type: "error", error: denied },
    { type: "denied", operation: "publish", subject: "p.x", cause: denied },
  ],
  [
    "a denied publish, as nats reports it",
    {
      type: "error",
      data: "PERMISSIONS_VIOLATION",
      permissionContext: { operation: "publish", subject: "p.x", queue: undefined },
    },
    { type: "denied", operation: "publish", subject: "p.x", cause: "PERMISSIONS_VIOLATION" },
  ],
  [
    "a denied subscription",
    { type: "error", error: Object.assign(new Error("no"), { operation: "subscription", subject: "p.>", queue: "q" }) },
    { type: "denied", operation: "subscribe", subject: "p.>", cause: expect.any(Error) },
  ],
  [
    "a slow subscription in the client",
    { type: "slowConsumer", pending: 7 },
    { type: "slow-consumer", cause: { type: "slowConsumer", pending: 7 } },
  ],
  [
    "a slow consumer, as the server reports it",
    { type: "error", error: new Error("Slow Consumer") },
    { type: "slow-consumer", cause: expect.any(Error) },
  ],
  ["another error", { type: "error", data: "ACCOUNT_EXPIRED" }, { type: "error", cause: "ACCOUNT_EXPIRED" }],
  ["an error without details", { type: "error" }, { type: "error", cause: undefined }],
  ["an event that does not matter", { type: "update" }, undefined],
  ["an attempt to reconnect", { type: "reconnecting" }, { type: "disconnected" }],
  ["a ping", { type: "pingTimer" }, undefined],
])("%s", (_, status, read) => expect(readStatus(status)).toEqual(read));
