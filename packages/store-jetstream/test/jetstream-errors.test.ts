import { readFileSync } from "node:fs";
import { isAetherError } from "@aether/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { JetStreamEventStore } from "../src/index.ts";
import { type Answer, ScriptedJetStream } from "./support/scripted-jetstream.ts";

/** All error codes of nats-server 2.9.10, 2.12.15 and 2.15.2, from the `server/errors.json` of each. */
const errors = readFileSync(new URL("golden/jetstream-errors.txt", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => {
    const [code, status, ...words] = line.split(" ");
    return { err_code: Number(code), code: Number(status), description: words.join(" ") };
  });

/** 10077 contains an error of the server's storage. The descriptions are from `server/store.go`. */
const storeFailures = [
  { text: "maximum messages exceeded", code: "AETHER_STORE_FULL" },
  { text: "maximum bytes exceeded", code: "AETHER_STORE_FULL" },
  { text: "maximum messages per subject exceeded", code: "AETHER_STORE_FULL" },
  { text: "message too large", code: "AETHER_EVENT_TOO_LARGE" },
  { text: "store is closed", code: "AETHER_STORE_UNAVAILABLE" },
  { text: "write es/1.blk: no space left on device", code: "AETHER_OUTCOME_UNKNOWN" },
].map(({ text, code }) => ({ error: { err_code: 10_077, code: 503, description: text }, code }));

const full = [10_002, 10_023, 10_027, 10_028, 10_047, 10_113, 10_122];
const tooLarge = [10_054, 10_097];
const retried = [10_005, 10_008, 10_026, 10_118, 10_119, 10_158, 10_163, 10_164, 10_167];

const overTime = 15_000;
const event = { actorId: "a", version: 1, eventType: "Tested", data: {} };
const open = (connection: ScriptedJetStream) =>
  JetStreamEventStore.open(connection, { streamName: "es", streamRetention: "forever", ackTimeoutMs: 1_000 });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An open store on a stream that it has created. Its actor `a` has one event. */
async function openStore(): Promise<{ connection: ScriptedJetStream; store: JetStreamEventStore }> {
  const connection = new ScriptedJetStream();
  const store = await open(connection);
  await store.saveEvent(event);
  return { connection, store };
}

/** Calls that answer with an error to one kind of request. */
const calls: Readonly<Record<string, (answer: Answer) => Promise<unknown>>> = {
  save: async (answer) => {
    const { connection, store } = await openStore();
    connection.on("es.events.", answer);
    return store.saveEvent({ ...event, actorId: "b" });
  },
  "read events": async (answer) => {
    const { connection, store } = await openStore();
    connection.on("$JS.API.CONSUMER.CREATE.", answer);
    return store.getEvents("a");
  },
  "read the latest version": async (answer) => {
    const { connection, store } = await openStore();
    connection.on("$JS.API.STREAM.MSG.GET.", answer);
    return store.getLatestVersion("b");
  },
  "save a snapshot": async (answer) => {
    const { connection, store } = await openStore();
    connection.on("es~~snapshots.", answer);
    return store.saveSnapshot({ actorId: "a", version: 1, state: {} });
  },
  "save the first snapshot": async (answer) => {
    const { connection, store } = await openStore();
    connection.on("$JS.API.STREAM.CREATE.", answer);
    return store.saveSnapshot({ actorId: "a", version: 1, state: {} });
  },
  "open stream es": async (answer) => {
    const connection = new ScriptedJetStream();
    connection.on("$JS.API.STREAM.INFO.", { error: { code: 404, err_code: 10_059, description: "stream not found" } });
    connection.on("$JS.API.STREAM.CREATE.", answer);
    return open(connection);
  },
};

async function outcomeOf(call: string, error: object): Promise<unknown> {
  const [outcome] = await outcomesOf(call, [error]);
  return outcome;
}

/** The outcomes of calls that run at the same time, each on a store of its own. */
async function outcomesOf(call: string, answers: readonly object[]): Promise<readonly unknown[]> {
  const outcomes = answers.map((error) =>
    calls[call]?.({ error }).then(
      () => "succeeded",
      (thrown: unknown) => thrown,
    ),
  );
  await vi.advanceTimersByTimeAsync(overTime);
  return Promise.all(outcomes);
}

/** Codes of the errors that users see, by JetStream's error code. All others are `AETHER_STORE_UNAVAILABLE`. */
const expected: Readonly<Record<string, ReadonlyMap<number, string>>> = {
  save: new Map([
    ...full.map((code) => [code, "AETHER_STORE_FULL"] as const),
    ...tooLarge.map((code) => [code, "AETHER_EVENT_TOO_LARGE"] as const),
    [10_071, "AETHER_CONTENTION"],
    [10_077, "AETHER_OUTCOME_UNKNOWN"],
    [10_164, "AETHER_OUTCOME_UNKNOWN"],
  ]),
  "read events": new Map(),
  "read the latest version": new Map([[10_037, "succeeded"]]),
  "save a snapshot": new Map([
    ...full.map((code) => [code, "AETHER_STORE_FULL"] as const),
    ...tooLarge.map((code) => [code, "AETHER_EVENT_TOO_LARGE"] as const),
  ]),
  "save the first snapshot": new Map(full.map((code) => [code, "AETHER_STORE_FULL"])),
  "open stream es": new Map(full.map((code) => [code, "AETHER_STORE_FULL"])),
};

/** True if another answer than this error, or none, may end the call. */
const isRetried = (call: string, code: number): boolean =>
  code === 10_058 || (call === "save the first snapshot" && [...retried, 10_059].includes(code));

test("the list of error codes is complete", () => expect(errors.length).toBeGreaterThan(220));

describe.each(Object.keys(calls))("%s", (call) => {
  test("rejects with the error that is documented for each code of JetStream", async () => {
    const ends = await outcomesOf(call, errors);
    const outcomes = errors.map((error, index) => ({ ...error, outcome: ends[index] }));
    const found = outcomes.map(({ err_code, outcome }) => [err_code, isAetherError(outcome) ? outcome.code : outcome]);
    expect(found).toEqual(
      errors.map(({ err_code }) => [err_code, expected[call]?.get(err_code) ?? "AETHER_STORE_UNAVAILABLE"]),
    );
    for (const { err_code, description, outcome } of outcomes) {
      if (isAetherError(outcome, "AETHER_STORE_UNAVAILABLE")) {
        expect(outcome.operation).toBe(call.replace("the first", "a"));
        if (!isRetried(call, err_code)) expect(outcome.reason).toContain(`${description} (${err_code})`);
      }
      if (isAetherError(outcome, "AETHER_STORE_FULL"))
        expect(outcome.reason).toMatch(/ \(\d{5}\); (raise|create|lower) /);
    }
  });
});

test.each(storeFailures)(
  "a save rejects with $code if the storage answers $error.description",
  async ({ error, code }) => {
    expect(await outcomeOf("save", error)).toMatchObject({ code });
  },
);

test.each([
  { description: "no suitable peers for placement, insufficient storage", code: "AETHER_STORE_FULL" },
  {
    description: "no suitable peers for placement, peer offline, insufficient storage",
    code: "AETHER_STORE_UNAVAILABLE",
  },
  { description: "no suitable peers for placement", code: "AETHER_STORE_UNAVAILABLE" },
])("open rejects with $code if there are $description", async ({ description, code }) => {
  const outcome = await outcomeOf("open stream es", { err_code: 10_005, code: 400, description });
  expect(outcome).toMatchObject({ code, reason: expect.stringContaining(description) });
});

test.each([
  { what: "too many requests", error: { code: 429, err_code: 10_167, description: "too many requests" } },
  { what: "a stream that is offline", error: { code: 500, err_code: 10_118, description: "stream is offline" } },
])("a save is sent again after $what", async ({ error }) => {
  const { connection, store } = await openStore();
  connection.on("es.events.", { error });
  const saving = store.saveEvent({ ...event, version: 2 });
  await vi.advanceTimersByTimeAsync(200);
  connection.on("es.events.", { stream: "es", seq: 2 });
  await vi.advanceTimersByTimeAsync(200);
  expect(await saving).toMatchObject({ version: 2 });
});

test("a read is repeated while the stream has too many consumers", async () => {
  const { connection, store } = await openStore();
  const error = { code: 400, err_code: 10_026, description: "maximum consumers limit reached" };
  connection.on("$JS.API.CONSUMER.CREATE.", { error });
  const reading = store.getEvents("b");
  await vi.advanceTimersByTimeAsync(200);
  connection.on("$JS.API.CONSUMER.CREATE.", { num_pending: 0 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await reading).toEqual([]);
});
