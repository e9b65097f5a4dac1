import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import { inFlight } from "../in-flight.ts";
import { type Comparison, compare, type Side } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes, Suite } from "../suite.ts";
import { startCluster } from "./start-cluster.ts";

/** A stream with three replicas, compared with a stream on one server. All servers run on this machine. */
export const clusterSuite: Suite = async (sizes, report) => {
  const single = await startNatsServer();
  const cluster: NatsServer[] = [];
  try {
    cluster.push(...(await startCluster(3)));
    const toCluster = await connect({ servers: cluster.map(({ url }) => url) });
    const toSingle = await connect({ servers: single.url });
    const options = { streamName: "cluster", streamRetention: "forever" } as const;
    const replicated = await JetStreamEventStore.open(toCluster, { ...options, replicaCount: 3 });
    const unreplicated = await JetStreamEventStore.open(toSingle, options);
    for (const row of rows(replicated, unreplicated, sizes)) report({ rows: [await compare(row)] });
    for (const connection of [toCluster, toSingle]) await connection.close();
  } finally {
    await Promise.all([single, ...cluster].map((server) => server.stop()));
  }
};

function rows(
  replicated: JetStreamEventStore,
  unreplicated: JetStreamEventStore,
  { quick, repetitions }: Sizes,
): readonly Comparison[] {
  const scale = quick ? 0.1 : 1;
  const against = "one server, one replica";
  const both = (
    side: (store: JetStreamEventStore) => Side,
  ): Pick<Comparison, "against" | "repetitions" | "ours" | "baseline"> => ({
    against,
    repetitions,
    ours: side(replicated),
    baseline: side(unreplicated),
  });
  return [
    {
      name: "saveEvent, one at a time, three replicas",
      unit: "events/s",
      ...both((store) => savingOneByOne(store, 500 * scale)),
    },
    {
      name: "saveEvent, 64 in flight on different actors, three replicas",
      unit: "events/s",
      ...both((store) => savingInParallel(store, 5_000 * scale)),
    },
    {
      name: "getEvents, 100 events, three replicas",
      unit: "events/s",
      ...both((store) => reading(store, 200 * scale)),
    },
  ];
}

function savingOneByOne(store: JetStreamEventStore, count: number): Side {
  return {
    run: async () => {
      const actorId = `turn-${crypto.randomUUID()}`;
      for (let version = 1; version <= count; version++) await store.saveEvent(sampleEvent(actorId, version));
      return count;
    },
  };
}

function savingInParallel(store: JetStreamEventStore, count: number): Side {
  return { run: () => inFlight(count, 64, () => store.saveEvent(sampleEvent(`new-${crypto.randomUUID()}`, 1))) };
}

function reading(store: JetStreamEventStore, times: number): Side {
  const actorId = "read-1";
  return {
    prepare: async () => {
      if ((await store.getLatestVersion(actorId)) > 0) return;
      await store.saveEvents(Array.from({ length: 100 }, (_, index) => sampleEvent(actorId, index + 1)));
    },
    run: async () => {
      let events = 0;
      for (let time = 0; time < times; time++) events += (await store.getEvents(actorId)).length;
      return events;
    },
  };
}
