import { isAetherError, type OutcomeUnknownError, StoreClosedError } from "@aether/core";
import { describe, expect, test } from "vitest";
import type { JetStreamDocumentStore, JetStreamDocumentStoreOptions } from "../../src/index.ts";
import { clients, type TestClient } from "../support/clients.ts";
import { onOneServer } from "../support/documents.ts";
import { type Fate, LossyConnection } from "../support/lossy-connection.ts";

const server = onOneServer();
const isAck = ({ data }: { readonly data: Uint8Array }): boolean =>
  /^\{"stream":"[^"]*",.*"seq":/.test(new TextDecoder().decode(data));
const unknownOf = (work: Promise<unknown>): Promise<OutcomeUnknownError> =>
  work.then(
    () => Promise.reject(new Error("it resolved")),
    (error: unknown) => (isAetherError(error, "AETHER_OUTCOME_UNKNOWN") ? error : Promise.reject(error)),
  );

/** A store on a connection that loses messages, and another one that writes to the same bucket. */
async function openBoth(client: TestClient, options: Partial<JetStreamDocumentStoreOptions> = {}) {
  const connection = new LossyConnection(await server.connect(client));
  const store = await server.open(client, { ackTimeoutMs: 900, ...options }, connection);
  const other = await server.open(client, { bucket: store.bucket });
  const isDocument = (subject: string): boolean => subject.startsWith(`$KV.${store.bucket}.c.`);
  return {
    connection,
    store,
    other,
    /** Loses the next acknowledgement, and then calls a function before the store sends anything else. */
    loseNextAck: (then: () => Promise<unknown> = async () => {}): void => {
      let blocked: (() => void)[] | undefined;
      connection.incoming = (message) => {
        if (!isAck(message) || blocked !== undefined) return "pass";
        blocked = [];
        connection.outgoing = () => "hold";
        void then().then(() => {
          connection.outgoing = () => "pass";
          connection.release();
        });
        return "lose";
      };
    },
    /** Decides over the next copy of a document that the store publishes. */
    nextCopy: (fate: Fate, then: () => void = () => {}): void => {
      connection.outgoing = (subject) => {
        if (!isDocument(subject)) return "pass";
        connection.outgoing = () => "pass";
        then();
        return fate;
      };
    },
    /** Number of documents that the store has published. */
    copies: (): number => connection.sent.filter(isDocument).length,
    values: async (): Promise<readonly unknown[]> => [
      (await store.getDocument("c", "k"))?.value,
      (await other.getDocument("c", "k"))?.value,
    ],
  };
}

/** Replaces the document so often that no bucket keeps the earlier values. */
async function replace(store: JetStreamDocumentStore, count = 3): Promise<void> {
  for (let n = 1; n <= count; n++) await store.putDocument("c", "k", { other: n });
}

