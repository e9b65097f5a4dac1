import { subjectFor } from "./subjects.ts";

/** How many namespaces are remembered. */
const REMEMBERED = 10_000;

/** What a bus knows of a namespace that it publishes to. */
export interface Channel {
  readonly subject: string;
  /** Rises where a namespace that was forgotten is numbered anew, so that nobody takes its messages for late ones. */
  readonly generation: number;
  /** How many messages the bus has sent there. */
  sent: number;
}

/** The namespaces that a bus publishes to. Of those beyond the bound, the one that was first used first is forgotten. */
export class Channels {
  readonly #prefix: string;
  readonly #byNamespace = new Map<string, Channel>();
  #forgotten = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The channel of a valid namespace. */
  get(namespace: string): Channel {
    return this.#byNamespace.get(namespace) ?? this.#open(namespace);
  }

  #open(namespace: string): Channel {
    if (this.#byNamespace.size === REMEMBERED) {
      const [first] = this.#byNamespace.keys();
      if (first !== undefined) this.#byNamespace.delete(first);
      this.#forgotten++;
    }
    const channel = { subject: subjectFor(this.#prefix, namespace), generation: this.#forgotten, sent: 0 };
    this.#byNamespace.set(namespace, channel);
    return channel;
  }
}
