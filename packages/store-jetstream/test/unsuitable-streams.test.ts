import { afterEach, describe, expect, test, vi } from "vitest";
import type { StreamDifference } from "../src/index.ts";
import { settingRules } from "../src/stream/setting-rules.ts";
import { floorStream, floorSubjects, snapshotStream, snapshotSubjects } from "../src/subjects.ts";
import { clients, type TestConnection } from "./support/clients.ts";
import { newStreamName, onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
afterEach(() => void vi.useRealTimers());
const event = (version: number) => ({ actorId: "a", version, eventType: "Tested", data: {} });

interface Answer {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly err_code: number; readonly description: string };
}

/** Settings with which the store opens a stream. */
const eventSettings = (name: string): object => ({
  name,
  subjects: [`${name}.events.*.*.*`],
  discard: "new",
  deny_delete: true,
  deny_purge: true,
});

async function created(connection: TestConnection, name: string, settings: object): Promise<Answer> {
  return new RawStream(connection, name).api<Answer>("STREAM.CREATE.{stream}", { ...settings, name });
}

/** True if the server has at least this version. */
function isSince(connection: TestConnection, minor: number): boolean {
  const [, actual] = /^2\.(\d+)/.exec(connection.info?.version ?? "") ?? [];
  return Number(actual) >= minor;
}

