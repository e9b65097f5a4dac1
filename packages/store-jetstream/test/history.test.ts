import { expect, test } from "vitest";
import { HeadCache } from "../src/head-cache.ts";
import { Deadline } from "../src/protocol/ask-again.ts";
import type { JetStreamApi } from "../src/protocol/jetstream-api.ts";
import type { Link } from "../src/protocol/link.ts";
import { MessageSizes } from "../src/protocol/message-sizes.ts";
import { Positions } from "../src/protocol/positions.ts";
import type { StoredMessage } from "../src/protocol/stored-message.ts";
import { CommitDecoder } from "../src/read/commit-decoder.ts";
import { Heads } from "../src/read/heads.ts";
import { History } from "../src/read/history.ts";
import { LastMessages } from "../src/read/last-messages.ts";
import type { MessageRange, MessageReader } from "../src/read/message-reader.ts";
import type { ReadGoal } from "../src/read/read-goal.ts";
import { SingleMessages } from "../src/read/single-messages.ts";
import { StreamWatch } from "../src/stream/stream-watch.ts";
import { infoOf, planOfEvents } from "./support/stream-plans.ts";

const actor = { id: "a", subject: "es.events.c.~.a" };
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

/** The leader's description of a stream with three replicas. */
const plan = planOfEvents({ replicaCount: 3 });
const stream = infoOf(plan, {}, { first_seq: 1, last_seq: 500 });

interface FakeRead {
  readonly range: MessageRange;
  /** True if a read that continues at this sequence may end. */
  readonly mayEndAt: (sequence: number) => Promise<boolean>;
}

/** A history on a fake server that returns these answers. Each read finds one event, with version 2. */
function historyOn(api: Partial<JetStreamApi>, cache: HeadCache) {
  const reads: FakeRead[] = [];
  const reader = {
    read: async function* (_: unknown, range: MessageRange, goal: ReadGoal) {
      cache.drop("a");
      reads.push({ range, mayEndAt: (sequence) => goal.isReachedBy(sequence) });
      yield [message(20, 2)];
    },
  } as unknown as MessageReader;
  const link = { onReconnect: () => {}, isClosed: false } as unknown as Link;
  const server = api as JetStreamApi;
  const watch = new StreamWatch(link, server, plan, stream, 100);
  const messages = new SingleMessages(link, server, {
    streamName: "es",
    sizes: new MessageSizes(link, () => false),
    isReplicated: () => true,
    consumerPrefix: "c",
  });
  const lastMessages = new LastMessages(messages, watch, cache);
  const positions = new Positions("2026-01-01T00:00:00Z");
  const decoder = new CommitDecoder(messages, positions);
  const guard = { expiry: undefined };
  const heads = new Heads({ messages, lastMessages, reader, decoder, cache, watch, guard });
  const history = new History({ messages, heads, lastMessages, reader, decoder, positions, cache, watch, guard });
  return { heads, history, reads };
}

/** A history whose cache drops the actor on each request to the leader, as after a save with an unknown outcome. */
function forgetful() {
  const cache = new HeadCache(10);
  const forgetting = <T>(answer: T): Promise<T> =>
    Promise.resolve(answer).finally(() => queueMicrotask(() => queueMicrotask(() => cache.drop("a"))));
  let requests = 0;
  const api = {
    lastMessage: () => {
      requests++;
      return forgetting(message(500, 50));
    },
    nextMessage: (_: string, sequence: number) => forgetting(message(sequence, Math.ceil(sequence / 10))),
    streamInfo: async () => stream,
  };
  return { ...historyOn(api, cache), requests: () => requests };
}

const deadline = (): Deadline => new Deadline(30_000);

test("a read must reach the leader's last message, even if the cache forgets it meanwhile", async () => {
  const { history, reads } = forgetful();
  for await (const { events } of history.read(actor, { fromVersion: 2 }, deadline())) {
    expect(events.map(({ version }) => version)).toEqual([2]);
  }
  const [read] = reads;
  expect(await read?.mayEndAt(501)).toBe(true);
  expect(await read?.mayEndAt(500)).toBe(false);
});

test("a lagging replica does not make a saved event look like another writer's", async () => {
  const { heads, history, reads, requests } = forgetful();
  const current = await heads.current(actor, deadline(), 500);
  expect(current.head.version).toBe(50);
  expect(await history.hasEvents(actor, [event(2)], current, deadline())).toBe(true);
  expect(await history.hasEvents(actor, [event(1)], current, deadline())).toBe(false);
  expect(requests()).toBe(1); // The head is not requested again.
  for (const read of reads) expect(await read.mayEndAt(500)).toBe(false);
});

test.each([
  { outdated: [1], streamInfoFrom: "former" },
  { outdated: [2], streamInfoFrom: "former" },
  { outdated: [1, 2], streamInfoFrom: "former" },
  { outdated: [1, 2], streamInfoFrom: "current" },
  { outdated: [1, 2, 3, 4, 5, 6], streamInfoFrom: "current" },
] as const)(
  "answers $outdated of a former leader do not hide a saved event, with stream info of the $streamInfoFrom leader",
  async ({ outdated, streamInfoFrom }) => {
    const cache = new HeadCache(10);
    let answers = 0;
    let isOutdated = false;
    const api = {
      // The cache always drops the actor, and the former leader does not have the event yet.
      lastMessage: async () => {
        cache.drop("a");
        answers++;
        isOutdated = outdated.some((each) => each === answers);
        return isOutdated ? message(10, 1) : message(500, 50);
      },
      nextMessage: async (_: string, sequence: number) => message(sequence, Math.ceil(sequence / 10)),
      streamInfo: async () =>
        isOutdated && streamInfoFrom === "former" ? { ...stream, state: { ...stream.state, last_seq: 10 } } : stream,
    };
    const { heads, history } = historyOn(api, cache);
    const current = await heads.current(actor, deadline(), 500);
    expect(current.head.version).toBe(50);
    expect(await history.hasEvents(actor, [event(2)], current, deadline())).toBe(true);
  },
);
