import type { BatchEventStore } from "@aether/core";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkTimeAdvances, checkTimeInZones } from "./check-times.ts";

const bare = (version: number) => ({ eventType: "Tested", actorId: "a", version, data: {} });

export const generatedTimestamps: readonly StoreCase[] = storeCaseGroup("saving and reading", [
  {
    name: "a generated timestamp is the time of the save, in any time zone",
    async run(context) {
      const store = await context.open();
      let version = 0;
      await checkTimeInZones("a missing timestamp is filled in with the current time", bare(1), async () => {
        const { timestamp } = await store.saveEvent(bare(++version));
        const stored = (await store.getEvents("a", version)).map((event) => event.timestamp);
        return [timestamp, ...stored];
      });
      await checkTimeAdvances("a later save gets a later timestamp", "saves without a timestamp", async () => {
        return (await store.saveEvent(bare(++version))).timestamp;
      });
    },
  },
  {
    name: "a generated timestamp of a batch is the time of the save, in any time zone",
    needs: ["batch"],
    async run(context) {
      const store: BatchEventStore = await context.open("batch");
      let version = 0;
      const save = async (): Promise<readonly string[]> => {
        const receipts = await store.saveEvents([bare(version + 1), bare(version + 2)]);
        version += 2;
        return receipts.map(({ timestamp }) => timestamp);
      };
      await checkTimeInZones("a missing timestamp is filled in with the current time", "a batch of two events", save);
      await checkTimeAdvances("a later save gets a later timestamp", "batches without timestamps", async () => {
        return (await save())[0] ?? "";
      });
    },
  },
]);
