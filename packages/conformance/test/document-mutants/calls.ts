import { type CallOptions, type DocumentWriteOptions, type Revision, StoreClosedError } from "@aether/core";
import { pause } from "../../src/checks/pause.ts";
import { ReferenceDocumentStore } from "../reference-documents/reference-document-store.ts";
import { type DocumentMutant, documentMutant, impatient } from "./mutant.ts";

export const callMutants: readonly DocumentMutant[] = [
  documentMutant(
    "checks its options only in reads",
    ["invalid input: options and signals of another type are rejected"],
    class extends ReferenceDocumentStore {
      override async deleteDocument(collection: string, id: string, options?: DocumentWriteOptions): Promise<void> {
        await super.deleteDocument(collection, id, options?.signal instanceof AbortSignal ? options : undefined);
      }
    },
  ),
  documentMutant(
    "removes the signal from the caller's options",
    ["immutability: the caller's options are not changed"],
    class extends ReferenceDocumentStore {
      override async getDocument<Value extends object>(collection: string, id: string, options?: CallOptions) {
        const document = await super.getDocument<Value>(collection, id, options);
        if (options !== undefined && !Object.isFrozen(options)) delete (options as { signal?: unknown }).signal;
        return document;
      }
    },
  ),
  documentMutant(
    "checks whether it is open before the arguments",
    ["order of errors: invalid input is reported before a closed store"],
    class extends ReferenceDocumentStore {
      protected override checkName(collection: unknown, id: unknown, path = ""): void {
        if (this.closed) throw new StoreClosedError();
        super.checkName(collection, id, path);
      }
    },
  ),
  documentMutant(
    "checks the signal before the arguments",
    ["order of errors: invalid input is reported before an aborted signal"],
    class extends ReferenceDocumentStore {
      override async getDocument<Value extends object>(collection: string, id: string, options?: CallOptions) {
        options?.signal?.throwIfAborted();
        return super.getDocument<Value>(collection, id, options);
      }
    },
  ),
  documentMutant(
    "checks the signal before it checks whether it is open",
    ["order of errors: a closed store is reported before an aborted signal"],
    class extends ReferenceDocumentStore {
      protected override checkOpen(signal: AbortSignal | undefined): void {
        signal?.throwIfAborted();
        super.checkOpen(undefined);
      }
    },
  ),
  documentMutant(
    "reports a conflict before an aborted signal",
    ["order of errors: a conflict is reported last"],
    class extends ReferenceDocumentStore {
      override async putDocument(
        collection: string,
        id: string,
        value: object,
        options?: DocumentWriteOptions,
      ): Promise<Revision> {
        const prepared = this.preparePut(collection, id, value, options);
        this.checkExpected(prepared);
        return super.putDocument(collection, id, value, options);
      }
    },
  ),
  documentMutant(
    "rejects an aborted read with another reason",
    ["aborting: a read that is aborted in flight returns its result, or rejects with signal.reason"],
    class extends ReferenceDocumentStore {
      override async getDocument<Value extends object>(collection: string, id: string, options?: CallOptions) {
        const document = await super.getDocument<Value>(collection, id, options);
        await pause(1);
        if (options?.signal?.aborted === true) throw new Error("aborted");
        return document;
      }
    },
  ),
  documentMutant(
    "notices only at the end of a list that it was aborted",
    ["aborting: an abort between two documents ends a list"],
    class extends ReferenceDocumentStore {
      override listDocuments<Value extends object>(
        collection: string,
        options?: Parameters<ReferenceDocumentStore["listDocuments"]>[1],
      ) {
        const isAborted = options?.signal?.aborted === true;
        return super.listDocuments<Value>(collection, isAborted ? options : { ...options, signal: undefined });
      }
    },
  ),
  documentMutant(
    "leaves a listener on the signal of a call",
    ["aborting: no listener is left on a signal after its calls have ended"],
    class extends ReferenceDocumentStore {
      protected override checkOpen(signal: AbortSignal | undefined): void {
        super.checkOpen(signal);
        signal?.addEventListener("abort", () => {});
      }
    },
  ),
  documentMutant(
    "answers reads after it was closed",
    ["closing: every call of a closed store rejects with StoreClosedError"],
    class extends ReferenceDocumentStore {
      override async getDocument<Value extends object>(collection: string, id: string) {
        return this.read(collection, id) as never as Promise<Value & never>;
      }
    },
  ),
  documentMutant(
    "is closed only when close resolves",
    ["closing: a store rejects calls as soon as close is called"],
    class extends ReferenceDocumentStore {
      override async close(): Promise<void> {
        await pause(1);
        await super.close();
      }
    },
  ),
  documentMutant(
    "rejects a second close",
    ["closing: close may be called more than once"],
    class extends ReferenceDocumentStore {
      override async close(): Promise<void> {
        if (this.closed) throw new StoreClosedError();
        await super.close();
      }
    },
  ),
  documentMutant(
    "gives up the writes in flight when it is closed",
    ["closing: close resolves only after the writes in flight have ended, and keeps what they report"],
    class extends ReferenceDocumentStore {
      override async putDocument(...args: Parameters<ReferenceDocumentStore["putDocument"]>): Promise<Revision> {
        const revision = await super.putDocument(...args);
        await pause(1);
        this.checkOpen(undefined);
        return revision;
      }
    },
  ),
  documentMutant(
    "finishes an open list after it was closed",
    ["closing: close ends an open list with StoreClosedError"],
    class extends ReferenceDocumentStore {
      override async close(): Promise<void> {
        this.closed = true;
      }
    },
    impatient,
  ),
];
