import { type Event, isAetherError } from "@aether/core";
import type { RecordingStore } from "../history/recording-store.ts";
import { event } from "../samples/events.ts";
import type { Workload } from "./messages.ts";

/** The store of one process. */
export interface Client {
  /** Name of the process, which is part of the ids of its events. */
  readonly name: string;
  readonly store: RecordingStore;
}

/**
 * Saves and reads until the time is over. Conflicts and other errors that the contract allows are expected. Any other
 * error ends the work.
 */
export async function runWorkload(
  client: Client,
  work: Workload,
  onSaved: (actorId: string, version: number) => void,
): Promise<void> {
  const parts = work.isConcurrent === true ? work.actorIds.map((actorId) => [actorId]) : [work.actorIds];
  await Promise.all(parts.map((actorIds) => saveAndRead(client, { ...work, actorIds }, onSaved)));
}

async function saveAndRead(
  { name, store }: Client,
  { actorIds, role, batchSize, durationMs }: Workload,
  onSaved: (actorId: string, version: number) => void,
): Promise<void> {
  const next = new Map<string, number>();
  const endMs = performance.now() + durationMs;
  for (let turn = 0; performance.now() < endMs; turn++) {
    const actorId = actorIds[turn % actorIds.length] ?? "";
    if (role !== "rival") await allowed(read(store, actorId, next, turn));
    if (role === "reader") continue;
    const first = next.get(actorId) ?? 1;
    const versions = Array.from({ length: batchSize }, (_, index) => first + index);
    const events = versions.map((version) => event(actorId, version, { id: `${name}/${actorId}/${turn}/${version}` }));
    const outcome = await allowed(save(store, events));
    const last = versions.at(-1) ?? first;
    if (outcome === "ok") onSaved(actorId, last);
    if (outcome === "ok" || role === "rival") next.set(actorId, last + 1);
    // Synchronous drivers would otherwise keep this process from receiving messages.
    if (turn % 16 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

async function read(store: RecordingStore, actorId: string, next: Map<string, number>, turn: number): Promise<void> {
  const latest =
    turn % 2 === 0 ? (await store.getEvents(actorId)).at(-1)?.version : await store.getLatestVersion(actorId);
  next.set(actorId, (latest ?? 0) + 1);
}

async function save(store: RecordingStore, events: readonly Event[]): Promise<void> {
  const [first] = events;
  if (events.length === 1 && first !== undefined) await store.saveEvent(first);
  else await store.saveEvents(events);
}

/** Waits for a call, which may fail with the errors that the contract allows while other processes are busy. */
async function allowed(call: Promise<unknown>): Promise<"ok" | "failed"> {
  try {
    await call;
    return "ok";
  } catch (error) {
    if (isAetherError(error)) return "failed";
    throw error;
  }
}
