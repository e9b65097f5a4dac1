import { type Event, type EventStore, MetadataKeys, supports } from "@aether/core";
import type { KnownState } from "../state/known-state.ts";

/** The part of a call that identifies a repeat. */
export interface RepeatableCall {
  readonly actorId: string;
  readonly commandId: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Version up to which the history was searched for the command id. */
  searchedTo: number;
}

/** Finds the events of repeated commands. */
export class Repeats<E extends Event> {
  readonly #store: EventStore<E>;
  readonly #searchesHistory: boolean;

  constructor(store: EventStore<E>, searchesHistory: boolean) {
    this.#store = store;
    this.#searchesHistory = searchesHistory;
  }

  /** True if `find` may find an earlier command with the id of the call. */
  mayFind(call: RepeatableCall, { commandIds }: Pick<KnownState<E, unknown>, "commandIds">): boolean {
    if (call.commandId === undefined) return false;
    const isForgotten = this.#searchesHistory && commandIds.completeFrom - 1 > call.searchedTo;
    return isForgotten || commandIds.get(call.commandId) !== undefined;
  }

  /** Returns the events of an earlier command with the same id; `undefined` if there are none, or it is forgotten. */
  async find(
    call: RepeatableCall,
    { commandIds }: Pick<KnownState<E, unknown>, "commandIds">,
  ): Promise<readonly E[] | undefined> {
    const { commandId } = call;
    if (commandId === undefined) return undefined;
    const range = commandIds.get(commandId);
    if (range !== undefined) return this.#read(call, range.first, range.last, commandId);
    const forgottenTo = commandIds.completeFrom - 1;
    if (!this.#searchesHistory || forgottenTo <= call.searchedTo) return undefined;
    const found = await this.#read(call, call.searchedTo + 1, forgottenTo, commandId);
    call.searchedTo = forgottenTo;
    return found.length > 0 ? found : undefined;
  }

  /** Returns the stored events at the versions of a commit. */
  readCommit(call: RepeatableCall, { events }: { readonly events: readonly E[] }): Promise<readonly E[]> {
    return this.#read(call, events[0]?.version ?? 0, events.at(-1)?.version ?? 0);
  }

  async #read(
    { actorId, signal }: RepeatableCall,
    first: number,
    last: number,
    commandId?: string,
  ): Promise<readonly E[]> {
    const store = this.#store;
    const events: E[] = [];
    const add = (event: E): void => {
      const isOfCommand = commandId === undefined || event.metadata?.[MetadataKeys.commandId] === commandId;
      if (event.version <= last && isOfCommand) events.push(event);
    };
    if (supports(store, "streaming")) {
      for await (const event of store.readEvents(actorId, { fromVersion: first, toVersion: last, signal })) add(event);
    } else for (const event of await store.getEvents(actorId, first, { signal })) add(event);
    return Object.freeze(events);
  }
}
