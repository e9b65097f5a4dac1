import type {
  AtomicDocumentStore,
  CallOptions,
  DocumentStore,
  DocumentStoreSupports,
  WatchingDocumentStore,
} from "@aether/core";
import { collect } from "../samples/events.ts";
import type { DocumentStoreCapabilities } from "../suite/document-case.ts";
import { COLLECTION } from "./reading.ts";

/** A store with the methods of all capabilities. */
export type AnyDocumentStore = AtomicDocumentStore & WatchingDocumentStore;

/** A method of document stores, with valid and invalid arguments. */
export interface DocumentCall {
  readonly method: keyof AnyDocumentStore;
  /** The capability that the method belongs to. `undefined` if every store has the method. */
  readonly capability?: keyof DocumentStoreCapabilities;
  /** True if the call writes the document `"call"`. */
  readonly isWrite?: boolean;
  /** Calls the method. A watch is left as soon as it is current. */
  readonly run: (store: AnyDocumentStore, options?: CallOptions) => Promise<unknown>;
  /** Calls the method with an argument that is invalid. */
  readonly runInvalid: (store: AnyDocumentStore, options?: CallOptions) => Promise<unknown>;
}

const noText = 5 as unknown as string;

/** Id of the document that the calls read and write. */
export const CALLED = "call";

async function watchUntilCurrent(store: AnyDocumentStore, collection: string, options?: CallOptions): Promise<void> {
  for await (const { type } of store.watchDocuments(collection, options)) if (type === "current") return;
}

const everyCall: readonly DocumentCall[] = [
  {
    method: "getDocument",
    run: (store, options) => store.getDocument(COLLECTION, CALLED, options),
    runInvalid: (store, options) => store.getDocument(COLLECTION, noText, options),
  },
  {
    method: "putDocument",
    isWrite: true,
    run: (store, options) => store.putDocument(COLLECTION, CALLED, { called: true }, options),
    runInvalid: (store, options) => store.putDocument(COLLECTION, CALLED, { price: Number.NaN }, options),
  },
  {
    method: "deleteDocument",
    isWrite: true,
    run: (store, options) => store.deleteDocument(COLLECTION, CALLED, options),
    runInvalid: (store, options) => store.deleteDocument(noText, CALLED, options),
  },
  {
    method: "listDocuments",
    run: (store, options) => collect(store.listDocuments(COLLECTION, options)),
    runInvalid: (store, options) => collect(store.listDocuments(COLLECTION, { ...options, idPrefix: noText })),
  },
  {
    method: "writeDocuments",
    capability: "atomic",
    isWrite: true,
    run: (store, options) =>
      store.writeDocuments([{ type: "put", collection: COLLECTION, id: CALLED, value: { called: true } }], options),
    runInvalid: (store, options) =>
      store.writeDocuments([{ type: "delete", collection: COLLECTION, id: noText }], options),
  },
  {
    method: "watchDocuments",
    capability: "watch",
    run: (store, options) => watchUntilCurrent(store, COLLECTION, options),
    runInvalid: (store, options) => watchUntilCurrent(store, noText, options),
  },
];

/** Returns the methods that every store has, and those of the declared capabilities. */
export function declaredDocumentCalls(supports: DocumentStoreSupports): readonly DocumentCall[] {
  return everyCall.filter(({ capability }) => capability === undefined || supports[capability] === true);
}

/** Returns the methods that belong to undeclared capabilities. */
export function undeclaredDocumentCalls(supports: DocumentStoreSupports): readonly DocumentCall[] {
  return everyCall.filter(({ capability }) => capability !== undefined && supports[capability] !== true);
}

/** Types a store so that any method can be called. */
export function asAnyDocumentStore(store: DocumentStore): AnyDocumentStore {
  return store as AnyDocumentStore;
}
