import { OutcomeUnknownError, StoreUnavailableError } from "@aether/core";
import type { MemoryDocumentStore } from "@aether/store-memory";
import { changed } from "../support.ts";

/** Requests of all processes, delivered one at a time in any order. */
export class Network {
  readonly #random: () => number;
  #waiting: (() => void)[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Resolves when it is the request's turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Delivers requests until there are no more. */
  async run(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#waiting.length === 0) return;
      const [next] = this.#waiting.splice(Math.floor(this.#random() * this.#waiting.length), 1);
      next?.();
    }
  }
}

/** Rules that a test leaves out, to show that they are needed. */
export type LeftOut =
  | "compare-and-set"
  | "position"
  | "tombstone"
  | "partition by document"
  | "atomic reads"
  | undefined;

export interface LossyOptions {
  readonly random: () => number;
  readonly network: Network;
  /** Probability that a request is lost, that its answer is lost, and that the process ends during the request. */
  readonly fault: number;
  readonly isAtomic: boolean;
  readonly leftOut: LeftOut;
  /** Called when the process ends. Its requests are never answered. */
  readonly onCrash: () => void;
}

type Method = "getDocument" | "putDocument" | "writeDocuments" | "deleteDocument";

/** The documents as one process sees them. */
export function lossy(documents: MemoryDocumentStore, options: LossyOptions): MemoryDocumentStore {
  const { random, network, fault, isAtomic, leftOut, onCrash } = options;
  let isDead = false;
  const crash = (): Promise<never> => {
    if (!isDead) onCrash();
    isDead = true;
    return new Promise<never>(() => {});
  };
  const call = (method: Method) => {
    return async (...given: readonly unknown[]): Promise<unknown> => {
      const args = [...given];
      if (isDead || random() < fault / 2) return crash();
      const last = args.at(-1) as { expectedRevision?: unknown } | undefined;
      if (method !== "getDocument" && method !== "writeDocuments")
        args[args.length - 1] = leftOut === "compare-and-set" ? {} : { expectedRevision: last?.expectedRevision };
      await network.turn();
      if (random() < fault) throw lost(method, false);
      let result: unknown;
      let error: unknown;
      try {
        result = await perform(documents, method, args, leftOut);
      } catch (thrown) {
        error = thrown;
      }
      await network.turn();
      if (isDead || random() < fault / 2) return crash();
      if (random() < fault) throw lost(method, true);
      if (error !== undefined) throw error;
      return result;
    };
  };
  return changed(documents, {
    supports: { durable: true, shared: true, atomic: isAtomic },
    getDocument: call("getDocument"),
    putDocument: call("putDocument"),
    writeDocuments: call("writeDocuments"),
    deleteDocument: call("deleteDocument"),
  }) as MemoryDocumentStore;
}

async function perform(
  documents: MemoryDocumentStore,
  method: Method,
  args: readonly unknown[],
  leftOut: LeftOut,
): Promise<unknown> {
  const [collection, id, value] = args as [string, string, { document?: unknown } | undefined];
  if (leftOut === "tombstone" && method === "putDocument" && value?.document === null)
    return documents.deleteDocument(collection, id);
  const result: unknown = await (documents[method] as (...all: readonly unknown[]) => unknown).call(documents, ...args);
  if (leftOut !== "position" || method !== "getDocument" || result === undefined) return result;
  const found = result as { readonly value: { readonly document?: unknown } };
  return found.value.document === undefined ? found : { ...found, value: { ...found.value, position: "0" } };
}

function lost(method: Method, isAnswer: boolean): Error {
  const reason = "the network has lost a message";
  if (method === "getDocument" || (!isAnswer && method === "deleteDocument"))
    return new StoreUnavailableError({ operation: "read", reason });
  return new OutcomeUnknownError({ document: { collection: "any", id: "any" } });
}
