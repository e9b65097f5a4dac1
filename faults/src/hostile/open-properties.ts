import type { NatsConnection } from "@aether/nats";
import { JetStreamEventStore, type JetStreamStoreOptions } from "@aether/store-jetstream";
import fc from "fast-check";
import { expectRejection, expectValue, outcomeOf } from "./outcome.ts";
import { type Property, property } from "./property.ts";
import { name } from "./texts.ts";
import { anything, anythingBut, invalidName, type MakeValue } from "./values.ts";

const INVALID_ARGUMENT = "AETHER_INVALID_ARGUMENT";

/** Length above which names may be rejected, because their encoded form may be too long. */
const isShort = (text: string | undefined): boolean => text === undefined || text.length <= 15;

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const invalidOptions: fc.Arbitrary<MakeValue> = fc.oneof(
  anythingBut(() => false).map((make) => () => (hasStreamName(make()) ? null : make())),
  field("streamName", invalidName),
  field("namespace", invalidName),
  field(
    "streamRetention",
    anythingBut((value) => isCount(value) || value === "forever"),
  ),
  field("streamRetention", fc.constantFrom(...[0, -1, 1.5, 2 ** 53].map((value) => () => value))),
  field("replicaCount", fc.constantFrom(...[0, 6, -1, 1.5, Number.NaN].map((value) => () => value))),
  field("snapshotHistory", anythingBut(isCount)),
  field("cacheSize", anythingBut(isCount)),
  field("ackTimeoutMs", anythingBut(isCount)),
  field("maxInFlight", anythingBut(isCount)),
  field(
    "stream",
    anything.filter((make) => make() !== undefined),
  ),
  field(
    "truncatedHistory",
    anything.filter((make) => make() !== undefined),
  ),
  field(
    "whileDisconnected",
    anything.filter((make) => make() !== undefined),
  ),
  field(
    "bus",
    anything.filter((make) => make() !== undefined),
  ),
  field(
    "onBusError",
    anything.filter((make) => !["undefined", "function"].includes(typeof make())),
  ),
);

function field(option: string, values: fc.Arbitrary<MakeValue>): fc.Arbitrary<MakeValue> {
  return values.map((make) => () => ({ streamName: "never", [option]: make() }));
}

function hasStreamName(value: unknown): boolean {
  try {
    return typeof (value as { streamName?: unknown }).streamName === "string";
  } catch {
    return false;
  }
}

/**
 * Properties of opening a store, for names and options of any kind.
 *
 * @param opened - called with the name of each stream that a store creates
 */
export function openProperties(
  connection: NatsConnection,
  deleteStream: (name: string) => Promise<void>,
  opened: (streamName: string) => void,
): readonly Property[] {
  const names = new Map<string, string>();
  return [
    property(
      "stores with different names are separate",
      fc.tuple(name, fc.option(name, { nil: undefined })),
      async ([streamName, namespace]) => {
        const options = {
          streamName,
          streamRetention: "forever",
          ...(namespace === undefined ? {} : { namespace }),
        } as const;
        const outcome = await outcomeOf(() => JetStreamEventStore.open(connection, options));
        if (!("value" in outcome) && !(isShort(streamName) && isShort(namespace)))
          return expectRejection(outcome, INVALID_ARGUMENT);
        const store = expectValue(outcome);
        opened(store.streamName);
        const given = JSON.stringify([namespace, streamName]);
        const known = names.get(store.streamName) ?? given;
        names.set(store.streamName, given);
        if (known !== given) throw new Error(`${given} and ${known} share the stream ${store.streamName}`);
        await store.saveEvent({ actorId: "a-1", version: 1, eventType: "Tested", data: {} });
        if ((await store.getEvents("a-1")).length !== 1) throw new Error("the saved event is not read");
        await store.close();
        await deleteStream(store.streamName);
      },
      5,
    ),

    property("invalid options are rejected", invalidOptions, async (make) => {
      const options = make() as JetStreamStoreOptions;
      expectRejection(await outcomeOf(() => JetStreamEventStore.open(connection, options)), INVALID_ARGUMENT);
    }),

    property("a value that is not a connection is rejected", anything, async (make) => {
      const options = { streamName: "never" };
      expectRejection(
        await outcomeOf(() => JetStreamEventStore.open(make() as NatsConnection, options)),
        INVALID_ARGUMENT,
      );
    }),
  ];
}
