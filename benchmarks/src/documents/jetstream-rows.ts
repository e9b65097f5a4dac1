import { JetStreamDocumentStore } from "@aether/store-jetstream";
import { jetstream } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import { inFlight } from "../in-flight.ts";
import type { JetStreamBench } from "../jetstream/bench.ts";
import { type Comparison, moreRepetitions } from "../measure.ts";
import type { Sizes } from "../suite.ts";
import { sampleDocument } from "./sample-document.ts";

const IN_FLIGHT = 64;

const slowerGets =
  "a get asks the leader, so that it finds every acknowledged put, and the server encodes the leader's answers in " +
  "base64; the baseline uses direct gets, which a lagging replica may answer. In another row, the baseline asks the " +
  "leader, too";

/** Documents in a key-value bucket, compared with the client's own key-value package and `JSON`. */
export async function jetStreamRows(bench: JetStreamBench, sizes: Sizes): Promise<readonly Comparison[]> {
  const repetitions = moreRepetitions(sizes);
  const store = await JetStreamDocumentStore.open(bench.own, { bucket: "ours" });
  const kvm = new Kvm(jetstream(bench.plain, { timeout: 60_000 }));
  const kv = await kvm.create("baseline");
  const leaderKv = await kvm.create("leader-baseline", { allow_direct: false });
  const scale = sizes.quick ? 0.1 : 1;
  const one = 2_000 * scale;
  const many = 10_000 * scale;
  const ids = Array.from({ length: many }, (_, index) => `cart-${index}`);
  const value = sampleDocument();
  const idOf = (index: number): string => ids[index % many] as string;

  const put = (index: number): Promise<unknown> => store.putDocument("carts", idOf(index), value);
  const putRaw =
    (bucket: KV) =>
    (index: number): Promise<unknown> =>
      bucket.put(`carts.${idOf(index)}`, JSON.stringify(value));
  const get = (index: number): Promise<unknown> => store.getDocument("carts", idOf(index));
  const getRaw =
    (bucket: KV) =>
    async (index: number): Promise<unknown> =>
      (await bucket.get(`carts.${idOf(index)}`))?.json();
  const sequentially = async (work: (index: number) => Promise<unknown>): Promise<number> => {
    for (let index = 0; index < one; index++) await work(index);
    return one;
  };
  const together = (work: (index: number) => Promise<unknown>): Promise<number> => inFlight(many, IN_FLIGHT, work);
  const list = async (): Promise<number> => {
    let count = 0;
    for await (const _ of store.listDocuments("carts")) count++;
    return checkCount(count, many);
  };
  const listRaw = async (): Promise<number> => {
    const keys: string[] = [];
    for await (const key of await kv.keys("carts.*")) keys.push(key);
    const getKey = async (index: number): Promise<unknown> => (await kv.get(keys[index] as string))?.json();
    return checkCount(await inFlight(keys.length, IN_FLIGHT, getKey), many);
  };
  // Later rows read the documents.
  for (const work of [put, putRaw(kv), putRaw(leaderKv)]) await together(work);

  const [single, parallel] = ["one at a time", `${IN_FLIGHT} in flight`];
  const row = (ours: () => Promise<number>, baseline: () => Promise<number>) => ({
    ...{ against: "@nats-io/kv", repetitions, ours: { run: ours }, baseline: { run: baseline } },
  });
  return [
    {
      ...{ name: `putDocument, ${single}`, unit: "puts/s", goal: 1 },
      ...row(
        () => sequentially(put),
        () => sequentially(putRaw(kv)),
      ),
    },
    {
      ...{ name: `putDocument, ${parallel}`, unit: "puts/s", goal: 1.3 },
      ...row(
        () => together(put),
        () => together(putRaw(kv)),
      ),
    },
    {
      ...{ name: `getDocument, ${single}`, unit: "gets/s", goal: 1, reason: slowerGets },
      ...row(
        () => sequentially(get),
        () => sequentially(getRaw(kv)),
      ),
    },
    {
      ...{ name: `getDocument, ${parallel}`, unit: "gets/s", goal: 1.3, reason: slowerGets },
      ...row(
        () => together(get),
        () => together(getRaw(kv)),
      ),
    },
    {
      ...{ name: `getDocument, ${parallel}`, unit: "gets/s", goal: 1.3 },
      ...row(
        () => together(get),
        () => together(getRaw(leaderKv)),
      ),
      against: "@nats-io/kv with allow_direct: false, so that it asks the leader, too",
    },
    {
      ...{ name: `listDocuments, ${many.toLocaleString("en")} documents`, unit: "documents/s", goal: 5 },
      ...row(list, listRaw),
      against: `keys() of @nats-io/kv, and a get for each key, ${parallel}`,
    },
  ];
}

function checkCount(actual: number, expected: number): number {
  if (actual !== expected) throw new Error(`the list has ${actual} documents, not ${expected}`);
  return actual;
}
