import type { Event, FeedOptions, FeedPage, NewEvent, SaveReceipt, StoredEvent } from "@aether/core";
import type { NatsConnection } from "@aether/nats";
import type { JetStreamEventStore } from "@aether/store-jetstream";
import type { Breakage } from "../workload/plan.ts";

/**
 * Wraps a connection so that it publishes without expected sequences, as a store without optimistic concurrency control
 * does.
 */
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

/** Wraps a store so that it has the given defect. Ignores "no expectation", which is a defect of the connection. */
export function broken(store: JetStreamEventStore, breakage: Breakage | undefined): JetStreamEventStore {
  if (breakage === "acknowledges without saving") return overriding(store, acknowledging(store));
  if (breakage === "skips events in reads") return overriding(store, skipping(store));
  if (breakage === "reads stale data") return overriding(store, stale(store));
  const change = breakage === undefined ? undefined : feedDefects[breakage];
  return change === undefined ? store : overriding(store, feeding(store, change));
}

/** For each defect of a feed, the change of a page. */
const feedDefects: Partial<Record<Breakage, (page: FeedPage) => FeedPage>> = {
  "loses events in the feed": withEvents((event, index) => (index === 0 ? [] : [event])),
  "doubles events in the feed": withEvents((event, index) => (index === 0 ? [event, event] : [event])),
  "reorders events in the feed": (page) => ({ ...page, events: page.events.toReversed() }),
  "reports false positions in the feed": withEvents((event, _, all) => [
    { ...event, position: (all.at(-1) as StoredEvent).position },
  ]),
  "claims in the feed to have caught up": (page) => ({ ...page, isCaughtUp: true }),
};

/** Changes each event of a page. */
function withEvents(
  change: (event: StoredEvent, index: number, all: readonly StoredEvent[]) => readonly StoredEvent[],
): (page: FeedPage) => FeedPage {
  return (page) => ({ ...page, events: page.events.flatMap(change) });
}

function feeding(
  store: JetStreamEventStore,
  change: (page: FeedPage) => FeedPage,
): Pick<JetStreamEventStore, "readFeed"> {
  return {
    readFeed: async function* (options?: FeedOptions) {
      for await (const page of store.readFeed(options)) yield change(page);
    },
  };
}

function acknowledging(store: JetStreamEventStore): Pick<JetStreamEventStore, "saveEvent"> {
  let saves = 0;
  return {
    saveEvent: async (event: NewEvent): Promise<SaveReceipt> => {
      if (++saves % 50 !== 0) return store.saveEvent(event);
      const { id = "", version, timestamp = "" } = event;
      return { id, version, timestamp, position: "" as SaveReceipt["position"] };
    },
  };
}

function skipping(store: JetStreamEventStore): Pick<JetStreamEventStore, "getEvents"> {
  return {
    getEvents: async (actorId: string, fromVersion?: number): Promise<readonly Event[]> =>
      (await store.getEvents(actorId, fromVersion)).filter(
        (_, index, events) => index % 3 !== 1 || index === events.length - 1,
      ),
  };
}

/** Returns the events of an actor as they were at its first read, like a replica that stopped receiving updates. */
function stale(store: JetStreamEventStore): Pick<JetStreamEventStore, "getEvents"> {
  const firstReads = new Map<string, readonly Event[]>();
  return {
    getEvents: async (actorId: string, fromVersion = 0): Promise<readonly Event[]> => {
      const events = firstReads.get(actorId) ?? (await store.getEvents(actorId));
      firstReads.set(actorId, events);
      return events.filter(({ version }) => version >= fromVersion);
    },
  };
}

/** Returns a proxy of the target with some methods replaced. */
function overriding<Target extends object>(target: Target, methods: object): Target {
  return new Proxy(target, {
    get(_, property) {
      const value: unknown = Reflect.get(property in methods ? methods : target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
