import type { DocumentStore, DocumentWriteOptions, Revision, StoredDocument } from "@aether/core";
import type { JetStreamDocumentStore } from "@aether/store-jetstream";
import { parseRevision } from "@aether/store-kit";
import { sharedNow } from "../workload/clock.ts";
import type { LeaseState, ParkState } from "./processor-history.ts";
import type { RunLog, StateValue } from "./run-log.ts";

/** The documents of a processor, which records each state of a lease and of parked actors that it sends or learns. */
export class RecordedDocuments {
  readonly #log: RunLog;
  /** Token of the lease that was last sent, by partition. */
  readonly #tokens = new Map<number, string>();
  readonly documents: DocumentStore;

  constructor(store: JetStreamDocumentStore, log: RunLog) {
    this.#log = log;
    const replaced = {
      getDocument: async (...args: Parameters<DocumentStore["getDocument"]>) => {
        const document = await store.getDocument(...args);
        if (document !== undefined) this.learn(document);
        return document;
      },
      putDocument: async (collection: string, id: string, value: object, options?: DocumentWriteOptions) => {
        const state = stateOf(id, value);
        if (state !== undefined) this.#sent(state);
        const revision = await store.putDocument(collection, id, value, options);
        if (state !== undefined) this.#stored(state, revision);
        return revision;
      },
    };
    this.documents = new Proxy(store, {
      get: (target, key) => {
        if (key in replaced) return replaced[key as keyof typeof replaced];
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  /** Returns the token of the lease that the process had last for a partition. */
  tokenOf(partition: number): string {
    return this.#tokens.get(partition) ?? "";
  }

  /** Records a state that was read. */
  learn({ id, value, revision }: StoredDocument): void {
    const state = stateOf(id, value);
    if (state !== undefined) this.#stored(state, revision);
  }

  #sent(state: StateValue): void {
    if (state.document === "lease") this.#tokens.set(state.partition, state.token);
    this.#log.write({ kind: "sent", state, atMs: sharedNow() });
  }

  #stored(state: StateValue, revision: Revision): void {
    const { sequence } = parseRevision(revision, "revision");
    this.#log.write({ kind: "stored", state, sequence, atMs: sharedNow() });
  }
}

/** Returns the fields that the checks need; `undefined` for other documents. */
function stateOf(id: string, value: object): StateValue | undefined {
  const [kind, number] = id.split("/");
  const partition = Number(number);
  const { token, write } = value as { readonly token: string; readonly write: number };
  if (kind === "partition") {
    const { checkpoint, ahead, isReleased } = value as Pick<LeaseState, "checkpoint" | "ahead" | "isReleased">;
    return { document: "lease", partition, token, write, checkpoint, ahead, isReleased };
  }
  if (kind !== "parked") return undefined;
  const { actors } = value as Pick<ParkState, "actors">;
  const short = actors.map(({ actorId, position, after }) => ({ actorId, position, after }));
  return { document: "parks", partition, token, write, actors: short };
}
