import { setTimeout as delay } from "node:timers/promises";
import type { DocumentChange, Revision, WatchingDocumentStore } from "@aether/core";
import { COLLECTION } from "./document-names.ts";
import { heightOf, type Observations } from "./observations.ts";

/** Pause after a watch that has failed, in milliseconds. */
const PAUSE_MS = 100;

/** Watches the documents, and holds the revision of each of them. */
export class DocumentWatcher {
  readonly #store: WatchingDocumentStore;
  readonly #name: string;
  readonly #observations: Observations;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  readonly unexpected: string[] = [];
  #view = new Map<string, { readonly revision: Revision; readonly height: number | undefined }>();
  #leave = new AbortController();
  #isCurrent = false;
  #changes = 0;
  #watches = 0;

  constructor(store: WatchingDocumentStore, name: string, observations: Observations) {
    this.#store = store;
    this.#name = name;
    this.#observations = observations;
    this.#ended = this.#run();
  }

  /** Number of changes that were reported. */
  get changes(): number {
    return this.#changes;
  }

  /** Number of watches that were begun. */
  get watches(): number {
    return this.#watches;
  }

  /** The revision of each document; `null` until the watch has reported all of them. */
  get view(): Readonly<Record<string, string>> | null {
    if (!this.#isCurrent) return null;
    return Object.fromEntries([...this.#view].map(([id, { revision }]) => [id, revision]));
  }

  /** Leaves the watch, and begins another one without any knowledge of the documents. */
  restart(): void {
    this.#leave.abort();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#leave = new AbortController();
      const signal = AbortSignal.any([this.#stop.signal, this.#leave.signal]);
      try {
        await this.#watch(signal);
        if (!signal.aborted) this.unexpected.push(`the watch of ${this.#name} ended`);
      } catch (error) {
        if (signal.aborted) continue;
        this.unexpected.push(`the watch of ${this.#name} failed: ${String(error)}`);
        await delay(PAUSE_MS);
      }
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { heights } = this.#observations;
    const beginMs = performance.now();
    this.#isCurrent = false;
    this.#view = new Map();
    this.#watches++;
    for await (const change of this.#store.watchDocuments(COLLECTION, { signal })) {
      this.#changes++;
      if (change.type !== "current") {
        this.#apply(change);
        continue;
      }
      if (this.#isCurrent) this.unexpected.push(`the watch of ${this.#name} was current twice`);
      this.#isCurrent = true;
      for (const id of Object.keys(heights)) {
        this.#observations.checkHeight("watch", id, this.#view.get(id)?.height ?? 0, beginMs);
      }
    }
  }

  #apply(change: Exclude<DocumentChange, { type: "current" }>): void {
    if (change.type === "delete") {
      if (this.#view.get(change.id)?.height !== undefined)
        this.unexpected.push(`the watch of ${this.#name} reported that ${change.id} was deleted`);
      this.#view.delete(change.id);
      return;
    }
    const { document } = change;
    const { id, revision, value } = document;
    this.#observations.saw(document);
    const height = heightOf(value);
    const earlier = this.#view.get(id)?.height;
    if (height !== undefined && earlier !== undefined && height < earlier)
      this.unexpected.push(`the watch of ${this.#name} reported ${id} at ${height} after ${earlier}`);
    this.#view.set(id, { revision, height });
  }
}
