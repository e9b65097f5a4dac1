import { startNatsServer } from "@aether/nats-testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { type NatsBusStatus, NatsEventBus } from "../src/index.ts";
import { PROVIDE_TIMEOUT_MS } from "./support/bus-server.ts";
import { clients, type TestConnection } from "./support/clients.ts";
import { eventOf, eventually } from "./support/events.ts";

interface Socket {
  pause(): void;
  resume(): void;
}

/** Returns the socket of a connection, which both clients keep in the same property. */
function socketOf(connection: TestConnection): Socket {
  return (connection as unknown as { protocol: { transport: { socket: Socket } } }).protocol.transport.socket;
}

describe.each(clients)("a connection that does not read, through $client", ({ connect }) => {
  test(
    "is cut off by the server: the bus reports it, reconnects, and counts the missed events",
    async () => {
      const server = await startNatsServer({ jetStream: false, config: "max_pending: 1MB" });
      onTestFinished(() => server.stop());
      const open = async () => {
        const connection = await connect({ servers: server.url });
        onTestFinished(() => connection.close());
        const statuses: NatsBusStatus[] = [];
        return { connection, statuses, bus: new NatsEventBus(connection, { onStatus: (s) => statuses.push(s) }) };
      };
      const [slow, publisher] = [await open(), await open()];
      let received = 0;
      await slow.bus.subscribe("a", () => void received++).ready;
      await publisher.bus.publish("a", eventOf(1));
      await eventually(() => expect(received).toBe(1));
      socketOf(slow.connection).pause();
      const large = eventOf(2, { data: { text: "x".repeat(100_000) } });
      for (let sent = 0; sent < 400; sent++) await publisher.bus.publish("a", large);
      socketOf(slow.connection).resume();
      await eventually(() => expect(slow.statuses.map(({ type }) => type)).toContain("reconnected"), 30_000);
      await publisher.bus.publish("a", eventOf(3));
      await eventually(() => expect(received + slow.bus.metrics.missed).toBe(402), 30_000);
      const types = slow.statuses.map(({ type }) => type);
      expect(types).toContain("disconnected");
      expect(types).toContain("missed");
      expect(slow.bus.metrics.missed).toBeGreaterThan(0);
      expect(publisher.bus.metrics).toMatchObject({ published: 402, unconfirmed: 0, rejected: 0 });
    },
    PROVIDE_TIMEOUT_MS,
  );
});
