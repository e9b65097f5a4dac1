import { PatternRegistry, publishedEvent, readSubscribeArguments, reportTo, SubscriptionHub } from "@aether/bus-kit";
import {
  BusClosedError,
  type CallOptions,
  type Event,
  type EventBroadcaster,
  type EventSubscription,
} from "@aether/core";
import { decodeEvent } from "@aether/store-kit";

const DRAIN_TIMEOUT_MS = 5_000;

/**
 * A message on the channel: an event, or a mark that returns to its sender after everything that was posted before it.
 */
type Message = { readonly namespace: string; readonly json: string } | { readonly mark: string };

/**
 * A bus between the threads of a process, on a `BroadcastChannel`. Subscribers of the publishing bus get events at
 * once.
 */
export class ChannelEventBus implements EventBroadcaster {
  readonly #channel: BroadcastChannel;
  readonly #marks: BroadcastChannel;
  readonly #marked = new Map<string, () => void>();
  readonly #registry = new PatternRegistry();
  readonly #hub = new SubscriptionHub(reportTo(() => {}));
  #isClosed = false;
  #closing: Promise<void> | undefined;

  constructor(name: string) {
    this.#channel = new BroadcastChannel(name);
    this.#marks = new BroadcastChannel(name);
    this.#channel.onmessage = (message) => this.#receive((message as unknown as { readonly data: Message }).data);
  }

  async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
    const subscribers = this.#registry.matching(namespace);
    const complete = publishedEvent(event);
    this.#throwIfClosed();
    options?.signal?.throwIfAborted();
    this.#channel.postMessage({ namespace, json: JSON.stringify(complete) } satisfies Message);
    this.#hub.deliver(subscribers, complete);
  }

  subscribe(pattern: string, second?: unknown, third?: unknown): EventSubscription {
    const request = readSubscribeArguments(pattern, second, third);
    this.#throwIfClosed();
    const subscription = this.#hub.open(request, this.#registry);
    subscription.confirm();
    return subscription as unknown as EventSubscription;
  }

  subscriberCount(pattern?: string): number {
    return this.#hub.count(pattern);
  }

  /** Resolves when everything that any thread has posted before the call has arrived here. */
  async arrived(): Promise<void> {
    if (this.#isClosed) return;
    const mark = crypto.randomUUID();
    const marked = new Promise<void>((resolve) => this.#marked.set(mark, resolve));
    this.#marks.postMessage({ mark } satisfies Message);
    await marked;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    await this.#hub.close(DRAIN_TIMEOUT_MS);
    this.#channel.close();
    this.#marks.close();
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw new BusClosedError();
  }

  #receive(message: Message): void {
    if ("mark" in message) this.#marked.get(message.mark)?.();
    else this.#hub.deliver(this.#registry.matching(message.namespace), decodeEvent(JSON.parse(message.json)));
  }
}
