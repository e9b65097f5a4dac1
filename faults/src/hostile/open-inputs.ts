import { JetStreamEventStore, type JetStreamStoreOptions, type NatsConnection } from "@aether/store-jetstream";
import fc from "fast-check";
import { expectRefusal, expectValue, outcomeOf, type Property, property } from "./property.ts";
import { loneSurrogate, name } from "./texts.ts";
import { anything, anythingBut, type Make } from "./values.ts";

const INVALID_ARGUMENT = "AETHER_INVALID_ARGUMENT";

/** Longer names are refused once they are encoded. */
const isShort = (text: string | undefined): boolean => text === undefined || text.length <= 15;

const isText = (value: unknown): boolean => typeof value === "string";
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const noName: fc.Arbitrary<Make> = fc.oneof(
  fc.oneof(fc.constant(""), loneSurrogate).map((value) => () => value),
  anythingBut(isText),
);

const brokenOption: fc.Arbitrary<Make> = fc.oneof(
  anythingBut(() => false).map((make) => () => (hasStreamName(make()) ? null : make())),
  field("streamName", noName),
  field("namespace", noName),
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
    "bus",
    anything.filter((make) => make() !== undefined),
  ),
  field(
    "onBusError",
    anything.filter((make) => !["undefined", "function"].includes(typeof make())),
  ),
);

function field(option: string, values: fc.Arbitrary<Make>): fc.Arbitrary<Make> {
  return values.map((make) => () => ({ streamName: "never", [option]: make() }));
}

function hasStreamName(value: unknown): boolean {
  try {
    return typeof (value as { streamName?: unknown }).streamName === "string";
  } catch {
    return false;
  }
}

/** What must hold for opening a store, whatever it is called. */
export function openProperties(
  connection: NatsConnection,
  deleteStream: (name: string) => Promise<void>,
  opened: (streamName: string) => void,
): readonly Property[] {
  const names = new Map<string, string>();
  return [
    property(
      "stores of any name are stores of their own",
      fc.tuple(name, fc.option(name, { nil: undefined })),
      async ([streamName, namespace]) => {
        const options = {
          streamName,
          streamRetention: "forever",
          ...(namespace === undefined ? {} : { namespace }),
        } as const;
        const outcome = await outcomeOf(() => JetStreamEventStore.open(connection, options));
        if (!("value" in outcome) && !(isShort(streamName) && isShort(namespace)))
          return expectRefusal(outcome, INVALID_ARGUMENT);
        const store = expectValue(outcome);
        opened(store.streamName);
        const given = JSON.stringify([namespace, streamName]);
        const known = names.get(store.streamName) ?? given;
        names.set(store.streamName, given);
        if (known !== given) throw new Error(`${given} and ${known} are both ${store.streamName}`);
        await store.saveEvent({ actorId: "a-1", version: 1, eventType: "Tested", data: {} });
        if ((await store.getEvents("a-1")).length !== 1) throw new Error("the event is not read");
        await store.close();
        await deleteStream(store.streamName);
      },
      5,
    ),

    property("options that make no sense are refused", brokenOption, async (make) => {
      const options = make() as JetStreamStoreOptions;
      expectRefusal(await outcomeOf(() => JetStreamEventStore.open(connection, options)), INVALID_ARGUMENT);
    }),

    property("what is no connection is refused", anything, async (make) => {
      const options = { streamName: "never" };
      expectRefusal(
        await outcomeOf(() => JetStreamEventStore.open(make() as NatsConnection, options)),
        INVALID_ARGUMENT,
      );
    }),
  ];
}
