import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../src/protocol/api-error.ts";
import { Deadline } from "../src/protocol/ask-again.ts";
import type { JetStreamApi, StreamConfig, StreamInfo } from "../src/protocol/jetstream-api.ts";
import { NoReplyError, type NoReplyReason } from "../src/protocol/no-reply-error.ts";
import { ensureStream } from "../src/stream/ensure-stream.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const config = { name: "es", num_replicas: 3 } as StreamConfig;
const info: StreamInfo = { config, created: "2026-01-01T00:00:00Z", state: { first_seq: 0, last_seq: 0 } };
const silence = (reason: NoReplyReason): NoReplyError => new NoReplyError(reason, "$JS.API");
const refusal = (err_code: number): ApiError => new ApiError({ code: 503, err_code });
const notFound = refusal(10_059);

/** Opens a stream on a fake server that returns these results in order. Further requests find a stream. */
function opening(...ends: readonly (Error | StreamInfo)[]) {
  const left = [...ends];
  const answer = async (): Promise<StreamInfo> => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const end = left.shift() ?? info;
    if (end instanceof Error) throw end;
    return end;
  };
  const asked = { streamInfo: vi.fn(answer), createStream: vi.fn(answer) };
  const options = { mode: "create", serverVersion: "2.15.2" } as const;
  const api = asked as unknown as JetStreamApi;
  const opened = ensureStream(api, { config, binding: ["num_replicas"] }, options, new Deadline(10_000));
  opened.catch(() => {});
  return { opened, asked };
}

test.each([
  { situation: "no answer came in time", error: silence("time-out") },
  { situation: "the connection was lost", error: silence("connection lost") },
  { situation: "the answer could not be read", error: silence("unreadable") },
  { situation: "there was no leader", error: refusal(10_008) },
  { situation: "the leader did not know all servers yet", error: refusal(10_005) },
])("a request is sent again if $situation", async ({ error }) => {
  const { opened, asked } = opening(error, notFound, error, error);
  await vi.runAllTimersAsync();
  expect(await opened).toBe(info);
  expect(asked.streamInfo).toHaveBeenCalledTimes(2);
  expect(asked.createStream).toHaveBeenCalledTimes(3);
});

test.each([
  { situation: "there is no JetStream", error: silence("no responders") },
  { situation: "the request is not permitted", error: silence("not permitted") },
  { situation: "answers are not permitted", error: silence("inbox refused") },
  { situation: "the connection is closed", error: silence("connection closed") },
  { situation: "JetStream is not enabled", error: refusal(10_076) },
])("a request is not sent again if $situation", async ({ error }) => {
  const { opened, asked } = opening(error);
  await vi.runAllTimersAsync();
  await expect(opened).rejects.toBe(error);
  expect(asked.streamInfo).toHaveBeenCalledTimes(1);
});

test("the deadline ends the attempts", async () => {
  const { opened, asked } = opening(...Array.from({ length: 1_000 }, () => silence("time-out")));
  await vi.runAllTimersAsync();
  await expect(opened).rejects.toMatchObject({ reason: "time-out" });
  expect(asked.streamInfo).toHaveBeenCalledTimes(10);
});