describe.each(clients)("lost acknowledgements, through $client", (client) => {
  test.each([
    ["unconditional", undefined],
    ["conditional", "absent"],
  ] as const)("a put is found to be stored: %s", async (_, expectedRevision) => {
    const { store, loseNextAck, copies } = await openBoth(client);
    loseNextAck();
    const revision = await store.putDocument("c", "k", { n: 1 }, { expectedRevision });
    expect(await store.getDocument("c", "k")).toMatchObject({ value: { n: 1 }, revision });
    expect(copies()).toBe(expectedRevision === undefined ? 1 : 2);
    await store.putDocument("c", "k", { n: 2 }, { expectedRevision: revision });
  });

  test.each([1, 3])(
    "a put that other writers have replaced succeeds with its own revision: history %i",
    async (history) => {
      const { store, other, loseNextAck, values } = await openBoth(client, { history });
      loseNextAck(() => replace(other));
      expect(sequenceOf(await store.putDocument("c", "k", { n: 1 }))).toBe(1);
      const latest = (await store.getDocument("c", "k"))?.revision;
      expect(sequenceOf(latest)).toBe(4);
      loseNextAck(() => replace(other, 4));
      const revision = await store.putDocument("c", "k", { n: 2 }, { expectedRevision: latest });
      expect(sequenceOf(revision)).toBe(5);
      expect(await values()).toEqual([{ other: 4 }, { other: 4 }]);
    },
  );

  test("a put that creates a document succeeds, even if the document was deleted and created again", async () => {
    const { store, other, loseNextAck } = await openBoth(client);
    loseNextAck(async () => {
      await other.deleteDocument("c", "k");
      await other.putDocument("c", "k", { other: 1 }, { expectedRevision: "absent" });
    });
    const revision = await store.putDocument("c", "k", { n: 1 }, { expectedRevision: "absent" });
    expect(sequenceOf(revision)).toBe(1);
    expect((await store.getDocument("c", "k"))?.value).toEqual({ other: 1 });
  });

  test("deletions succeed, with and without a revision", async () => {
    const { store, other, loseNextAck } = await openBoth(client);
    await store.putDocument("c", "k", { n: 1 });
    loseNextAck();
    await store.deleteDocument("c", "k");
    expect(await other.getDocument("c", "k")).toBeUndefined();
    const revision = await store.putDocument("c", "k", { n: 2 });
    loseNextAck(() => replace(other));
    await store.deleteDocument("c", "k", { expectedRevision: revision });
    expect((await store.getDocument("c", "k"))?.value).toEqual({ other: 3 });
  });

  test("a deletion without a revision is made once, and spares later documents", async () => {
    const { store, other, loseNextAck, values } = await openBoth(client);
    await store.putDocument("c", "k", { n: 1 });
    loseNextAck(() => replace(other));
    await store.deleteDocument("c", "k");
    // Its own deletion was stored before the other values.
    expect(await values()).toEqual([{ other: 3 }, { other: 3 }]);
  });

  test("in a full bucket, a put is found to be stored", async () => {
    const { store, other, loseNextAck } = await openBoth(client, { maxBytes: 2_000 });
    const fill = async (): Promise<void> => {
      for (let n = 0; ; n++) await other.putDocument("full", `${n}`, { text: "x".repeat(100) });
    };
    loseNextAck(async () => {
      await replace(other);
      await fill().catch(() => {});
    });
    const revision = await store.putDocument("c", "k", { n: 1 });
    expect(sequenceOf(revision)).toBe(1);
    await expect(store.putDocument("c", "l", { text: "x".repeat(500) })).rejects.toMatchObject({
      code: "AETHER_STORE_FULL",
    });
  });
});

describe.each(clients)("lost writes, through $client", (client) => {
  test.each([
    ["unconditional", undefined],
    ["conditional", "absent"],
  ] as const)("a put is sent again: %s", async (_, expectedRevision) => {
    const { store, nextCopy, copies, values } = await openBoth(client);
    nextCopy("lose");
    await store.putDocument("c", "k", { n: 1 }, { expectedRevision });
    expect(copies()).toBe(2);
    expect(await values()).toEqual([{ n: 1 }, { n: 1 }]);
  });

  test.each([1, 3])("a put that another writer overtakes is a conflict: %i writes", async (count) => {
    const { store, other, nextCopy, values } = await openBoth(client);
    const revision = await store.putDocument("c", "k", { n: 1 });
    nextCopy("lose");
    const putting = store.putDocument("c", "k", { n: 2 }, { expectedRevision: revision });
    await replace(other, count);
    await expect(putting).rejects.toMatchObject({
      code: "AETHER_REVISION_CONFLICT",
      currentRevision: (await other.getDocument("c", "k"))?.revision,
    });
    expect(await values()).toEqual([{ other: count }, { other: count }]);
  });

  test("a copy that arrives late never replaces the value of another writer", async () => {
    const { connection, store, other, nextCopy, values } = await openBoth(client);
    let revision = await store.putDocument("c", "k", { n: 1 });
    for (const isConditional of [true, false]) {
      nextCopy("hold");
      revision = await store.putDocument("c", "k", { n: 2 }, isConditional ? { expectedRevision: revision } : {});
      await replace(other, 1);
      connection.release();
      await connection.flush();
      expect(await values()).toEqual([{ other: 1 }, { other: 1 }]);
    }
  });
});

