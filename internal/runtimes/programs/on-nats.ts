import type { EventStored } from "@aether/core";
import { NatsEventBus } from "@aether/eventbus-nats";
import { JetStreamDocumentStore, JetStreamEventStore, type NatsConnection } from "@aether/store-jetstream";
import type { OrderEvent } from "./orders.ts";
import { receiveAnnouncements, useBus } from "./use-bus.ts";
import { useStores } from "./use-stores.ts";

/** A connection of any client, which the application closes. */
export interface OpenConnection extends NatsConnection {
  close(): Promise<void>;
}

/** Uses the stores on JetStream and the bus on NATS. Opens two connections, as two processes have. */
export async function useNats(connect: () => Promise<OpenConnection>): Promise<void> {
  const name = `orders-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  const [connection, other] = [await connect(), await connect()];
  const [bus, otherBus] = [connection, other].map(
    (each) => new NatsEventBus<OrderEvent | EventStored<OrderEvent>>(each, { prefix: name }),
  ) as [NatsEventBus<OrderEvent | EventStored<OrderEvent>>, NatsEventBus<OrderEvent | EventStored<OrderEvent>>];
  await useBus(bus, otherBus);
  const announced = await receiveAnnouncements(otherBus);
  const events = await JetStreamEventStore.open<OrderEvent>(connection, {
    streamName: name,
    streamRetention: "forever",
    bus,
    busNamespace: "announcements",
  });
  await useStores(events, await JetStreamDocumentStore.open(connection, { bucket: name }));
  await announced();
  await bus.close();
  await otherBus.close();
  await connection.close();
  await other.close();
}
