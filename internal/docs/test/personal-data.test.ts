import type { DocumentStore } from "@aether/core";
import { startNatsServer } from "@aether/nats-testing";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import { MemoryDocumentStore } from "@aether/store-memory";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { beforeAll, describe, expect, test } from "vitest";
import { type Programs, programsOf } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

interface PersonalKeys {
  encrypt(personId: string, value: unknown): Promise<string>;
  decrypt(personId: string, encrypted: string): Promise<unknown>;
  erase(personId: string): Promise<void>;
}

const folder = scratchFolder("personal-data");
let page: Programs;
let PersonalKeys: new (documents: DocumentStore) => PersonalKeys;
beforeAll(async () => {
  page = await programsOf("docs/personal-data.md", folder);
  ({ PersonalKeys } = await page.importOf<{ PersonalKeys: typeof PersonalKeys }>("personal-keys.ts"));
});

const ada = { name: "Ada Lovelace", email: "ada@example.com" };

test("the program prints the output that the page shows", async () => {
  expect(await page.run("forget-ada.ts")).toBe(page.outputOf("forget-ada.ts"));
});

describe("the keys", () => {
  test("are per person, and an erasure affects one person", async () => {
    const keys = new PersonalKeys(new MemoryDocumentStore());
    const [one, other] = [await keys.encrypt("customer-1", ada), await keys.encrypt("customer-2", ada)];
    await keys.erase("customer-1");
    expect(await keys.decrypt("customer-1", one)).toBeUndefined();
    expect(await keys.decrypt("customer-2", other)).toEqual(ada);
  });

  test("are created once, even if two processes need the key at the same time", async () => {
    const documents = new MemoryDocumentStore();
    const processes = [new PersonalKeys(documents), new PersonalKeys(documents)];
    const encrypted = await Promise.all(processes.map((keys) => keys.encrypt("customer-1", ada)));
    for (const text of encrypted) expect(await processes[0]?.decrypt("customer-1", text)).toEqual(ada);
  });

  test("are never replaced after an erasure", async () => {
    const keys = new PersonalKeys(new MemoryDocumentStore());
    await keys.erase("customer-1");
    await expect(keys.encrypt("customer-1", ada)).rejects.toThrow("the personal data of customer-1 was erased");
    expect(await keys.decrypt("customer-1", "AAAA")).toBeUndefined();
  });

  test("reject a text that was changed, of another person, or without a key", async () => {
    const keys = new PersonalKeys(new MemoryDocumentStore());
    const text = await keys.encrypt("customer-1", ada);
    await keys.encrypt("customer-2", ada);
    const bytes = Buffer.from(text, "base64");
    bytes[30] = (bytes[30] ?? 0) ^ 1;
    await expect(keys.decrypt("customer-1", bytes.toString("base64"))).rejects.toThrow();
    await expect(keys.decrypt("customer-2", text)).rejects.toThrow();
    await expect(keys.decrypt("customer-3", text)).rejects.toThrow("there is no key for customer-3");
  });

  test("are not taken for erased if their store is closed", async () => {
    const documents = new MemoryDocumentStore();
    const keys = new PersonalKeys(documents);
    const text = await keys.encrypt("customer-1", ada);
    await documents.close();
    await expect(keys.decrypt("customer-1", text)).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
  });
});

test("on NATS, neither the stream nor the bucket of keys contains the data or the key after an erasure", async () => {
  await using server = await startNatsServer();
  const connection = await connect({ servers: server.url });
  const store = await JetStreamEventStore.open(connection, { streamName: "customers", streamRetention: "forever" });
  const documents = await JetStreamDocumentStore.open(connection, { bucket: "keys" });
  const keys = new PersonalKeys(documents);
  const actorId = "customer-1";
  const personal = await keys.encrypt(actorId, ada);
  await store.saveEvent({ actorId, version: 1, eventType: "CustomerRegistered", data: { personal } });
  const key = (await documents.getDocument<{ key: string }>("personal-keys", actorId))?.value.key ?? "";
  expect(await messagesOf(connection, "KV_keys")).toContain(key);
  await keys.erase(actorId);
  const [stored, left] = [await messagesOf(connection, "customers"), await messagesOf(connection, "KV_keys")];
  expect(stored).toContain(personal);
  expect(`${stored}${left}`).not.toMatch(/Ada|example/);
  expect(left).not.toContain(key);
  expect(left).toContain("erasedAt");
  await store.close();
  await documents.close();

  // The server protects the events, and the protection cannot be removed.
  const { config } = await request(connection, "STREAM.INFO.customers");
  expect(config).toMatchObject({ deny_delete: true, deny_purge: true });
  const refused = [
    await request(connection, "STREAM.PURGE.customers", {}),
    await request(connection, "STREAM.MSG.DELETE.customers", { seq: 1 }),
    await request(connection, "STREAM.UPDATE.customers", { ...config, deny_delete: false }),
    await request(connection, "STREAM.UPDATE.customers", { ...config, deny_purge: false }),
  ];
  expect(refused.map(({ error }) => error?.err_code)).toEqual([10110, 10057, 10052, 10052]);
  await connection.close();
});

interface Answer {
  readonly error?: { readonly err_code: number };
  readonly config?: object;
  readonly message?: { readonly data?: string };
  readonly state?: { readonly last_seq: number };
}

async function request(connection: NatsConnection, subject: string, body?: object): Promise<Answer> {
  const answer = await connection.request(`$JS.API.${subject}`, body === undefined ? "" : JSON.stringify(body));
  return answer.json<Answer>();
}

/** The payloads of all messages that a stream still has. */
async function messagesOf(connection: NatsConnection, stream: string): Promise<string> {
  const { state } = await request(connection, `STREAM.INFO.${stream}`);
  let text = "";
  for (let seq = 1; seq <= (state?.last_seq ?? 0); seq++) {
    const { message } = await request(connection, `STREAM.MSG.GET.${stream}`, { seq });
    text += `${Buffer.from(message?.data ?? "", "base64")}\n`;
  }
  return text;
}