test.each(clients)("a lost put to a bucket that was created again is no conflict, through $client", async (client) => {
  const { store, nextCopy } = await openBoth(client);
  for (const n of [1, 2]) await store.putDocument("c", `${n}`, { n });
  const revision = await store.putDocument("c", "k", { n: 1 });
  nextCopy("lose");
  const put = store.putDocument("c", "k", { n: 2 }, { expectedRevision: revision });
  const raw = await server.raw(client, store.bucket);
  await raw.api("STREAM.DELETE.{stream}");
  await server.open(client, { bucket: store.bucket });
  await expect(put).rejects.toMatchObject({ code: "AETHER_STREAM_RESET" });
});

describe.each(clients)("without any answer, through $client", (client) => {
  test("the outcome of a write is unknown, and a read is not possible", async () => {
    const { connection, store } = await openBoth(client, { ackTimeoutMs: 150 });
    const revision = await store.putDocument("c", "k", { n: 1 });
    connection.incoming = () => "lose";
    for (const expectedRevision of [undefined, "absent", revision] as const) {
      const error = await unknownOf(store.putDocument("c", "k", { n: 2 }, { expectedRevision }));
      expect(error).toMatchObject({ document: { collection: "c", id: "k" }, cause: expect.any(Error) });
    }
    await unknownOf(store.deleteDocument("c", "k", { expectedRevision: revision }));
    const unavailable = { code: "AETHER_STORE_UNAVAILABLE" };
    await expect(store.deleteDocument("c", "k")).rejects.toMatchObject(unavailable);
    await expect(store.getDocument("c", "k")).rejects.toMatchObject(unavailable);
    await expect(store.listDocuments("c")[Symbol.asyncIterator]().next()).rejects.toMatchObject(unavailable);
  });

  test("an abort makes the outcome unknown, whatever its reason is", async () => {
    const { connection, store } = await openBoth(client, { ackTimeoutMs: 10_000 });
    connection.incoming = () => "lose";
    for (const reason of [new Error("enough"), new StoreClosedError(), "text", null]) {
      const controller = new AbortController();
      const put = unknownOf(store.putDocument("c", "k", { n: 1 }, { signal: controller.signal }));
      await connection.flush();
      controller.abort(reason);
      expect((await put).cause).toBe(reason);
    }
  });

  test("close waits only as long as the calls in flight", async () => {
    const { connection, store } = await openBoth(client, { ackTimeoutMs: 200 });
    connection.incoming = () => "lose";
    const put = unknownOf(store.putDocument("c", "k", { n: 1 }));
    await store.close();
    await put;
    expect(connection.subscriptions).toBe(0);
  });
});

test.each(clients)("close lets calls in flight end, and rejects later ones, through $client", async (client) => {
  const store = await server.open(client);
  const puts = [1, 2, 3].map((n) => store.putDocument("c", `k-${n}`, { n }));
  const deletion = store.deleteDocument("c", "k-1");
  await Promise.all([store.close(), store.close()]);
  await Promise.all([...puts, deletion]);
  await expect(store.putDocument("c", "k", {})).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
});

test.each(clients)("a closed connection ends calls at once, through $client", async (client) => {
  const connection = await server.connect(client);
  const lossy = new LossyConnection(connection);
  const store = await server.open(client, { ackTimeoutMs: 60_000 }, lossy);
  lossy.incoming = () => "lose";
  const put = unknownOf(store.putDocument("c", "k", { n: 1 }));
  const list = store.listDocuments("c")[Symbol.asyncIterator]().next();
  const watch = store.watchDocuments("c")[Symbol.asyncIterator]().next();
  list.catch(() => {});
  watch.catch(() => {});
  await connection.flush();
  await connection.close();
  await put;
  const unavailable = { code: "AETHER_STORE_UNAVAILABLE" };
  await expect(list).rejects.toMatchObject(unavailable);
  await expect(watch).rejects.toMatchObject(unavailable);
  await expect(store.putDocument("c", "k", { n: 2 })).rejects.toMatchObject(unavailable);
  await expect(store.getDocument("c", "k")).rejects.toMatchObject(unavailable);
  await store.close();
});

function sequenceOf(revision = ""): number {
  return Number(revision.slice(revision.indexOf("-") + 1));
}
