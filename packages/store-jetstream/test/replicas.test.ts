import { pause } from "@aether/nats";
import { findNatsServer, type NatsCluster, startNatsCluster } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { JetStreamEventStore, type NatsConnection } from "../src/index.ts";
import { floorStream, snapshotStream } from "../src/subjects.ts";
import { clients, type TestClient, type TestConnection } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { newStreamName, onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

/** On older servers, several writers could save the same version to a replicated stream, so the store rejects it. */
const isGuarded = (await findNatsServer()).version.localeCompare("2.9.21", "en", { numeric: true }) >= 0;

const event = (version: number) => ({ actorId: "a-1", version, eventType: "Tested", data: {} });
const range = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

interface StreamState {
  readonly cluster: {
    readonly leader: string;
    readonly replicas: readonly { name: string; current: boolean; lag?: number }[];
  };
}

/** Asks any server for the last event. `answered` resolves if one answers, `waited` after 250 milliseconds. */
function directGet(connection: NatsConnection, streamName: string) {
  const reply = `_INBOX.direct.${crypto.randomUUID()}`;
  const answered = new Promise<"answered">((resolve) => {
    const subscription = connection.subscribe(reply, {
      callback: () => {
        subscription.unsubscribe();
        resolve("answered");
      },
    });
  });
  const query = JSON.stringify({ last_by_subj: `${streamName}.events.6.a.a-1` });
  connection.publish(`$JS.API.DIRECT.GET.${streamName}`, new TextEncoder().encode(query), { reply });
  return { answered, waited: pause(250).then(() => "waited" as const) };
}

function refusal(client: TestClient): void {
  const server = onOneServer();

  test("are rejected on an old server", async () => {
    const opening = server.open(client, { replicaCount: 3 });
    await expect(opening).rejects.toMatchObject({ code: "AETHER_UNSAFE_SERVER" });
  });
}

function freshness({ connect }: TestClient): void {
  let cluster: NatsCluster;
  const opened: TestConnection[] = [];

  beforeAll(async () => {
    cluster = await startNatsCluster();
  }, 300_000);
  afterEach(async () => {
    for (const { proxy } of cluster.links) proxy.pass();
    await Promise.all(opened.splice(0).map((connection) => connection.close()));
  });
  afterAll(() => cluster.stop());

  test("store the companions of a stream as they store the stream", async () => {
    const connection = await connect({ servers: cluster.server("n1").server.url });
    opened.push(connection);
    const streamName = newStreamName();
    const { cluster: name = "" } = connection.info as { readonly cluster?: string };
    const placement = { cluster: name };
    await JetStreamEventStore.open(connection, { streamName, replicaCount: 3, placement });
    const store = await JetStreamEventStore.open(connection, { streamName });
    await store.saveEvent(event(1));
    await store.saveSnapshot({ actorId: "a-1", version: 1, state: {} });
    for (const stream of [snapshotStream(streamName), floorStream(streamName)]) {
      const raw = new RawStream(connection, stream);
      const replicated = { num_replicas: 3, placement };
      expect(await raw.api("STREAM.INFO.{stream}")).toMatchObject({ config: replicated });
      await raw.api("STREAM.DELETE.{stream}");
      await store.saveSnapshot({ actorId: "a-1", version: 1, state: {} });
      await store.saveEvent({ ...event(1), actorId: stream });
      expect(await raw.api("STREAM.INFO.{stream}")).toMatchObject({ config: replicated });
    }
    const elsewhere = JetStreamEventStore.open(connection, { streamName, placement: { cluster: "elsewhere" } });
    await expect(elsewhere).rejects.toMatchObject({ differences: [{ setting: "placement", actual: placement }] });
  });

  test("do not hide events from a read if one of them lags", async () => {
    const connectTo = async (name: string) => {
      const connection = await connect({ servers: cluster.server(name).server.url });
      opened.push(connection);
      return connection;
    };
    const options = { streamName: newStreamName(), streamRetention: "forever", replicaCount: 3 } as const;
    const first = await connectTo("n1");
    const creator = await JetStreamEventStore.open(first, options);
    for (const each of range(1, 5)) await creator.saveEvent(event(each));
    const raw = new RawStream(first, options.streamName);
    const stateOf = (): Promise<StreamState> => raw.api<StreamState>("STREAM.INFO.{stream}");
    await vi.waitUntil(
      async () => (await stateOf()).cluster.replicas.every(({ current, lag = 0 }) => current && lag === 0),
      20_000,
    );

    const { leader, replicas } = (await stateOf()).cluster;
    const lagging = replicas[0]?.name ?? "";
    const connection = new LossyConnection(await connectTo(lagging));
    const reader = await JetStreamEventStore.open(connection, options);
    const writer = await JetStreamEventStore.open(await connectTo(leader), options);
    const links = cluster.linksOf(lagging);
    // A replica answers direct gets from some seconds after it has caught up, and never stops.
    const answersAlone = async (): Promise<boolean> => {
      for (const { proxy } of links) proxy.stall();
      const { answered, waited } = directGet(connection, options.streamName);
      if ((await Promise.race([answered, waited])) === "answered") return true;
      for (const { proxy } of links) proxy.pass();
      return false;
    };
    await vi.waitUntil(answersAlone, { timeout: 20_000, interval: 200 });
    for (const version of range(6, 10)) await writer.saveEvent(event(version));

    let answers = 0;
    connection.incoming = ({ headers }) => {
      if (headers?.get("Nats-Sequence")) answers++;
      return "pass";
    };
    // A random one of the servers answers a request.
    const reading = Promise.all(Array.from({ length: 30 }, () => reader.getEvents("a-1")));
    const read = reading.then((reads) => reads.map((events) => events.map(({ version }) => version)));
    await vi.waitUntil(() => answers > 0, 10_000);
    for (const { proxy } of links) proxy.pass();
    for (const versions of await read) expect(versions).toEqual(range(1, 10));
  });
}

describe.each(clients)("replicas, through $client", isGuarded ? freshness : refusal);
