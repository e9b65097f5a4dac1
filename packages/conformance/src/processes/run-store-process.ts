import { type Event, type EventStore, isAetherError } from "@aether/core";
import type { RecordedOperation } from "../history/history.ts";
import { recordedEvent } from "../history/recorded-event.ts";
import { RecordingStore } from "../history/recording-store.ts";
import type { ActorContents, ProcessMessage, Task } from "./messages.ts";
import { type Client, runWorkload } from "./workload.ts";

/**
 * Runs in the processes that `testEventStoreInProcesses` starts: opens a store and carries out the calls of the test
 * until the test ends the process. Call it in the module `processModule`, and nowhere else.
 *
 * @param open - opens a store on storage that `createStorage` has created in the process of the test
 *
 * @example
 * ```ts
 * runStoreProcess(async (streamName: string) => {
 *   const connection = await connect({ servers: "127.0.0.1:4222" });
 *   return JetStreamEventStore.open(connection, { streamName, streamRetention: "forever" });
 * });
 * ```
 */
export function runStoreProcess<Storage>(open: (storage: Storage) => EventStore | Promise<EventStore>): void {
  if (process.send === undefined) throw new Error("runStoreProcess must be called in a process of the test");
  const send = (message: ProcessMessage): void => void process.send?.(message);
  const runner = new TaskRunner((storage) => open(storage as Storage), send);
  // If the process of the test has ended for any reason, this one ends, too.
  process.on("disconnect", () => process.exit(1));
  process.on("message", (task) => void runner.run(task as Task));
  send({ kind: "started" });
}

class TaskRunner {
  readonly #open: (storage: unknown) => EventStore | Promise<EventStore>;
  readonly #send: (message: ProcessMessage) => void;
  #operations: RecordedOperation[] = [];
  #store: EventStore | undefined;
  #client: Client | undefined;

  constructor(open: (storage: unknown) => EventStore | Promise<EventStore>, send: (message: ProcessMessage) => void) {
    this.#open = open;
    this.#send = send;
  }

  async run(task: Task): Promise<void> {
    try {
      const result = await this.#carryOut(task);
      this.#send({ kind: "result", result, operations: this.#operations });
      this.#operations = [];
    } catch (error) {
      this.#send({ kind: "error", error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }

  async #carryOut(task: Task): Promise<unknown> {
    if (task.kind === "open") return this.#openStore(task.storage, task.client);
    const client = this.#client;
    if (client === undefined) throw new Error("the store is not open");
    if (task.kind === "save") return saveOutcome(client, task.events);
    if (task.kind === "read") return Promise.all(task.actorIds.map((actorId) => contentsOf(client, actorId)));
    if (task.kind === "close") return this.#store?.close();
    const onSaved = (actorId: string, version: number): void => this.#send({ kind: "saved", actorId, version });
    return runWorkload(client, task.work, task.work.reportsSaves === true ? onSaved : () => {});
  }

  async #openStore(storage: unknown, name: string): Promise<undefined> {
    this.#store = await this.#open(storage);
    const store = new RecordingStore(this.#store, {
      client: name,
      record: (operation) => void this.#operations.push(operation),
      // The same clock in all processes of a machine.
      now: () => Number(process.hrtime.bigint()) / 1e6,
    });
    this.#client = { name, store };
  }
}

async function saveOutcome({ store }: Client, events: readonly Event[]): Promise<string | undefined> {
  const [first] = events;
  try {
    if (events.length === 1 && first !== undefined) await store.saveEvent(first);
    else await store.saveEvents(events);
    return undefined;
  } catch (error) {
    if (!isAetherError(error)) throw error;
    return error.code;
  }
}

async function contentsOf({ store }: Client, actorId: string): Promise<ActorContents> {
  const events = (await store.getEvents(actorId)).map(recordedEvent);
  return { actorId, events, latestVersion: await store.getLatestVersion(actorId) };
}
