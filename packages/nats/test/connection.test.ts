import { connect } from "@nats-io/transport-node";
import { connect as connectV2 } from "nats";
import { describe, expect, expectTypeOf, test } from "vitest";
import { checkConnection, type NatsConnection } from "../src/index.ts";

test("the connections of both clients fit the port", () => {
  expectTypeOf(connect).returns.resolves.toExtend<NatsConnection>();
  expectTypeOf(connectV2).returns.resolves.toExtend<NatsConnection>();
});

const open = {
  info: { version: "2.12.0", max_payload: 1_048_576, headers: true },
  publish: () => {},
  subscribe: () => ({ unsubscribe: () => {}, drain: async () => {} }),
  flush: async () => {},
  status: async function* () {},
  isClosed: () => false,
  closed: async () => {},
} satisfies NatsConnection;

const throwing = new Proxy(open, {
  get: () => {
    throw new Error("no");
  },
});

describe("checkConnection", () => {
  test("accepts an open connection", () => expect(() => checkConnection(open)).not.toThrow());

  test.each<[string, unknown, string]>([
    ["undefined", undefined, "must be a connection"],
    ["null", null, "must be a connection"],
    ["a string", "127.0.0.1:4222", "must be a connection"],
    ["a promise", Promise.resolve(open), "must be a connection"],
    ["an object without a method", { ...open, flush: undefined }, "must be a connection"],
    ["an object that throws", throwing, "must be a connection"],
    ["a closed connection", { ...open, isClosed: () => true }, "is closed"],
    ["a server without headers", { ...open, info: { ...open.info, headers: false } }, "without message headers"],
  ])("rejects %s", (_, connection, reason) => {
    const rejected = {
      code: "AETHER_INVALID_ARGUMENT",
      argument: "connection",
      reason: expect.stringContaining(reason),
    };
    expect(() => checkConnection(connection as NatsConnection)).toThrow(expect.objectContaining(rejected));
  });
});

test("checkConnection accepts a connection that has not reached its server, or has lost it", () => {
  expect(() => checkConnection({ ...open, info: undefined })).not.toThrow();
});
