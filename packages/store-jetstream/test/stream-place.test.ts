import { expect, test } from "vitest";
import { isRemote } from "../src/protocol/stream-place.ts";

const server = { version: "2.12.0", max_payload: 1, jetstream: true };

test.each([
  ["the connection's server", { cluster: { leader: "a" } }, { server_name: "a" }, false],
  ["its cluster", { cluster: { name: "c", leader: "b" } }, { server_name: "a", cluster: "c" }, false],
  ["a hub without a cluster", { cluster: { leader: "hub" } }, { server_name: "leaf", cluster: "leaf" }, true],
  ["another cluster", { cluster: { name: "c", leader: "b" } }, { server_name: "a", cluster: "d" }, true],
  ["a cluster, and the server has none", { cluster: { name: "c", leader: "b" } }, { server_name: "a" }, true],
  ["an old server", {}, {}, false],
  ["an old server with the same domain", { domain: "hub" }, { domain: "hub" }, false],
  ["an old server in another domain", { domain: "hub" }, { domain: "leaf" }, true],
  ["an old server, and the connection's server has no JetStream", {}, { jetstream: false }, true],
])("a stream on %s", (_, place, info, expected) => {
  expect(isRemote(place, { ...server, ...info })).toBe(expected);
});
