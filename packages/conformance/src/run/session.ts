import type { CallTracker } from "../instrument/call-tracker.ts";
import { awaitResult } from "../instrument/instrumented-call.ts";

/** Creates, opens and frees the resources of a case: storage for stores, channels for buses. */
export interface Resources<Resource, Opened> {
  create(): Resource | Promise<Resource>;
  open(resource: Resource): Opened | Promise<Opened>;
  destroy(resource: Resource): unknown;
  /** The call to `open`, as text. */
  readonly openCall: string;
}

/** The resources that one case has created, and the stores or buses that it has opened on them. */
export class Session<Resource, Opened extends object> {
  readonly created: Resource[] = [];
  readonly opened: Opened[] = [];
  readonly tracker: CallTracker;
  readonly #resources: Resources<Resource, Opened>;
  readonly #instrument: (original: Opened, tracker: CallTracker) => Opened;
  readonly #originals = new Map<Opened, Opened>();

  constructor(
    resources: Resources<Resource, Opened>,
    instrument: (original: Opened, tracker: CallTracker) => Opened,
    tracker: CallTracker,
  ) {
    this.#resources = resources;
    this.#instrument = instrument;
    this.tracker = tracker;
  }

  async create(): Promise<Resource> {
    const resource = await this.#resources.create();
    this.created.push(resource);
    return resource;
  }

  /** Opens a store or a bus and instruments it. */
  async open(
    resource: Resource,
    { open, openCall }: Pick<Resources<Resource, Opened>, "open" | "openCall"> = this.#resources,
  ): Promise<Opened> {
    const opening = async (): Promise<Opened> => open(resource);
    const original = (await awaitResult(openCall, this.tracker, opening())) as Opened;
    const opened = this.#instrument(original, this.tracker);
    this.#originals.set(opened, original);
    this.opened.push(opened);
    return opened;
  }

  /** Returns the store or bus without its instrumentation. */
  originalOf(opened: Opened): Opened {
    return this.#originals.get(opened) ?? opened;
  }

  async destroy(resource: Resource): Promise<void> {
    await this.#resources.destroy(resource);
  }
}
