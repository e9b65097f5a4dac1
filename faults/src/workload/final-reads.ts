import { type RecordedOperation, RecordingStore } from "@aether/conformance";
import type { EventStore } from "@aether/core";
import type { Random } from "../random.ts";
import { sharedNow } from "./clock.ts";

/** Number of actors that are read after the run, in addition to the hot actors. */
const FINAL_READS = 500;
const MAX_IN_FLIGHT = 16;
/** Name of the client for the reads after the run. */
export const FINAL_READER = "new store after the run";

/** Reads all hot actors and a sample of the others with a store whose cache is empty. */
export async function readWithNewStore(
  store: EventStore,
  operations: readonly RecordedOperation[],
  random: Random,
): Promise<readonly RecordedOperation[]> {
  const reads: RecordedOperation[] = [];
  const record = (operation: RecordedOperation): void => void reads.push(operation);
  const recording = new RecordingStore(store, { client: FINAL_READER, record, now: sharedNow });
  const written = [...new Set(operations.filter(({ kind }) => kind === "save").map(({ actorId }) => actorId))];
  const hot = written.filter((actorId) => actorId.startsWith("hot"));
  const remaining = [...new Set([...hot, ...random.shuffle(written).slice(0, FINAL_READS)])];
  const readUntilDone = async (): Promise<void> => {
    for (let actorId = remaining.pop(); actorId !== undefined; actorId = remaining.pop()) {
      await recording.getEvents(actorId);
    }
  };
  await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, readUntilDone));
  return reads;
}
