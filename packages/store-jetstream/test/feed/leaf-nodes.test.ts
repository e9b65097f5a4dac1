import type { NewEvent } from "@aether/core";
import { partitionOf } from "@aether/store-kit";
import { describe, expect, test } from "vitest";
import { clients } from "../support/clients.ts";
import { event, Follower, readAll } from "../support/feed.ts";
import { onHubAndLeaf } from "../support/leaf-nodes.ts";
import { newStreamName } from "../support/open-stores.ts";

const [wanted, other] = ["a", "b"] as const;
const sized = (actorId: string, version: number, length: number): NewEvent =>
  event(actorId, version, { text: "x".repeat(length) });

describe.each(clients)("the feed through a leaf node, through $client", (client) => {
  const servers = onHubAndLeaf({ hub: "max_payload: 8MB" });
  const openBoth = async () => {
    const streamName = newStreamName();
    const atHub = await servers.open(await servers.connect(client, servers.hub), { streamName });
    const atLeaf = await servers.open(await servers.connect(client, servers.leaf), { streamName, domain: "hub" });
    return { streamName, atHub, atLeaf };
  };

  test("delivers messages of all sizes that the leaf node accepts, and live events", async () => {
    const { atHub, atLeaf } = await openBoth();
    const lengths = [1, 900_000, 5, 400_000, 700_000, 300_000, 20, 1_000_000];
    for (const [index, length] of lengths.entries()) await atHub.saveEvent(sized(wanted, index + 1, length));
    const follower = new Follower(atLeaf);
    await follower.received(lengths.length);
    await atHub.saveEvent(sized(wanted, lengths.length + 1, 900_000));
    await follower.received(lengths.length + 1);
    await follower.stop();
    expect((await readAll(atLeaf)).names).toEqual(follower.names);
    expect(await atLeaf.getLatestPosition()).toBe(follower.events.at(-1)?.position);
    expect(servers.cuts).toBe(0);
  });

  test("rejects at a message that is too large for the leaf node, after everything before it", async () => {
    const { streamName, atHub, atLeaf } = await openBoth();
    for (const length of [1, 2, 2_000_000, 3].entries()) await atHub.saveEvent(sized(wanted, length[0] + 1, length[1]));
    const follower = new Follower(atLeaf);
    const tooLarge = { code: "AETHER_MESSAGE_TOO_LARGE", streamName, actorId: wanted, sequence: 3 };
    await expect(follower.done).rejects.toMatchObject(tooLarge);
    expect(follower.names).toEqual(["a@1", "a@2"]);
    expect(follower.pages.at(-1)?.position).toBe(follower.events[1]?.position);
    await expect(readAll(atLeaf)).rejects.toMatchObject(tooLarge);
    const partition = partitionOf(wanted);
    await expect(readAll(atLeaf, { partition })).rejects.toMatchObject(tooLarge);
    expect(servers.cuts).toBe(0);
  });

  test("of one partition passes a message of another partition that is too large", async () => {
    const { atHub, atLeaf } = await openBoth();
    await atHub.saveEvent(event(wanted, 1));
    const follower = new Follower(atLeaf, { partition: partitionOf(wanted) });
    await follower.received(1);
    await atHub.saveEvent(sized(other, 1, 2_000_000));
    const { names, last } = await readAll(atLeaf, { partition: partitionOf(wanted) });
    expect([names, last?.isCaughtUp]).toEqual([["a@1"], true]);
    await atHub.saveEvent(event(wanted, 2));
    await follower.received(2);
    await follower.stop();
    expect(servers.cuts).toBe(0);
  });
});
