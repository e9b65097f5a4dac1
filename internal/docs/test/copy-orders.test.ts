import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Event, FeedEventStore } from "@aether/core";
import { startNatsServer } from "@aether/nats-testing";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { SqliteEventStore } from "@aether/store-sqlite";
import { connect } from "@nats-io/transport-node";
import Libsql from "libsql";
import { transformWithOxc } from "vite";
import { beforeAll, expect, test } from "vitest";
import { pages, snippetsOf } from "./support/documents.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

const page = pages().find(({ path }) => path === join("docs", "from-one-process-to-a-cluster.md"));
const snippet = page && snippetsOf(page).find(({ file }) => file === "copy-orders.ts");
if (snippet === undefined) throw new Error("docs/from-one-process-to-a-cluster.md has no copy-orders.ts");

/** Runs the function of the page, and prints its result or the code of its error. */
const program = `
import { connect } from "@nats-io/transport-node";
import Libsql from "libsql";
import { copyOrders } from "./copy-orders.mjs";
const [path, url, direction] = process.argv.slice(2);
const connection = await connect({ servers: url });
console.log(await copyOrders(new Libsql(path), connection, direction).catch(({ code }) => code));
process.exit();
`;

const folder = scratchFolder("copy-orders");
beforeAll(async () => {
  writeFileSync(join(folder, "copy-orders.mjs"), (await transformWithOxc(snippet.code, "copy-orders.ts")).code);
  writeFileSync(join(folder, "program.mjs"), program);
});

/** Saves events of three actors: batches, gaps in the versions, metadata and hostile contents. */
async function saveOrders(store: SqliteEventStore, from: number, count: number): Promise<void> {
  for (let index = from; index < from + count; index++) {
    const actorId = `order-${index % 3}`;
    const event = (version: number) => ({
      actorId,
      version,
      eventType: "OrderPlaced",
      data: { item: "\0\u{1f4a1} lamp", index, nested: [null, { price: 0.1 }] },
      ...(index % 2 === 0 ? { metadata: { correlationId: `c-${index}` } } : {}),
    });
    if (index % 5 === 0) await store.saveEvents([event(10 * index + 1), event(10 * index + 2)]);
    else await store.saveEvent(event(10 * index + 1));
  }
}

async function eventsOf(store: FeedEventStore): Promise<readonly Event[]> {
  const all: Event[] = [];
  for await (const { events } of store.readFeed()) for (const { event } of events) all.push(event);
  return all;
}

test("the program moves a file to a server and back, and copies later events with the next call", async () => {
  await using server = await startNatsServer();
  const copy = async (name: string, direction: string): Promise<string> => {
    const args = [join(folder, "program.mjs"), join(folder, name), server.url, direction];
    return (await promisify(execFile)(process.execPath, args)).stdout.trim();
  };
  const file = await SqliteEventStore.open(new Libsql(join(folder, "orders.db")), { synchronous: "normal" });
  await saveOrders(file, 0, 50);
  expect(await copy("orders.db", "to server")).toBe("60 events copied, 0 were already there");
  await saveOrders(file, 50, 10);
  expect(await copy("orders.db", "to server")).toBe("12 events copied, 60 were already there");

  const connection = await connect({ servers: server.url });
  const onServer = await JetStreamEventStore.open(connection, { streamName: "orders", stream: "bind" });
  expect(await eventsOf(onServer)).toEqual(await eventsOf(file));
  expect(await onServer.getEvents("order-1")).toEqual(await file.getEvents("order-1"));

  expect(await copy("backup.db", "to file")).toBe("72 events copied, 0 were already there");
  const backup = await SqliteEventStore.open(new Libsql(join(folder, "backup.db")));
  expect(await eventsOf(backup)).toEqual(await eventsOf(file));
  await onServer.saveEvent({ actorId: "order-1", version: 9_999, eventType: "OrderPlaced", data: {} });
  expect(await copy("backup.db", "to file")).toBe("1 events copied, 72 were already there");
  expect(await copy("orders.db", "to server")).toBe("AETHER_INVALID_ARGUMENT");
  for (const store of [file, backup, onServer]) await store.close();
  await connection.close();
}, 60_000);
