import { MemoryDocumentStore } from "@aether/store-memory";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { LeaseLostError, waitForProcessor } from "../src/index.ts";
import { fairShare } from "../src/leases/fair-share.ts";
import { event, setUp } from "./support.ts";

test("shares the partitions fairly, whichever process acts next, and gives none back and forth", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 200, maxLength: 200 }),
      (members, turns) => {
        const owners = Array.from<number | undefined>({ length: 16 });
        const givenUp = new Set<string>();
        let moves = 0;
        for (const turn of [...turns, ...Array.from({ length: 40 }, (_, index) => index)]) {
          const member = turn % members;
          const views = owners.map((owner, partition) => ({
            partition,
            isOwn: owner === member,
            isFree: owner === undefined,
            isGivenUp: givenUp.has(`${member}/${partition}`),
          }));
          // The first turns are of a single process.
          const { take, giveUp } = fairShare(views, moves < 16 ? 1 : members, member * 3);
          for (const partition of take) owners[partition] = member;
          for (const partition of giveUp) {
            owners[partition] = undefined;
            givenUp.add(`${member}/${partition}`);
          }
          moves += take.length + giveUp.length;
        }
        const shares = Array.from(
          { length: members },
          (_, member) => owners.filter((owner) => owner === member).length,
        );
        expect(owners).not.toContain(undefined);
        expect(shares.every((share) => share <= Math.ceil(16 / members))).toBe(true);
        expect(moves).toBeLessThanOrEqual(16 + 2 * 16);
      },
    ),
  );
});

test("processes share the partitions, and take over those of a process that stops", async () => {
  const { store, processor } = setUp();
  const handled: string[] = [];
  const options = { partitions: 16 as const, handle: ({ id }: { readonly id: string }) => void handled.push(id) };
  const owned = (): readonly number[] => running.map(({ status }) => status.partitions.length);
  const running = [processor(options), processor(options), processor(options)];
  for (const each of running) await each.start();
  await vi.waitFor(() => expect(owned().toSorted()).toEqual([4, 6, 6]));
  for (let index = 1; index <= 50; index++) await store.saveEvent(event(`actor-${index}`, 1));
  await running[0]?.drain();
  expect(handled.toSorted()).toEqual(Array.from({ length: 50 }, (_, index) => `actor-${index + 1}/1`).toSorted());
  await running[1]?.stop();
  await vi.waitFor(() => expect(owned()).toEqual([8, 0, 8]));
  const partitions = [running[0], running[2]].flatMap((each) => each?.status.partitions ?? []);
  expect(new Set(partitions.map(({ partition }) => partition)).size).toBe(16);
});

test("rejects another number of partitions for good, and other filters while a process runs", async () => {
  const { processor } = setUp();
  const first = processor({ eventTypes: ["B", "A"], leaseMs: 300 });
  await first.start();
  await expect(processor({ partitions: 16 }).start()).rejects.toMatchObject({
    code: "AETHER_PROCESSOR_MISMATCH",
    setting: "partitions",
    actual: "1",
    requested: "16",
  });
  await expect(processor({ eventTypes: ["A"], leaseMs: 300 }).start()).rejects.toMatchObject({
    code: "AETHER_PROCESSOR_MISMATCH",
    setting: "eventTypes",
    actual: '["A","B"]',
    requested: '["A"]',
  });
  await expect(processor({ eventTypes: ["A", "B"], actorIdPrefix: "x", leaseMs: 300 }).start()).rejects.toMatchObject({
    setting: "actorIdPrefix",
  });
  const same = processor({ eventTypes: ["A", "B", "A"], leaseMs: 300 });
  await same.start();
  await Promise.all([first.stop(), same.stop()]);
  await processor({ eventTypes: ["C"] }).start();
});

