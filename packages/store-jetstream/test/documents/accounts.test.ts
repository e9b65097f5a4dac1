import { describe, expect, test } from "vitest";
import { JetStreamDocumentStore } from "../../src/index.ts";
import { clients, type TestConnection } from "../support/clients.ts";
import { collect, newBucket, Watcher } from "../support/documents.ts";
import { onServerWithUsers } from "../support/users.ts";

/** The account OWNER exports its JetStream and its buckets. USER imports them under a prefix, as the clients expect. */
const config = `
  accounts {
    OWNER {
      jetstream: enabled
      users: [ { user: owner, password: x } ]
      exports: [ { service: "$JS.API.>", response_type: stream }, { service: "$KV.>" } ]
    }
    USER {
      users: [ { user: user, password: x } ]
      imports: [
        { service: { account: OWNER, subject: "$JS.API.>" }, to: "JS.owner.API.>" }
        { service: { account: OWNER, subject: "$KV.>" }, to: "JS.owner.API.$KV.>" }
      ]
    }
  }`;

const server = onServerWithUsers(config);

describe.each(clients)("a bucket of another account, through $client", ({ connect }) => {
  const as = (user: string): Promise<TestConnection> => server.connectAs({ connect }, user);

  test("is used under another prefix", async () => {
    const bucket = newBucket();
    const owner = await JetStreamDocumentStore.open(await as("owner"), { bucket });
    const options = { bucket, stream: "bind", apiPrefix: "JS.owner.API" } as const;
    const store = await JetStreamDocumentStore.open(await as("user"), options);
    const watcher = new Watcher(store, "c");
    await watcher.current();
    const first = await store.putDocument("c", "a", { n: 1 }, { expectedRevision: "absent" });
    expect(await owner.getDocument("c", "a")).toMatchObject({ value: { n: 1 }, revision: first });
    const second = await owner.putDocument("c", "a", { n: 2 }, { expectedRevision: first });
    await expect(store.deleteDocument("c", "a", { expectedRevision: first })).rejects.toMatchObject({
      code: "AETHER_REVISION_CONFLICT",
      currentRevision: second,
    });
    await store.putDocument("c", "b", { n: 3 });
    expect(await collect(store.listDocuments("c"))).toEqual(await collect(owner.listDocuments("c")));
    await store.deleteDocument("c", "b");
    await watcher.until((changes) => changes.at(-1)?.type === "delete");
    expect([...watcher.state.values()]).toEqual(await collect(owner.listDocuments("c")));
    await watcher.stop();
    const created = await JetStreamDocumentStore.open(await as("user"), {
      bucket: newBucket(),
      apiPrefix: "JS.owner.API",
    });
    await created.putDocument("c", "a", {});
    expect(await created.getDocument("c", "a")).toBeDefined();
  });
});