describe.each(clients)("a stream of another tool, through $client", (client) => {
  test("that keeps only some messages of each actor is not opened as one that keeps them forever", async () => {
    const connection = await server.connect(client);
    const streamName = newStreamName();
    await created(connection, streamName, { ...eventSettings(streamName), max_msgs_per_subject: 3 });
    for (const stream of ["create", "bind"] as const) {
      await expect(server.open(client, { streamName, stream }, connection)).rejects.toMatchObject({
        code: "AETHER_STREAM_MISMATCH",
        streamName,
        message: expect.stringContaining("max_msgs_per_subject is 3, but must be -1 (only the newest messages"),
        differences: [{ setting: "max_msgs_per_subject", expected: -1, actual: 3 }],
      });
    }
    const store = await server.open(client, { streamName, stream: "update" }, connection);
    for (const version of [1, 2, 3, 4, 5, 6]) await store.saveEvent(event(version));
    expect(await store.getEvents("a")).toHaveLength(6);
  });

  /** `minor`: the first minor version of the server with this setting. `also`: settings that the server adds. */
  const refused: readonly { readonly minor: number; readonly settings: object; readonly also?: readonly string[] }[] = [
    { minor: 9, settings: { no_ack: true } },
    { minor: 9, settings: { storage: "memory" } },
    { minor: 9, settings: { retention: "interest" } },
    { minor: 9, settings: { discard: "old" } },
    { minor: 9, settings: { deny_delete: false } },
    { minor: 9, settings: { deny_purge: false, allow_rollup_hdrs: true }, also: ["deny_purge"] },
    { minor: 9, settings: { discard_new_per_subject: true, max_msgs_per_subject: 5 }, also: ["max_msgs_per_subject"] },
    { minor: 9, settings: { sources: [{ name: "another" }] } },
    { minor: 10, settings: { subject_transform: { src: ">", dest: "moved.>" } } },
    { minor: 10, settings: { consumer_limits: { inactive_threshold: 1_000_000_000 } } },
    { minor: 11, settings: { allow_msg_ttl: true } },
    {
      minor: 11,
      settings: { subject_delete_marker_ttl: 1_000_000_000 },
      also: ["allow_msg_ttl", "allow_rollup_hdrs", "deny_purge"],
    },
    { minor: 12, settings: { persist_mode: "async" } },
    { minor: 12, settings: { allow_msg_counter: true, discard: "old" }, also: ["discard"] },
    {
      minor: 12,
      settings: { allow_msg_schedules: true, discard: "old" },
      also: ["allow_rollup_hdrs", "deny_purge", "discard"],
    },
  ];

  test.each(refused)("with $settings is refused, and the error names each setting", async (row) => {
    const connection = await server.connect(client);
    if (!isSince(connection, row.minor)) return;
    const streamName = newStreamName();
    const answer = await created(connection, streamName, { ...eventSettings(streamName), ...row.settings });
    expect(answer.error).toBeUndefined();
    const error = await server.open(client, { streamName }, connection).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "AETHER_STREAM_MISMATCH" });
    const { differences } = error as { differences: readonly StreamDifference[] };
    const named = new Set([...Object.keys(row.settings), ...(row.also ?? [])]);
    expect(new Set(differences.map(({ setting }) => setting))).toEqual(named);
  });

  test("that is a mirror is refused in every mode, and not changed", async () => {
    const connection = await server.connect(client);
    const streamName = newStreamName();
    await created(connection, streamName, { mirror: { name: "another" } });
    for (const stream of ["create", "update", "bind"] as const) {
      const opened = server.open(client, { streamName, stream }, connection);
      await expect(opened).rejects.toThrow(/subjects is not set.*mirror is \{.*but must not be set/);
    }
    const raw = new RawStream(connection, streamName);
    expect((await raw.api<Answer>("STREAM.INFO.{stream}")).config?.mirror).toMatchObject({ name: "another" });
  });

  test("may have any setting that is harmless", async () => {
    const connection = await server.connect(client);
    const streamName = newStreamName();
    const settings = {
      description: "Orders. Call the team of the shop before you change anything.",
      max_bytes: 10_000_000,
      max_msgs: 1_000,
      max_msg_size: 100_000,
      max_consumers: 10,
      duplicate_window: 1_000_000_000,
      republish: { src: ">", dest: "copies.>" },
      placement: {},
      ...(isSince(connection, 10) ? { compression: "s2", metadata: { team: "shop" }, first_seq: 1_000 } : {}),
      ...(isSince(connection, 12) ? { allow_atomic: true } : {}),
    };
    expect(await created(connection, streamName, { ...eventSettings(streamName), ...settings })).not.toHaveProperty(
      "error",
    );
    const store = await server.open(client, { streamName }, connection);
    for (const version of [1, 2, 3]) await store.saveEvent(event(version));
    expect(await store.getEvents("a")).toHaveLength(3);
    const updated = await server.open(client, { streamName, stream: "update" }, connection);
    expect(await updated.getLatestVersion("a")).toBe(3);
    const { config } = await new RawStream(connection, streamName).api<Answer>("STREAM.INFO.{stream}");
    expect(config).toMatchObject({ description: settings.description, max_bytes: 10_000_000 });
  });

  test("has only settings that have a rule", async () => {
    const connection = await server.connect(client);
    const streamName = newStreamName();
    await server.open(client, { streamName }, connection);
    const { config = {} } = await new RawStream(connection, streamName).api<Answer>("STREAM.INFO.{stream}");
    expect(Object.keys(config).filter((setting) => !settingRules.has(setting))).toEqual([]);
  });

  test('an "update" that the server rejects changes nothing; the error has the list and the answer', async () => {
    const connection = await server.connect(client);
    const streamName = newStreamName();
    const settings = { ...eventSettings(streamName), max_msgs_per_subject: 3, storage: "memory" };
    await created(connection, streamName, settings);
    const opened = server.open(client, { streamName, stream: "update" }, connection);
    await expect(opened).rejects.toMatchObject({
      code: "AETHER_STREAM_MISMATCH",
      message: expect.stringContaining("the server rejected the update"),
      differences: [{ setting: "storage" }, { setting: "max_msgs_per_subject" }],
      cause: { code: 10052 },
    });
    const { config } = await new RawStream(connection, streamName).api<Answer>("STREAM.INFO.{stream}");
    expect(config).toMatchObject({ max_msgs_per_subject: 3, storage: "memory" });
  });

  test('"update" detaches no sources', async () => {
    const connection = await server.connect(client);
    const streamName = newStreamName();
    await created(connection, streamName, { ...eventSettings(streamName), sources: [{ name: "another" }] });
    const opened = server.open(client, { streamName, stream: "update" }, connection);
    await expect(opened).rejects.toMatchObject({ differences: [{ setting: "sources" }] });
    const raw = new RawStream(connection, streamName);
    expect((await raw.api<Answer>("STREAM.INFO.{stream}")).config?.sources).toHaveLength(1);
  });

  test("is refused for floors if it could forget them, and for snapshots if they could get lost", async () => {
    const connection = await server.connect(client);
    const streamName = newStreamName();
    const [floors, snapshots] = [floorStream(streamName), snapshotStream(streamName)];
    const guards = { deny_delete: true, deny_purge: true };
    await created(connection, floors, {
      ...{ ...guards, subjects: [floorSubjects(streamName)] },
      ...{ discard: "old", max_bytes: 1_000_000, max_msgs_per_subject: 1 },
    });
    await created(connection, snapshots, { ...guards, subjects: [snapshotSubjects(streamName)], max_age: 60e9 });
    const options = { streamName, streamRetention: 60_000 };
    await expect(server.open(client, options, connection)).rejects.toMatchObject({
      code: "AETHER_STREAM_MISMATCH",
      streamName: floors,
      differences: [{ setting: "discard", expected: "new", actual: "old" }],
    });
    const store = await server.open(client, { ...options, stream: "update" }, connection);
    await store.saveEvent(event(1));
    await store.saveSnapshot({ actorId: "a", version: 1, state: {} });
    const { config } = await new RawStream(connection, snapshots).api<Answer>("STREAM.INFO.{stream}");
    expect(config?.max_age).toBe(0);
  });

  test("that is changed while a store is open makes every call fail after the next check", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    await store.saveEvent(event(1));
    const raw = new RawStream(connection, store.streamName);
    const { config } = await raw.api<Answer>("STREAM.INFO.{stream}");
    expect(await raw.api("STREAM.UPDATE.{stream}", { ...config, max_msgs_per_subject: 3 })).not.toHaveProperty("error");
    vi.advanceTimersByTime(30_000);
    const mismatch = { code: "AETHER_STREAM_MISMATCH", differences: [{ setting: "max_msgs_per_subject" }] };
    const failure = (): Promise<unknown> => store.getLatestVersion("a").catch((error: unknown) => error);
    await expect.poll(failure, { interval: 5 }).toMatchObject(mismatch);
    await expect(store.saveEvent(event(2))).rejects.toMatchObject(mismatch);
  });
});
