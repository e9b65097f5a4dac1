import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Event } from "@aether/core";
import { NatsEventBus } from "@aether/eventbus-nats";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { connect, headers, type NatsConnection } from "@nats-io/transport-node";
import type { Comparison, Side } from "../measure.ts";
import { frozenEvent } from "../sample-event.ts";
import type { Sizes } from "../suite.ts";
import { BURST, type PublishCommand } from "./publish-command.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A server, one connection for each side, and a publisher process. */
export class NatsBusBench implements AsyncDisposable {
  readonly #server: NatsServer;
  readonly #connections: readonly NatsConnection[];
  readonly #publisher: ChildProcess;
  readonly #sizes: Sizes;
  #bus: NatsEventBus | undefined;

  private constructor(
    server: NatsServer,
    connections: readonly NatsConnection[],
    publisher: ChildProcess,
    sizes: Sizes,
  ) {
    this.#server = server;
    this.#connections = connections;
    this.#publisher = publisher;
    this.#sizes = sizes;
  }

  static async start(sizes: Sizes): Promise<NatsBusBench> {
    const server = await startNatsServer({ jetStream: false });
    const publisher = fork(fileURLToPath(new URL("./publisher-process.js", import.meta.url)), [server.url]);
    await once(publisher, "message");
    const connections = [await connect({ servers: server.url }), await connect({ servers: server.url })];
    return new NatsBusBench(server, connections, publisher, sizes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#publisher, "exit");
    this.#publisher.disconnect();
    await exit;
    await this.#bus?.close();
    for (const connection of this.#connections) await connection.close();
    await this.#server.stop();
  }

  rows(): readonly Comparison[] {
    const [own, raw] = this.#connections as [NatsConnection, NatsConnection];
    const bus = new NatsEventBus(own);
    this.#bus = bus;
    const count = this.#sizes.quick ? 10_000 : 100_000;
    const { repetitions } = this.#sizes;
    const publishing = { unit: "events/s", repetitions, ours: this.#publishByBus(bus, count) };
    return [
      {
        ...publishing,
        name: "publish, confirmed by the server",
        against: "nc.publish of the same bytes, built with JSON.stringify, TextEncoder and headers()",
        goal: 0.8,
        baseline: this.#publishRaw(raw, count, (event, index) => {
          const messageHeaders = headers();
          messageHeaders.set("Aether-Bus", `0123456789ab ${index + 1}`);
          raw.publish("raw.orders.eu", encoder.encode(JSON.stringify(event)), { headers: messageHeaders });
        }),
      },
      {
        ...publishing,
        name: "publish, confirmed by the server",
        against: "nc.publish of the event alone, without headers",
        baseline: this.#publishRaw(raw, count, (event) => {
          raw.publish("raw.orders.eu", encoder.encode(JSON.stringify(event)));
        }),
      },
      {
        name: "receive with an iterator",
        against: "the client's iterator with JSON.parse",
        unit: "events/s",
        goal: 0.9,
        reason:
          "to detect gaps and its own events, the bus reads a header, and the client then parses all headers; " +
          "the bus also checks and freezes every event",
        repetitions,
        ours: this.#receiveByBus(bus, count),
        baseline: this.#receiveRaw(raw, count),
      },
    ];
  }

  #publishByBus(bus: NatsEventBus, count: number): Side {
    return publishing(count, async (events) => {
      await Promise.all(events.map((event) => bus.publish("orders.eu", event)));
    });
  }

  #publishRaw(connection: NatsConnection, count: number, publish: (event: Event, index: number) => void): Side {
    return publishing(count, async (events) => {
      events.forEach(publish);
      await connection.flush();
    });
  }

  #send(command: PublishCommand): void {
    this.#publisher.send(command);
  }

  #receiveByBus(bus: NatsEventBus, count: number): Side {
    return {
      run: async () => {
        const subscription = bus.subscribe("received.eu", { bufferSize: 65_536, overflow: "error" });
        await subscription.ready;
        this.#send({ subject: "aether.events.received.eu", count });
        let received = 0;
        for await (const event of subscription) {
          if (event.version !== (received % BURST) + 1) throw outOfOrder(event, received);
          if (++received === count) break;
        }
        return received;
      },
    };
  }

  #receiveRaw(connection: NatsConnection, count: number): Side {
    return {
      run: async () => {
        const subscription = connection.subscribe("raw.received.eu");
        await connection.flush();
        this.#send({ subject: "raw.received.eu", count });
        let received = 0;
        for await (const message of subscription) {
          const event = JSON.parse(decoder.decode(message.data)) as Event;
          if (event.version !== (received % BURST) + 1) throw outOfOrder(event, received);
          if (++received === count) break;
        }
        return received;
      },
    };
  }
}

function outOfOrder({ version }: Event, received: number): Error {
  return new Error(`received version ${version} after ${received} events`);
}

/** Publishes deeply frozen events, like the events that stores return, in bursts. */
function publishing(count: number, publish: (events: readonly Event[]) => Promise<void>): Side {
  const events = Array.from({ length: BURST }, (_, index) => frozenEvent("order-1", index + 1));
  return {
    run: async () => {
      for (let published = 0; published < count; published += BURST) await publish(events);
      return count;
    },
  };
}
