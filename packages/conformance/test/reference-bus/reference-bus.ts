import { BusClosedError, type CallOptions, type Event, type EventBroadcaster, InvalidEventError } from "@aether/core";
import { decodeEvent, prepareEvent } from "@aether/store-kit";
import type { Channel, ChannelMember } from "./channel.ts";
import { ReferenceSubscription } from "./reference-subscription.ts";
import { checkName, checkOptions, type SubscribeRequest } from "./subscribe-request.ts";

const missing = (path: string) => (): never => {
  throw new InvalidEventError({ path, reason: "is missing" });
};

/**
 * A simple and correct event bus on a channel. It consists of small methods that mutants override. Its own subscribers
 * get its events directly. The subscribers of other buses get them through the channel.
 */
export class ReferenceBus implements EventBroadcaster, ChannelMember {
  protected readonly channel: Channel;
  protected readonly subscriptions = new Set<ReferenceSubscription>();
  /** The subscriptions that have ended, but whose handlers may still run. */
  protected readonly busy = new Set<ReferenceSubscription>();
  protected readonly next: (() => void)[] = [];
  protected closed = false;
  protected closing: Promise<void> | undefined;
  /** Prefix of each text that the bus sends. The bus recognises its own events by this prefix. */
  protected readonly name: string = crypto.randomUUID();

  constructor(channel: Channel) {
    this.channel = channel;
    channel.attach(this);
  }

  async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
    this.checkNamespace(namespace);
    const prepared = this.prepare(event);
    this.checkOptions(options);
    this.checkOpen(options);
    this.deliver(namespace, prepared, "local");
    await this.send(namespace, prepared);
  }

  protected checkNamespace(namespace: string): void {
    checkName(namespace, false);
  }

  protected checkPattern(pattern: string): void {
    checkName(pattern, true);
  }

  protected checkOptions(options: unknown): ReturnType<typeof checkOptions> {
    return checkOptions(options);
  }

  /** Returns a checked and deeply frozen copy. */
  protected prepare(event: Event): Event {
    return prepareEvent<Event>(event, { newId: missing("id"), now: missing("timestamp") });
  }

  protected checkOpen(options: CallOptions | undefined): void {
    this.throwIfClosed();
    options?.signal?.throwIfAborted();
  }

  protected throwIfClosed(): void {
    if (this.closed) throw new BusClosedError();
  }

  protected send(namespace: string, event: Event): Promise<void> {
    return this.channel.send(namespace, `${this.name} ${JSON.stringify(event)}`);
  }

  receive(namespace: string, text: string): void {
    const space = text.indexOf(" ");
    if (this.isMine(text.slice(0, space))) return;
    this.deliver(namespace, decodeEvent(JSON.parse(text.slice(space + 1))), "remote");
  }

  protected isMine(name: string): boolean {
    return name === this.name;
  }

  /** Delivers one event at a time: an event that a handler publishes is delivered after the current event. */
  protected deliver(namespace: string, event: Event, from: "local" | "remote"): void {
    const isBusy = this.next.length > 0;
    this.next.push(() => this.offerTo(this.recipients(namespace, from), event));
    if (isBusy) return;
    for (let delivery = this.next[0]; delivery !== undefined; delivery = this.next[0]) {
      delivery();
      this.next.shift();
    }
  }

  protected recipients(namespace: string, from: "local" | "remote"): Iterable<ReferenceSubscription> {
    return [...this.subscriptions].filter(
      (each) => (from === "local" || each.isOnChannel) && this.matches(each.pattern, namespace),
    );
  }

  protected matches(pattern: string, namespace: string): boolean {
    const [wanted, tokens] = [pattern.split("."), namespace.split(".")];
    const fits = wanted.every((token, at) => token === ">" || token === "*" || token === tokens[at]);
    return fits && (wanted.at(-1) === ">" ? tokens.length >= wanted.length : tokens.length === wanted.length);
  }

  protected offerTo(recipients: Iterable<ReferenceSubscription>, event: Event): void {
    for (const subscription of recipients) subscription.offer(event);
  }

  subscribe(pattern: string, second?: unknown, third?: unknown): ReferenceSubscription {
    const handler = typeof second === "function" ? (second as SubscribeRequest["handler"]) : undefined;
    this.checkPattern(pattern);
    const options = this.checkOptions(handler === undefined ? second : third);
    this.checkOpen(options);
    const { bufferSize = 1_024, overflow = "drop-oldest" } = options;
    return this.open(this.request({ ...options, bufferSize, overflow, pattern, handler }));
  }

  /** Copies the request, so that the caller can change the options later. */
  protected request(request: SubscribeRequest): SubscribeRequest {
    return request.eventTypes === undefined ? request : { ...request, eventTypes: [...request.eventTypes] };
  }

  protected open(request: SubscribeRequest): ReferenceSubscription {
    const subscription = this.newSubscription(request);
    this.subscriptions.add(subscription);
    subscription.ready = this.joinChannel(subscription);
    return subscription;
  }

  protected newSubscription(request: SubscribeRequest): ReferenceSubscription {
    return new ReferenceSubscription(request, (ended) => this.forget(ended));
  }

  protected joinChannel(subscription: ReferenceSubscription): Promise<void> {
    return this.channel.inTurn(() => {
      subscription.isOnChannel = true;
    });
  }

  protected forget(subscription: ReferenceSubscription): void {
    this.subscriptions.delete(subscription);
    this.busy.add(subscription);
    void subscription.idle().then(() => this.busy.delete(subscription));
  }

  subscriberCount(pattern?: string): number {
    return [...this.subscriptions].filter((each) => pattern === undefined || each.pattern === pattern).length;
  }

  close(): Promise<void> {
    this.closed = true;
    this.closing ??= this.shutDown();
    return this.closing;
  }

  protected async shutDown(): Promise<void> {
    for (const subscription of [...this.subscriptions]) subscription.end({});
    await Promise.all([...this.busy].map((each) => each.idle()));
    this.channel.detach(this);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