test("rejects other filters even if all processes start at the same time", async () => {
  const { documents, processor } = setUp();
  const putDocument = documents.putDocument.bind(documents);
  let haveJoined = (): void => {};
  const all = new Promise<void>((resolve) => (haveJoined = resolve));
  let joined = 0;
  vi.spyOn(documents, "putDocument").mockImplementation(async (collection, id, value, options) => {
    const revision = await putDocument(collection, id, value, options);
    if (id.startsWith("member/") && ++joined === 2) haveJoined();
    if (id.startsWith("member/")) await all;
    return revision;
  });
  const starts = ["Placed", "Paid"].map((type) => processor({ leaseMs: 200, eventTypes: [type] }).start());
  const rejected = (await Promise.allSettled(starts)).filter(({ status }) => status === "rejected");
  expect(rejected.length).toBeGreaterThan(0);
  for (const end of rejected)
    expect(end).toMatchObject({ reason: { code: "AETHER_PROCESSOR_MISMATCH", setting: "eventTypes" } });
});

test("a process that cannot renew its lease aborts its handlers, and another one handles the event again", async () => {
  const { store, documents, processor } = setUp();
  let isCut = false;
  const cut = new Proxy(documents, {
    get: (target, key) => {
      if (key === "putDocument" && isCut) return () => new Promise(() => {});
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  let reason: unknown;
  const first = processor({
    documents: cut,
    leaseMs: 200,
    handle: (_, { signal }) =>
      new Promise((resolve) =>
        signal.addEventListener("abort", () => {
          reason = signal.reason;
          resolve(undefined);
        }),
      ),
  });
  const handled: string[] = [];
  const second = processor({ leaseMs: 200, handle: ({ id }) => void handled.push(id) });
  const { position } = await store.saveEvent(event("a", 1));
  await first.start();
  await vi.waitFor(() => expect(first.status.handlersInFlight).toBe(1));
  await second.start();
  isCut = true;
  await second.waitFor(position);
  expect(handled).toEqual(["a/1"]);
  expect(reason).toBeInstanceOf(LeaseLostError);
  expect(reason).toMatchObject({ code: "AETHER_LEASE_LOST", processor: "test", partition: 0 });
  await vi.waitFor(() => expect(first.status).toMatchObject({ lostLeases: 1 }));
  expect(second.status.takeovers).toBe(1);
});

test("takes over although changes are not reported", async () => {
  const { store, documents, processor } = setUp();
  const silent = new Proxy(documents, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      if (key !== "watchDocuments") return value.bind(target);
      return async function* (...args: Parameters<typeof documents.watchDocuments>) {
        const signal = args[1]?.signal as AbortSignal;
        for await (const change of target.watchDocuments(...args)) {
          yield change;
          if (change.type === "current") await new Promise((resolve) => signal.addEventListener("abort", resolve));
        }
      };
    },
  });
  const handled: string[] = [];
  const owner = processor({ leaseMs: 150 });
  await owner.start();
  await owner.waitFor((await store.saveEvent(event("a", 1))).position);
  const standby = processor({ leaseMs: 150, documents: silent, handle: ({ id }) => void handled.push(id) });
  await standby.start();
  // The record of the owner changes several times.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(standby.status.state).toBe("standby");
  await owner.stop();
  await store.saveEvent(event("a", 2));
  await vi.waitFor(() => expect(handled).toEqual(["a/2"]), 5_000);
});

test("a standby fails if the documents are closed, and a start and a wait end", async () => {
  const { store, documents, processor } = setUp();
  const { position } = await store.saveEvent(event("a", 1));
  const owner = processor({});
  await owner.start();
  const standby = processor({});
  await standby.start();
  // A start that has read the settings before the documents are closed.
  const starting = processor({});
  vi.spyOn(documents, "watchDocuments").mockImplementationOnce((...args) => {
    void documents.close();
    return MemoryDocumentStore.prototype.watchDocuments.call(documents, ...args);
  });
  await expect(starting.start()).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
  for (const running of [owner, standby])
    await expect(running.untilStopped()).rejects.toMatchObject({
      code: "AETHER_PROCESSOR_STOPPED",
      cause: { code: "AETHER_STORE_CLOSED" },
    });
  await expect(waitForProcessor(documents, "test", position)).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
});
