import { TestServer } from "@aether/nats-testing";
import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectEqual } from "../programs/expect-equal.ts";
import { useMemory } from "../programs/in-memory.ts";
import { useSqlite } from "../programs/in-sqlite.ts";
import { useNats } from "../programs/on-nats.ts";

const server = new TestServer();
beforeAll(() => server.start(), TestServer.startTimeoutMs);
afterAll(() => server.stop());

test.each([
  ["memory", useMemory],
  ["SQLite", useSqlite],
  ["NATS, @nats-io", () => useNats(() => connectNatsIo({ servers: server.url }))],
  ["NATS, nats", () => useNats(() => connectNats({ servers: server.url }))],
])("the program passes: %s", async (_, program) => {
  await program();
});

test("a program that finds a wrong value fails with both values", () => {
  expectEqual("the version", [1], [1]);
  expect(() => expectEqual("the version", [2], [1])).toThrow("the version: expected [1], but found [2]");
});
