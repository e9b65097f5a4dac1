import { isAetherError } from "@aether/core";
import { describe, expect, test } from "vitest";
import type { JetStreamEventStore, JetStreamStoreOptions } from "../src/index.ts";
import { clients, type TestClient } from "./support/clients.ts";
import { onHubAndLeaf } from "./support/leaf-nodes.ts";
import { newStreamName, onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const servers = onHubAndLeaf();
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const event = (version: number, actorId = "order-1") => ({ actorId, version, eventType: "Tested", data: {} });
const versionsOf = async (store: JetStreamEventStore, actorId = "order-1"): Promise<readonly number[]> =>
  (await store.getEvents(actorId)).map(({ version }) => version);

/**
 * Opens a store on the hub's stream and one on the leaf node's stream, with the same name and subjects, both through
 * the leaf node. The sequences of the streams differ.
 */
async function openBoth(client: TestClient, options: Partial<JetStreamStoreOptions> = {}) {
  const connection = await servers.connect(client, servers.leaf);
  const streamName = newStreamName();
  const onHub = await servers.open(connection, { streamName, domain: "hub", ...options });
  for (const version of range(3)) await onHub.saveEvent(event(version, "other"));
  const onLeaf = await servers.open(connection, { streamName, ...options });
  return { connection, streamName, onHub, onLeaf };
}

describe.each(clients)("two streams with the same name and subjects, through $client", (client) => {
  test.each(["hub", "leaf"] as const)("a store on the stream of the %s saves to this stream only", async (place) => {
    const { onHub, onLeaf } = await openBoth(client);
    const store = place === "hub" ? onHub : onLeaf;
    const last = place === "hub" ? 153 : 150;
    const positions: string[] = [];
    for (const version of range(150)) positions.push((await store.saveEvent(event(version))).position);
    expect(await versionsOf(store)).toEqual(range(150));
    expect(new Set(positions).size).toBe(150);
    expect(Number(positions.at(-1)?.slice(0, 16))).toBe(last);
  });

  test.each(["hub", "leaf"] as const)(
    "conflicts on the stream of the %s are conflicts, and no others",
    async (place) => {
      const both = await openBoth(client);
      const domain = place === "hub" ? "hub" : undefined;
      const stores = [
        place === "hub" ? both.onHub : both.onLeaf,
        await servers.open(both.connection, { streamName: both.streamName, domain }),
      ];
      const saved: string[] = [];
      for (const version of range(30)) {
        const outcomes = await Promise.allSettled(
          stores.map((store, index) => store.saveEvent({ ...event(version), id: `${version}-${index}` })),
        );
        const winners = outcomes.flatMap(({ status }, index) =>
          status === "fulfilled" ? [`${version}-${index}`] : [],
        );
        expect(winners).toHaveLength(1);
        saved.push(...winners);
        const loser = outcomes.find(({ status }) => status === "rejected") as PromiseRejectedResult;
        expect(loser.reason).toMatchObject({ code: "AETHER_VERSION_CONFLICT", sameEvent: false });
      }
      const [store] = stores as [JetStreamEventStore];
      expect((await store.getEvents("order-1")).map(({ id }) => id)).toEqual(saved);
      const again = store.saveEvent({ ...event(30), id: saved.at(-1) as string });
      await expect(again).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT", sameEvent: true });
    },
  );

  test("a full stream in another domain does not matter", async () => {
    const { connection, streamName, onHub } = await openBoth(client);
    await limit(new RawStream(connection, streamName), 1);
    for (const version of range(20)) await onHub.saveEvent(event(version));
    expect(await versionsOf(onHub)).toEqual(range(20));
  });

  test("a full stream is reported as full", async () => {
    const { connection, streamName, onHub } = await openBoth(client);
    await limit(new RawStream(connection, streamName, "$JS.hub.API"), 5);
    for (const version of range(2)) await onHub.saveEvent(event(version));
    await expect(onHub.saveEvent(event(3))).rejects.toMatchObject({ code: "AETHER_STORE_FULL" });
  });

  test("snapshots and version floors are written once, to the streams of the store", async () => {
    const { connection, streamName, onHub, onLeaf } = await openBoth(client, { streamRetention: 3_600_000 });
    await onLeaf.saveEvent(event(1, "other"));
    await onLeaf.saveSnapshot({ actorId: "other", version: 1, state: { of: "leaf" } });
    await onHub.saveEvent(event(1));
    for (const version of range(40).slice(1)) await onHub.saveEvent(event(version));
    await onHub.saveSnapshot({ actorId: "order-1", version: 40, state: { of: "hub" } });
    expect(await onHub.load("order-1")).toMatchObject({ snapshot: { version: 40, state: { of: "hub" } }, events: [] });
    const messages = async (stream: string): Promise<number> => {
      const raw = new RawStream(connection, stream, "$JS.hub.API");
      return (await raw.messages(`${stream}.d.order.order-1`)).length;
    };
    expect(await messages(`${streamName}~~snapshots`)).toBe(1);
    expect(await messages(`${streamName}~~floors`)).toBe(1);
  });

  test("if only another stream answers, the error names it", async () => {
    const { onHub, onLeaf } = await openBoth(client, { ackTimeoutMs: 600 });
    await servers.hub.suspend();
    const error = await onHub.saveEvent(event(1)).catch((reason: unknown) => reason);
    servers.hub.resume();
    if (!isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) throw error;
    expect((error.cause as Error).message).toContain(
      `stream ${onLeaf.streamName} in domain leaf has the same subjects`,
    );
  });
});

async function limit(raw: RawStream, messages: number): Promise<void> {
  const { config } = await raw.api<{ config: object }>("STREAM.INFO.{stream}");
  await raw.api("STREAM.UPDATE.{stream}", { ...config, max_msgs: messages });
}

test.each([
  [{ domain: "" }, "options.domain"],
  [{ domain: "a.b" }, "options.domain"],
  [{ domain: "a*" }, "options.domain"],
  [{ domain: 1 as unknown as string }, "options.domain"],
  [{ apiPrefix: "" }, "options.apiPrefix"],
  [{ apiPrefix: "JS.API." }, "options.apiPrefix"],
  [{ apiPrefix: "JS.>" }, "options.apiPrefix"],
  [{ apiPrefix: "JS API" }, "options.apiPrefix"],
  [{ apiPrefix: "JS.API", domain: "hub" }, "options.apiPrefix"],
])("open rejects %o", async (options, argument) => {
  const connection = await servers.connect(clients[0] as TestClient, servers.leaf);
  await expect(servers.open(connection, options)).rejects.toMatchObject({ code: "AETHER_INVALID_ARGUMENT", argument });
});

describe("a server without a domain", () => {
  const server = onOneServer();

  test("reports an unknown domain as unavailable", async () => {
    const opening = server.open(clients[0] as TestClient, { domain: "hub", ackTimeoutMs: 500 });
    await expect(opening).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
  });
});
