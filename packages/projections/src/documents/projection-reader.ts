import type { DocumentStore, Event, FeedEventStore } from "@aether/core";
import { waitForProcessor } from "@aether/processor";
import type { Projection } from "../projection.ts";
import { DocumentReader } from "../reading/document-reader.ts";
import type { AtLeast, ProjectionReader, ProjectionWaitOptions } from "../reading/projection-reads.ts";
import { positionOf, resolveRead } from "../reading/read-options.ts";
import { LivePointer } from "./live-pointer.ts";
import { processorOf } from "./stored-projection.ts";

/** Reads a projection that other processes keep current. */
export class DocumentProjectionReader<E extends Event, D extends object>
  extends DocumentReader<D>
  implements ProjectionReader<D>
{
  readonly name: string;
  readonly #store: FeedEventStore;
  readonly #pointer: LivePointer;

  constructor(store: FeedEventStore, projection: Projection<E, D>, documents: DocumentStore) {
    const { name } = projection;
    const pointer = new LivePointer(documents, projection);
    super({
      documents,
      name,
      ownVersion: undefined,
      pointer,
      waitFor: (version, position, limits) =>
        waitForProcessor(documents, processorOf({ name, version }), position, { ...limits, store }),
      onTombstone: () => {}, // The processes that run the projection remove tombstones.
    });
    this.name = name;
    this.#store = store;
    this.#pointer = pointer;
  }

  /** Reads the live version once, and observes it from then on. @throws the errors of the store */
  async start(signal: AbortSignal | undefined): Promise<void> {
    await this.#pointer.read(signal);
    this.#pointer.observe();
  }

  async waitFor(atLeast: AtLeast, options: ProjectionWaitOptions = {}): Promise<void> {
    await this.reach(resolveRead({ ...options, atLeast: positionOf(atLeast, "atLeast") }));
  }

  async drain(options: ProjectionWaitOptions = {}): Promise<void> {
    const { signal } = resolveRead(options);
    const position = await this.#store.getLatestPosition({ signal });
    if (position !== undefined) await this.waitFor(position, options);
  }

  stop(): Promise<void> {
    return this.#pointer.stop();
  }

  close(): Promise<void> {
    return this.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
