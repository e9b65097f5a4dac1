import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { JetStreamApi, StreamInfo } from "../src/protocol/jetstream-api.ts";
import type { Link } from "../src/protocol/link.ts";
import { NoReplyError } from "../src/protocol/no-reply-error.ts";
import { StreamWatch } from "../src/stream/stream-watch.ts";
import { infoOf, planOfEvents } from "./support/stream-plans.ts";

const plan = planOfEvents();
const info = (last: number, replicas = 3, created?: string): StreamInfo =>
  infoOf(plan, { num_replicas: replicas }, { first_seq: 1, last_seq: last }, created);

interface WatchedStream {
  readonly watch: StreamWatch;
  /** The server's next answers. */
  answer: StreamInfo | NoReplyError;
  reconnect(): void;
  close(): void;
}

function watchStream(replicas = 3, watched = plan): WatchedStream {
  let listener = (): void => {};
  let closed = false;
  const link = {
    get isClosed() {
      return closed;
    },
    onReconnect: (added: () => void) => {
      listener = added;
      return () => {};
    },
  } as unknown as Link;
  const api = {
    streamInfo: async () => {
      if (made.answer instanceof NoReplyError) throw made.answer;
      return made.answer;
    },
  } as unknown as JetStreamApi;
  const made: WatchedStream = {
    watch: new StreamWatch(link, api, watched, info(10, replicas), 100),
    answer: info(10, replicas),
    reconnect: () => listener(),
    close: () => {
      closed = true;
    },
  };
  return made;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const outdated = { reason: "outdated" };
const reset = { code: "AETHER_STREAM_RESET" };

describe("an answer that lacks messages that the stream had", () => {
  test("means a reset if the stream has one replica", async () => {
    const { watch, close } = watchStream(1);
    watch.saw(20);
    await expect(watch.verify(100)).rejects.toMatchObject(reset);
    expect(() => watch.check()).toThrow(/went back from 20 to 10/);
    close();
  });

  test("may come from a former leader if the stream is replicated, until the current leader answers", async () => {
    const it = watchStream();
    it.watch.saw(20);
    await expect(it.watch.verify(100)).rejects.toMatchObject(outdated);
    it.watch.check();
    expect(it.watch.checking).toBeDefined(); // nothing is written until then
    it.answer = info(21);
    await it.watch.verify(100);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(it.watch.checking).toBeUndefined();
    await vi.advanceTimersByTimeAsync(60_000);
    it.answer = info(10); // again, much later
    await expect(it.watch.verify(100)).rejects.toMatchObject(outdated);
    it.close();
    await vi.advanceTimersByTimeAsync(1_000);
  });

  test("means a reset if it persists longer than a leader can be outdated", async () => {
    const it = watchStream();
    it.watch.saw(20);
    it.reconnect();
    const { checking } = it.watch;
    await vi.advanceTimersByTimeAsync(20_000);
    it.watch.check();
    await vi.advanceTimersByTimeAsync(15_000);
    await checking;
    expect(it.watch.checking).toBeUndefined();
    expect(() => it.watch.check()).toThrow(/went back/);
  });

  test("does not count across a time without answers", async () => {
    const it = watchStream();
    it.watch.saw(20);
    await expect(it.watch.verify(100)).rejects.toMatchObject(outdated);
    it.answer = new NoReplyError("time-out", "es");
    await vi.advanceTimersByTimeAsync(40_000);
    it.answer = info(10);
    await expect(it.watch.verify(100)).rejects.toMatchObject(outdated);
    it.watch.check();
    it.close();
    await vi.advanceTimersByTimeAsync(1_000);
  });

  test("means a reset if the stream was created at another time, however many replicas it has", async () => {
    const it = watchStream();
    it.answer = info(10, 3, "2026-01-02T00:00:00Z");
    await expect(it.watch.verify(100)).rejects.toMatchObject(reset);
  });
});

describe("settings of an open store's stream", () => {
  test("that break its promises make every call fail, with the name of each", async () => {
    const it = watchStream();
    it.answer = infoOf(plan, { max_msgs_per_subject: 3, allow_msg_ttl: true });
    const mismatch = {
      code: "AETHER_STREAM_MISMATCH",
      streamName: "es",
      differences: [{ setting: "max_msgs_per_subject" }, { setting: "allow_msg_ttl" }],
    };
    await expect(it.watch.verify(100)).rejects.toMatchObject(mismatch);
    expect(() => it.watch.check()).toThrow(/max_msgs_per_subject is 3, but must be -1/);
    it.close();
  });

  test("that an option requested may be changed later, for example by a newer version of the application", async () => {
    const strict = planOfEvents({ replicaCount: 1, streamRetention: 1_000, maxBytes: 1_000_000 });
    const it = watchStream(1, strict);
    it.answer = infoOf(strict, { num_replicas: 3, max_age: 0, max_bytes: -1, deny_delete: true });
    await it.watch.verify(100);
    it.watch.check();
    expect(it.watch.isReplicated).toBe(true);
    it.close();
  });
});
