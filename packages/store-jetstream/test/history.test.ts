import { expect, test } from "vitest";
import type { JetStreamApi, StreamInfo } from "../src/protocol/jetstream-api.ts";
import type { Link } from "../src/protocol/link.ts";
import type { StoredMessage } from "../src/protocol/stored-message.ts";
import { History } from "../src/replay/history.ts";
import type { MessageRange, PullReader } from "../src/replay/pull-reader.ts";
import { StreamWatch } from "../src/stream/stream-watch.ts";
import { VersionCache } from "../src/version-cache.ts";

const actor = { id: "a", subject: "es.events.~.a" };
const message = (sequence: number, version: number): StoredMessage => ({
  sequence,
  data: new TextEncoder().encode(JSON.stringify(event(version))),
  header: (name) => (name === "Aether-Versions" ? `${version}-${version}/1` : "0"),
});
const event = (version: number) => ({
  id: `e${version}`,
  actorId: "a",
  version,
  eventType: "T",
  data: {},
  timestamp: "2026-01-01T00:00:00Z",
});

/** A history whose cache forgets the actor whenever the leader is asked, as a save with an unknown outcome makes it. */
function forgetful(): { readonly history: History; readonly asked: MessageRange[] } {
  const cache = new VersionCache(10);
  const asked: MessageRange[] = [];
  const forgetting = <T>(answer: T): Promise<T> =>
    Promise.resolve(answer).finally(() => queueMicrotask(() => queueMicrotask(() => cache.drop("a"))));
  const api = {
    lastMessage: () => forgetting(message(500, 50)),
    nextMessage: (_: string, sequence: number) => forgetting(message(sequence, Math.ceil(sequence / 10))),
  } as unknown as JetStreamApi;
  const reader = {
    read: async function* (_: unknown, range: MessageRange) {
      asked.push(range);
      yield [message(20, 2)];
    },
  } as unknown as PullReader;
  const watch = { saw: () => {} } as unknown as StreamWatch;
  return { history: new History({ api, reader, cache, watch, expiry: undefined, patienceMs: 0 }), asked };
}

test("what the leader has is what a read must reach, also when the cache forgets it meanwhile", async () => {
  const { history, asked } = forgetful();
  const range = { fromVersion: 2, signal: undefined };
  for await (const { events } of history.read(actor, range)) expect(events.map(({ version }) => version)).toEqual([2]);
  expect(asked).toMatchObject([{ knownSequence: 500 }]);
});

test("a replica that lags behind does not make a saved event another's", async () => {
  const { history, asked } = forgetful();
  const { head, sameEvents } = await history.compare(actor, [event(2)], 500);
  expect({ version: head.version, sameEvents }).toEqual({ version: 50, sameEvents: true });
  const first = await history.compare(actor, [event(1)], 500);
  expect(first.sameEvents).toBe(false);
  expect(asked.map(({ knownSequence }) => knownSequence)).toEqual([500, 500]);
});

/** A stream of three replicas, as the new leader tells of it. */
const stream: StreamInfo = {
  config: { num_replicas: 3 },
  created: "2026-01-01T00:00:00Z",
  state: { first_seq: 1, last_seq: 500 },
};

test.each([
  { outdated: [1], tellsOfStream: "old" },
  { outdated: [2], tellsOfStream: "old" },
  { outdated: [1, 2], tellsOfStream: "old" },
  { outdated: [1, 2], tellsOfStream: "new" },
  { outdated: [1, 2, 3, 4, 5, 6], tellsOfStream: "new" },
] as const)(
  "an outdated leader that gives answers $outdated does not make a saved event another's, when the $tellsOfStream one tells of the stream",
  async ({ outdated, tellsOfStream }) => {
    const cache = new VersionCache(10);
    let answers = 0;
    let isOutdated = false;
    const api = {
      // What was known is forgotten all the time, and the old leader has nothing of the event yet.
      lastMessage: async () => {
        cache.drop("a");
        answers++;
        isOutdated = outdated.some((each) => each === answers);
        return isOutdated ? message(10, 1) : message(500, 50);
      },
      nextMessage: async (_: string, sequence: number) => message(sequence, Math.ceil(sequence / 10)),
      streamInfo: async () =>
        isOutdated && tellsOfStream === "old" ? { ...stream, state: { ...stream.state, last_seq: 10 } } : stream,
    } as unknown as JetStreamApi;
    const reader = {
      read: async function* () {
        cache.drop("a");
        yield [message(20, 2)];
      },
    } as unknown as PullReader;
    const link = { onReconnect: () => {}, isClosed: false } as unknown as Link;
    const watch = new StreamWatch(link, api, "es", stream);
    const history = new History({ api, reader, cache, watch, expiry: undefined, patienceMs: 30_000 });
    const { head, sameEvents } = await history.compare(actor, [event(2)], 500);
    expect({ version: head.version, sameEvents }).toEqual({ version: 50, sameEvents: true });
  },
);
