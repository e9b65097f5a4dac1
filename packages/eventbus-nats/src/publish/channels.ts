import { subjectFor } from "../subjects.ts";

/** Maximum number of channels that a bus keeps. */
const MAX_CHANNELS = 10_000;

/** A namespace that a bus publishes to, with the count of its messages. */
export interface Channel {
  readonly subject: string;
  /**
   * Number of channels that the bus had dropped when it opened this one. If a channel is dropped and opened again, its
   * messages are numbered from 1 again. The new generation shows receivers that these messages are not late.
   */
  readonly generation: number;
  /** Number of messages that the bus has sent to this namespace. */
  sent: number;
}

/** The channels of a bus. When there are too many, the channel that was opened first is dropped. */
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
