import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StreamMode } from "../src/options.ts";
import { ApiError } from "../src/protocol/api-error.ts";
import { Deadline } from "../src/protocol/ask-again.ts";
import type { JetStreamApi, StreamInfo } from "../src/protocol/jetstream-api.ts";
import { NoReplyError, type NoReplyReason } from "../src/protocol/no-reply-error.ts";
import { ensureStream } from "../src/stream/ensure-stream.ts";
import { infoOf, planOfEvents } from "./support/stream-plans.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const plan = planOfEvents({ replicaCount: 3 });
const info = infoOf(plan);
const silence = (reason: NoReplyReason): NoReplyError => new NoReplyError(reason, "$JS.API");
const refusal = (err_code: number, code = 503): ApiError => new ApiError({ code, err_code });
const notFound = refusal(10_059);

/** Opens a stream on a fake server that returns these results in order. Further requests find a stream. */
function opening(...ends: readonly (Error | StreamInfo)[]) {
  return openingAs("create", ...ends);
}

function openingAs(mode: StreamMode, ...ends: readonly (Error | StreamInfo)[]) {
  const left = [...ends];
  const answer = async (): Promise<StreamInfo> => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const end = left.shift() ?? info;
    if (end instanceof Error) throw end;
    return end;
  };
  const asked = { streamInfo: vi.fn(answer), createStream: vi.fn(answer), updateStream: vi.fn(answer) };
  const options = { mode, serverVersion: "2.15.2" } as const;
  const api = asked as unknown as JetStreamApi;
  const opened = ensureStream(api, plan, options, new Deadline(10_000));
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

test("a stream that another process is creating in a cluster is asked for again until it is found", async () => {
  const nameInUse = refusal(10_058, 400);
  const { opened, asked } = opening(notFound, nameInUse, notFound, nameInUse, info);
  await vi.runAllTimersAsync();
  expect(await opened).toBe(info);
  expect(asked.createStream).toHaveBeenCalledTimes(2);
});

test("a stream that the server does not find although it is being created is created again", async () => {
  const { opened, asked } = opening(notFound, notFound, notFound, info);
  await vi.runAllTimersAsync();
  expect(await opened).toBe(info);
  expect(asked.createStream).toHaveBeenCalledTimes(3);
});

test("the deadline ends the attempts", async () => {
  const { opened, asked } = opening(...Array.from({ length: 1_000 }, () => silence("time-out")));
  await vi.runAllTimersAsync();
  await expect(opened).rejects.toMatchObject({ reason: "time-out" });
  expect(asked.streamInfo).toHaveBeenCalledTimes(10);
});

const limited = infoOf(plan, { max_msgs_per_subject: 3 });

test.each([10_034, 10_052, 10_065, 10_069, 10_074])(
  "an update that the server rejects with %i is a mismatch",
  async (code) => {
    const answer = refusal(code, 400);
    const { opened } = openingAs("update", limited, answer);
    await vi.runAllTimersAsync();
    const differences = [{ setting: "max_msgs_per_subject", expected: -1, actual: 3 }];
    await expect(opened).rejects.toMatchObject({ code: "AETHER_STREAM_MISMATCH", differences, cause: answer });
  },
);

test.each([
  { situation: "there is no space", error: refusal(10_047) },
  { situation: "JetStream is not enabled", error: refusal(10_039) },
  { situation: "the stream was deleted", error: refusal(10_059) },
  { situation: "the update is not permitted", error: silence("not permitted") },
])("an update that fails because $situation is no mismatch", async ({ error }) => {
  const { opened } = openingAs("update", limited, error);
  await vi.runAllTimersAsync();
  await expect(opened).rejects.toBe(error);
});

test("an update that the server confirms but does not make is a mismatch", async () => {
  const { opened, asked } = openingAs("update", limited, limited);
  await vi.runAllTimersAsync();
  await expect(opened).rejects.toMatchObject({ differences: [{ setting: "max_msgs_per_subject" }] });
  expect(asked.updateStream).toHaveBeenCalledTimes(1);
});

test("an update keeps the settings that it does not have to change", async () => {
  const current = infoOf(plan, { max_msgs_per_subject: 3, description: "ours", republish: { dest: "x.>" } });
  const { opened, asked } = openingAs("update", current);
  await vi.runAllTimersAsync();
  expect(await opened).toBe(info);
  const sent = { ...current.config, max_msgs_per_subject: -1 };
  expect(asked.updateStream).toHaveBeenCalledWith(sent, expect.any(Number));
});
