import { expect, test } from "vitest";
import { Channels } from "../src/publish/channels.ts";

test("beyond the limit, the first channel is dropped, and its next messages belong to a new generation", () => {
  const channels = new Channels("p");
  for (let at = 0; at <= 10_000; at++) channels.get(`n${at}`).sent++;
  expect(channels.get("n10000")).toEqual({ subject: "p.n10000", generation: 1, sent: 1 });
  expect(channels.get("n0")).toEqual({ subject: "p.n0", generation: 2, sent: 0 });
});
