import type { Event, NewEvent, SaveReceipt } from "@aether/core";
import type { JetStreamEventStore, NatsConnection } from "@aether/store-jetstream";
import type { Breakage } from "../workload/plan.ts";

/** A connection that leaves the expectation out of every commit: what a store without optimistic concurrency sends. */
export function withoutExpectations<Connection extends NatsConnection>(connection: Connection): Connection {
  const publish: NatsConnection["publish"] = (subject, payload, options) => {
    const { headers, ...rest } = options ?? {};
    if (headers === undefined) return connection.publish(subject, payload, options);
    const block = new TextDecoder().decode((headers as { encode(): Uint8Array }).encode());
    const encode = (): Uint8Array =>
      new TextEncoder().encode(block.replace(/Nats-Expected-Last-Subject-Sequence: ?\d+\r\n/, ""));
    connection.publish(subject, payload, { ...rest, headers: { encode } });
  };
  return overriding(connection, { publish });
}

/** A store that is broken as said. "no expectation" is broken in its connection. */
export function broken(store: JetStreamEventStore, breakage: Breakage | undefined): JetStreamEventStore {
  if (breakage === "acknowledges too early") return overriding(store, early(store));
  if (breakage === "reads with holes") return overriding(store, holed(store));
  if (breakage === "reads what was") return overriding(store, late(store));
  return store;
}

function early(store: JetStreamEventStore): Pick<JetStreamEventStore, "saveEvent"> {
  let saves = 0;
  return {
    saveEvent: async (event: NewEvent): Promise<SaveReceipt> => {
      if (++saves % 50 !== 0) return store.saveEvent(event);
      const { id = "", version, timestamp = "" } = event;
      return { id, version, timestamp, position: "" as SaveReceipt["position"] };
    },
  };
}

function holed(store: JetStreamEventStore): Pick<JetStreamEventStore, "getEvents"> {
  return {
    getEvents: async (actorId: string, fromVersion?: number): Promise<readonly Event[]> =>
      (await store.getEvents(actorId, fromVersion)).filter(
        (_, index, events) => index % 3 !== 1 || index === events.length - 1,
      ),
  };
}

/** A replica that lags behind: each actor looks as it did when it was first read. */
function late(store: JetStreamEventStore): Pick<JetStreamEventStore, "getEvents"> {
  const first = new Map<string, readonly Event[]>();
  return {
    getEvents: async (actorId: string, fromVersion = 0): Promise<readonly Event[]> => {
      const events = first.get(actorId) ?? (await store.getEvents(actorId));
      first.set(actorId, events);
      return events.filter(({ version }) => version >= fromVersion);
    },
  };
}

/** An object that has some methods of its own, and is the target otherwise. */
function overriding<Target extends object>(target: Target, methods: object): Target {
  return new Proxy(target, {
    get(_, property) {
      const value: unknown = Reflect.get(property in methods ? methods : target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
