import { expect, test } from "vitest";
import { unsafeReplication } from "../src/cluster/replication.ts";

test.each(["2.10.0", "2.15.2", "3.0.0", "2.12.0-RC.1"])("a cluster of nats-server %s is tested", (version) => {
  expect(unsafeReplication(version)).toBeUndefined();
});

test.each(["2.9.10", "2.9.25", "1.4.1"])("a cluster of nats-server %s is not tested, with a reason", (version) => {
  expect(unsafeReplication(version)).toContain("2.10 or later");
});
