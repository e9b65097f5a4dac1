import { startNatsServer } from "@aether/nats-testing";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import { describe, expect, test } from "vitest";
import { resolveOptions } from "../../../packages/store-jetstream/src/options.ts";
import type { StreamInfo } from "../../../packages/store-jetstream/src/protocol/jetstream-api.ts";
import { type StreamRole, settingRules } from "../../../packages/store-jetstream/src/stream/setting-rules.ts";
import { differencesBetween } from "../../../packages/store-jetstream/src/stream/stream-differences.ts";
import {
  eventsPlan,
  floorsPlan,
  type StreamPlan,
  snapshotsPlan,
} from "../../../packages/store-jetstream/src/stream/stream-plan.ts";
import { pages, snippetsOf } from "./support/documents.ts";

const page = pages().find(({ path }) => path === "docs/operations/creating-streams.md");
if (page === undefined) throw new Error("docs/operations/creating-streams.md is missing");
const { text } = page;

const options = resolveOptions({ streamName: "orders" });
const infoOf = ({ config }: StreamPlan, settings: object = {}): StreamInfo => ({
  config: { ...config, ...settings },
  created: "2026-01-01T00:00:00Z",
  state: { first_seq: 1, last_seq: 10 },
});
const events = eventsPlan(options);
const plans = {
  events,
  snapshots: snapshotsPlan(options, infoOf(events)),
  floors: floorsPlan(options, infoOf(events)),
} as const;
const roles = ["events", "snapshots", "floors"] as const satisfies readonly StreamRole[];

const differing = (role: keyof typeof plans, settings: object): readonly string[] =>
  differencesBetween(plans[role], infoOf(plans[role], settings)).map(({ setting }) => setting);

/** Another value of each setting than the planned ones. */
const others: Readonly<Record<string, unknown>> = {
  subjects: ["other.>"],
  storage: "memory",
  retention: "workqueue",
  discard: "old",
  deny_delete: false,
  deny_purge: false,
  max_age: 1_000_000_000,
  max_msgs_per_subject: 2,
  max_bytes: 1,
  max_msg_size: 2,
  num_replicas: 5,
  compression: "s2",
  placement: { cluster: "c" },
  consumer_limits: { inactive_threshold: 1 },
};

/** The rows of the table of all settings. */
const [, table = ""] = text.split("| setting | `orders` | `orders~~snapshots` | `orders~~floors` |\n");
const rows = table
  .slice(0, table.indexOf("\n\n"))
  .split("\n")
  .slice(1)
  .map((row) => row.slice(2, -2).split(" | "));

describe("the table of all settings agrees with the store:", () => {
  test.each(rows)("%s", (setting, ...cells) => {
    const name = setting.replaceAll("`", "");
    expect(others).toHaveProperty(name);
    for (const [index, role] of roles.entries()) {
      const cell = cells[index]?.startsWith("as for `orders`") ? cells[0] : cells[index];
      const [value] = /^`[^`]+`|^any|^none/.exec(cell ?? "") ?? [];
      const planned = (plans[role].config as unknown as Readonly<Record<string, unknown>>)[name];
      const isFixed = value !== "any";
      if (value !== "any" && value !== "none") expect(String(planned)).toBe(value?.replaceAll("`", ""));
      if (value === "none") expect(planned).toBeUndefined();
      expect(differing(role, { [name]: others[name] }), role).toEqual(isFixed ? [name] : []);
    }
  });
});

/** The names of settings in the paragraph that begins with a text. */
function namesAfter(beginning: string): readonly string[] {
  const paragraph = text.slice(text.indexOf(beginning)).split("\n\n")[0] ?? "";
  return [...paragraph.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name).filter((name) => settingRules.has(name));
}

test("the lists of free and of forbidden settings agree with the rules, and no setting is missing", () => {
  const [free, forbidden] = [namesAfter("These settings may have any value"), namesAfter("**These settings must not")];
  for (const name of free.filter((each) => each !== "discard")) expect(settingRules.get(name)?.fixedOn).toEqual([]);
  for (const name of forbidden) {
    for (const role of roles) {
      expect(settingRules.get(name)?.fixedOn, name).toContain(role);
      expect((plans[role].config as unknown as Readonly<Record<string, unknown>>)[name]).toBeUndefined();
    }
  }
  const inTable = rows.map(([setting = ""]) => setting.replaceAll("`", ""));
  expect(new Set([...inTable, ...free, ...forbidden, "name"])).toEqual(new Set(settingRules.keys()));
});

const configs = snippetsOf(page)
  .filter(({ language }) => language === "json")
  .map(({ code }) => JSON.parse(code) as Readonly<Record<string, unknown>>);

test("the files have the settings that the store would choose, apart from the free ones", () => {
  for (const [index, role] of roles.entries()) {
    const { description: _, ...planned } = plans[role].config as unknown as Readonly<Record<string, unknown>>;
    const chosen = { num_replicas: 3, compression: "s2", max_age: 0 };
    const { max_bytes: __, ...config } = configs[index] ?? {};
    expect(config).toEqual({ ...planned, ...chosen });
  }
});

test("a store binds to streams that were created from the files, and needs no permission to create any", async () => {
  await using server = await startNatsServer();
  const connection = await connect({ servers: server.url });
  const request = async (subject: string, body: object): Promise<unknown> =>
    (await connection.request(`$JS.API.STREAM.${subject}`, JSON.stringify(body))).json();
  for (const config of configs) {
    const { metadata, compression, ...old } = config;
    const isOld = server.version.startsWith("2.9.");
    const body = { ...(isOld ? old : { ...old, metadata, compression }), num_replicas: 1, max_bytes: 1_000_000 };
    expect(await request(`CREATE.${config.name}`, body)).not.toHaveProperty("error");
  }
  const store = await JetStreamEventStore.open(connection, {
    streamName: "orders",
    stream: "bind",
    streamRetention: "forever",
    snapshotHistory: 3,
  });
  await store.saveEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data: {} });
  await store.saveSnapshot({ actorId: "order-1", version: 1, state: {} });
  expect(await store.getLatestSnapshot("order-1")).toMatchObject({ version: 1 });
  await store.close();

  // The floor stream is used as soon as the retention is finite.
  const { config } = (await request("INFO.orders", {})) as { readonly config: object };
  await request("UPDATE.orders", { ...config, max_age: 3_600_000_000_000 });
  const limited = await JetStreamEventStore.open(connection, { streamName: "orders", stream: "bind" });
  await limited.saveEvent({ actorId: "order-1", version: 2, eventType: "OrderShipped", data: {} });
  const floors = (await request("INFO.orders~~floors", {})) as { readonly state: { readonly messages: number } };
  expect(floors.state.messages).toBeGreaterThan(0);
  await limited.close();
  await connection.close();
});
