import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { JetStreamApi, StreamInfo } from "../src/protocol/jetstream-api.ts";
import type { Link } from "../src/protocol/link.ts";
import { NoReplyError } from "../src/protocol/no-reply-error.ts";
import { StreamWatch } from "../src/stream/stream-watch.ts";

const info = (last: number, replicas = 3, created = "2026-01-01T00:00:00Z"): StreamInfo => ({
  config: { num_replicas: replicas },
  created,
  state: { first_seq: 1, last_seq: last },
});

interface Scene {
  readonly watch: StreamWatch;
  /** What the server answers from now on. */
  answer: StreamInfo | NoReplyError;
  reconnect(): void;
  close(): void;
}

function scene(replicas = 3): Scene {
  let listener = (): void => {};
  let closed = false;
  const link = {
    get isClosed() {
      return closed;
    },
    onReconnect: (heard: () => void) => {
      listener = heard;
      return () => {};
    },
  } as unknown as Link;
  const api = {
    streamInfo: async () => {
      if (made.answer instanceof NoReplyError) throw made.answer;
      return made.answer;
    },
  } as unknown as JetStreamApi;
  const made: Scene = {
    watch: new StreamWatch(link, api, "es", info(10, replicas)),
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

describe("a server that answers with less than the stream had reached", () => {
  test("of a stream with one replica: it was reset", async () => {
    const { watch, ...of } = scene(1);
    watch.saw(20);
    await expect(watch.verify()).rejects.toMatchObject(reset);
    expect(() => watch.check()).toThrow(/went back from 20 to 10/);
    of.close();
  });

  test("of a replicated stream: it may not know yet that it leads no more, and the true leader clears it up", async () => {
    const it = scene();
    it.watch.saw(20);
    await expect(it.watch.verify()).rejects.toMatchObject(outdated);
    it.watch.check();
    expect(it.watch.checking).toBeDefined(); // nothing is written meanwhile
    it.answer = info(21);
    await it.watch.verify();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(it.watch.checking).toBeUndefined();
    await vi.advanceTimersByTimeAsync(60_000);
    it.answer = info(10); // another time, much later
    await expect(it.watch.verify()).rejects.toMatchObject(outdated);
    it.close();
    await vi.advanceTimersByTimeAsync(1_000);
  });

  test("for longer than a leader can be wrong: it was reset", async () => {
    const it = scene();
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

  test("silence in between proves nothing", async () => {
    const it = scene();
    it.watch.saw(20);
    await expect(it.watch.verify()).rejects.toMatchObject(outdated);
    it.answer = new NoReplyError("time-out", "es");
    await vi.advanceTimersByTimeAsync(40_000);
    it.answer = info(10);
    await expect(it.watch.verify()).rejects.toMatchObject(outdated);
    it.watch.check();
    it.close();
    await vi.advanceTimersByTimeAsync(1_000);
  });

  test("and which was made at another time was reset, however many replicas it has", async () => {
    const it = scene();
    it.answer = info(10, 3, "2026-01-02T00:00:00Z");
    await expect(it.watch.verify()).rejects.toMatchObject(reset);
  });
});
