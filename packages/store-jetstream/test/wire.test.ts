import { readFileSync } from "node:fs";
import type { NewEvent } from "@aether/core";
import { expect, test } from "vitest";
import { eventSubject } from "../src/subjects.ts";
import { clients } from "./support/clients.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const golden = readFileSync(new URL("./golden/commits.txt", import.meta.url), "utf8");
const timestamp = "2026-01-01T00:00:00Z";
const saves: readonly (readonly NewEvent[])[] = [
  [
    {
      timestamp: "2026-01-01T00:00:00.123456789+01:00",
      metadata: { correlationId: "c1" },
      data: { item: "lamp é\t💥", price: 12.5, tags: [null, true] },
      version: 1,
      actorId: "order-1",
      eventType: "OrderPlaced",
      id: "e1",
    },
  ],
  [
    { id: "e2", eventType: "OrderPaid", actorId: "order-1", version: 2, data: {}, timestamp },
    { id: "e4", eventType: "OrderShipped", actorId: "order-1", version: 4, data: { carrier: "DHL" }, timestamp },
  ],
  [{ id: "e5", eventType: "OrderPlaced", actorId: "a.b c", version: 1, data: {}, timestamp }],
];
const text = (binary: string): string =>
  new TextDecoder().decode(Uint8Array.from(binary, (each) => each.charCodeAt(0)));

test.each(clients)("the stored messages equal the golden file, byte by byte: $client", async (client) => {
  const connection = await server.connect(client);
  const store = await server.open(client, {}, connection);
  for (const events of saves) await store.saveEvents(events);
  const raw = new RawStream(connection, store.streamName);
  const actors = [...new Set(saves.flat().map(({ actorId }) => actorId))];
  const subjects = actors.map((actorId) => eventSubject(store.streamName, actorId));
  const commits = await Promise.all(
    subjects.map(async (subject) =>
      (await raw.messages(subject)).map(({ headers, data }) =>
        [subject.replace(store.streamName, "STREAM"), headers.replaceAll("\r\n", "|"), text(data)].join("\n"),
      ),
    ),
  );
  expect(`${commits.flat().join("\n\n")}\n`).toBe(golden);
});
