import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bucketPlan } from "../../src/documents/bucket-plan.ts";
import { resolveDocumentOptions } from "../../src/documents/document-options.ts";
import { JetStreamDocumentStore } from "../../src/index.ts";
import { ScriptedJetStream } from "../support/scripted-jetstream.ts";
import { infoOf } from "../support/stream-plans.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const options = { bucket: "b", replicaCount: 3 } as const;
const refusal = (lastSequence: number) => ({
  error: { code: 400, err_code: 10_071, description: `wrong last sequence: ${lastSequence}` },
});

test("a write that a former leader rejects is no conflict if the new leader has stored it", async () => {
  const connection = new ScriptedJetStream();
  const infoAt = (last_seq: number) =>
    infoOf(bucketPlan(resolveDocumentOptions(options)), {}, { first_seq: 1, last_seq });
  connection.on("$JS.API.STREAM.INFO.", infoAt(4));
  const store = await JetStreamDocumentStore.open(connection, options);
  connection.on("$KV.b.c.a", { stream: "KV_b", seq: 5 });
  const revision = await store.putDocument("c", "a", { n: 1 });
  // The former leader lacks the message 5. The new one has stored the write as message 6, and another one as 7.
  connection.on("$JS.API.STREAM.INFO.", infoAt(7));
  connection.on("$KV.b.c.a", refusal(3));
  connection.on("$KV.b.=", { stream: "KV_b", seq: 6, duplicate: true });
  const written = store.putDocument("c", "a", { n: 2 }, { expectedRevision: revision });
  written.catch(() => {});
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await written).toBe(revision.replace(/5$/, "6"));
});
