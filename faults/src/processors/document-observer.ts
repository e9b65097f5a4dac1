import { setTimeout as delay } from "node:timers/promises";
import type { JetStreamDocumentStore } from "@aether/store-jetstream";
import { COLLECTION } from "./processor-messages.ts";
import { RecordedDocuments } from "./recorded-documents.ts";
import type { RunLog } from "./run-log.ts";

/** Watches the documents of the processor from a process without faults, and records each state. */
export class DocumentObserver implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(documents: JetStreamDocumentStore, log: RunLog) {
    this.#done = this.#run(documents, new RecordedDocuments(documents, log));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(documents: JetStreamDocumentStore, recorded: RecordedDocuments): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        for await (const change of documents.watchDocuments(COLLECTION, { signal })) {
          if (change.type === "put") recorded.learn(change.document);
        }
      } catch {
        await delay(100);
      }
    }
  }
}
