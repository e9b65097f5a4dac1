import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DocumentStore, Event, FeedEventStore, Position } from "@aether/core";
import { startNatsServer } from "@aether/nats-testing";
import { EventProcessor, parkedActors } from "@aether/processor";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { copyStore } from "@aether/store-kit";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { SqliteEventStore } from "@aether/store-sqlite";
import { connect } from "@nats-io/transport-node";
import Libsql from "libsql";
import { beforeAll, expect, test, vi } from "vitest";
import { type Programs, programsOf } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

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
let page: Programs;
beforeAll(async () => {
  page = await programsOf("docs/from-one-process-to-a-cluster.md", folder);
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
  let last = ""; // the position that the program has printed
  const copy = async (name: string, direction: string): Promise<string> => {
    const args = [join(folder, "program.mjs"), join(folder, name), server.url, direction];
    const [result = "", position = ""] = (await promisify(execFile)(process.execPath, args)).stdout
      .trim()
      .split(", the last one is at ");
    last = position;
    return result;
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
  expect(last).toBe(await onServer.getLatestPosition());

  // The stream accepts a position of the file, because the same event is at the same place. The file is stricter.
  const positions: Position[] = [];
  for await (const { events } of file.readFeed()) positions.push(...events.map(({ position }) => position));
  for (const after of [positions[4], positions.at(-1)]) {
    const rest: Event[] = [];
    for await (const { events } of onServer.readFeed({ after })) rest.push(...events.map(({ event }) => event));
    expect(rest).toEqual((await eventsOf(file)).slice(positions.indexOf(after as Position) + 1));
  }
  const foreign = file.readFeed({ after: last as Position })[Symbol.asyncIterator]();
  await expect(foreign.next()).rejects.toMatchObject({ code: "AETHER_STREAM_RESET" });

  expect(await copy("backup.db", "to file")).toBe("72 events copied, 0 were already there");
  const backup = await SqliteEventStore.open(new Libsql(join(folder, "backup.db")));
  expect(await eventsOf(backup)).toEqual(await eventsOf(file));
  await onServer.saveEvent({ actorId: "order-1", version: 9_999, eventType: "OrderPlaced", data: {} });
  expect(await copy("backup.db", "to file")).toBe("1 events copied, 72 were already there");
  expect(await copy("orders.db", "to server")).toBe("AETHER_INVALID_ARGUMENT");
  // The stream is lost, and restored from the backup.
  const events = await eventsOf(onServer);
  await onServer.close();
  await connection.request("$JS.API.STREAM.DELETE.orders");
  expect(await copy("backup.db", "to server")).toBe("73 events copied, 0 were already there");
  const restored = await JetStreamEventStore.open(connection, { streamName: "orders", stream: "bind" });
  expect(await eventsOf(restored)).toEqual(events);
  for (const store of [file, backup, restored]) await store.close();
  await connection.close();
}, 60_000);

test("a processor loses no event in a move, and handles none again", async () => {
  interface Moves {
    finishMails(store: FeedEventStore, documents: DocumentStore): Promise<void>;
    movedMails(
      store: FeedEventStore,
      documents: DocumentStore,
      lastCopied: Position,
      handle: (event: Event) => void,
    ): EventProcessor;
  }
  const { finishMails, movedMails } = await page.importOf<Moves>("move-mails.ts");
  const [oldStore, newStore, oldDocuments] = [
    new MemoryEventStore(),
    new MemoryEventStore(),
    new MemoryDocumentStore(),
  ];
  const ship = (store: FeedEventStore, actorId: string) =>
    store.saveEvent({ actorId, version: 1, eventType: "OrderShipped", data: {} });
  for (const order of ["order-1", "order-2", "order-3"]) await ship(oldStore, order);
  const sent: string[] = [];
  let isBroken = true;
  const handle = ({ actorId }: Event) => {
    if (isBroken && actorId === "order-2") throw new Error("422");
    sent.push(actorId);
  };
  await using old = new EventProcessor(oldStore, {
    name: "shipping-mails",
    documents: oldDocuments,
    onFailure: "park",
    retry: { onFailure: () => ({ giveUp: true }) },
    handle,
  });
  await old.start();
  await expect(finishMails(oldStore, oldDocuments)).rejects.toMatchObject({ code: "AETHER_ACTOR_PARKED" });
  isBroken = false;
  await old.retryParked("order-2");
  await finishMails(oldStore, oldDocuments);
  await vi.waitFor(async () => expect(await parkedActors(oldDocuments, "shipping-mails")).toEqual([]));
  await old.stop();
  await copyStore(oldStore, newStore);
  const lastCopied = (await newStore.getLatestPosition()) as Position;
  await ship(newStore, "order-4"); // saved before the processor is started
  await using moved = movedMails(newStore, new MemoryDocumentStore(), lastCopied, handle);
  await moved.start();
  await moved.drain();
  expect(sent.sort()).toEqual(["order-1", "order-2", "order-3", "order-4"]);
});
