import { AbstractEventBus, resolveBusOptions } from "@aether/bus-kit";
import type { Event } from "@aether/core";
import { decodeEvent, parseJson } from "@aether/store-kit";

/**
 * A message on the channel: an event or a mark. When a bus receives its own mark, it has received all earlier messages.
 */
type Message = { readonly namespace: string; readonly json: string } | { readonly mark: string };

/** A bus between the threads of a process, on a `BroadcastChannel`. */
export class ChannelEventBus extends AbstractEventBus {
  readonly #events: BroadcastChannel;
  readonly #marks: BroadcastChannel;
  readonly #returned = new Map<string, () => void>();

  constructor(name: string) {
    super(resolveBusOptions({ onStatus: () => {} }));
    this.#events = new BroadcastChannel(name);
    this.#marks = new BroadcastChannel(name);
    this.#events.onmessage = (message) => this.#receive((message as unknown as { readonly data: Message }).data);
  }

  /** Resolves when all messages that were posted before the call, by any thread, have arrived here. */
  async arrived(): Promise<void> {
    const mark = crypto.randomUUID();
    const returned = new Promise<void>((resolve) => this.#returned.set(mark, resolve));
    this.#marks.postMessage({ mark } satisfies Message);
    await returned;
  }

  protected override async send(namespace: string, event: Event): Promise<void> {
    this.#events.postMessage({ namespace, json: JSON.stringify(event) } satisfies Message);
    this.hub.counters.published++;
  }

  protected override async shutDown(timeoutMs: number): Promise<void> {
    await super.shutDown(timeoutMs);
    this.#events.close();
    this.#marks.close();
  }

  #receive(message: Message): void {
    if ("mark" in message) this.#returned.get(message.mark)?.();
    else this.hub.deliver(this.registry.matching(message.namespace), decodeEvent(parseJson(message.json)));
  }
}
