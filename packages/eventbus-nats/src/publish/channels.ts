import { subjectFor } from "../subjects.ts";

/** Maximum number of channels that are kept. */
const MAX_CHANNELS = 10_000;

/** A namespace that a bus publishes to. */
export interface Channel {
  readonly subject: string;
  /**
   * Distinguishes the numbering of a channel that was dropped and opened again from its earlier one, so that its new
   * messages are not mistaken for late ones.
   */
  readonly generation: number;
  /** Number of messages that the bus has sent to this namespace. */
  sent: number;
}

/** The namespaces that a bus publishes to. Beyond the limit, the channel that was opened first is dropped. */
export class Channels {
  readonly #prefix: string;
  readonly #byNamespace = new Map<string, Channel>();
  #dropped = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Returns the channel of a valid namespace. */
  get(namespace: string): Channel {
    return this.#byNamespace.get(namespace) ?? this.#open(namespace);
  }

  #open(namespace: string): Channel {
    if (this.#byNamespace.size === MAX_CHANNELS) {
      const [first] = this.#byNamespace.keys();
      if (first !== undefined) this.#byNamespace.delete(first);
      this.#dropped++;
    }
    const channel = { subject: subjectFor(this.#prefix, namespace), generation: this.#dropped, sent: 0 };
    this.#byNamespace.set(namespace, channel);
    return channel;
  }
}
