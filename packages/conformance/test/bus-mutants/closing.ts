import { BusClosedError, type CallOptions, type Event } from "@aether/core";
import type { Channel } from "../reference-bus/channel.ts";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { type Ending, ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import { type BusMutant, busMutant, subscriptionMutant } from "./mutant.ts";

const rejectsCalls = "closing: a closed bus rejects every call";
const again = "closing: close may be called more than once";
const scope = "closing: disposing a bus closes it";
const everyClose = "closing: every call to close resolves only after the handlers have finished";
const endedToo = "closing: close waits for handlers whose subscriptions have already ended";
const exits = "closing: nothing keeps the process running after close";
const leaves = "closing: after close, loops still get their buffered events and then end";
const invalidFirst = "order of errors: invalid input is reported before a closed bus, and before an aborted signal";
const closedFirst = "order of errors: a closed bus is reported before an aborted signal";

/** The buses on each channel. */
const busesOn = new WeakMap<Channel, Set<ReferenceBus>>();

export const closingMutants: readonly BusMutant[] = [
  busMutant(
    "accepts calls after close",
    [rejectsCalls, again, scope],
    class extends ReferenceBus {
      protected override throwIfClosed(): void {}
    },
  ),
  busMutant(
    "accepts subscribe after close",
    [rejectsCalls],
    class extends ReferenceBus {
      override subscribe(pattern: string, second?: unknown, third?: unknown): ReferenceSubscription {
        const closed = this.closed;
        this.closed = false;
        try {
          return super.subscribe(pattern, second, third);
        } finally {
          this.closed = closed;
        }
      }
    },
  ),
  busMutant(
    "rejects calls only after close has resolved",
    ["closing: a bus rejects calls as soon as close is called"],
    class extends ReferenceBus {
      override async close(): Promise<void> {
        await undefined;
        await super.close();
      }
    },
  ),
  busMutant(
    "discards buffered events when it is closed",
    [leaves, "closing: close waits until handlers have handled their buffered events"],
    class extends ReferenceBus {
      override async close(): Promise<void> {
        await Promise.all([...this.subscriptions].map((each) => each.unsubscribe()));
        await super.close();
      }
    },
  ),
  subscriptionMutant(
    "keeps a loop waiting after it is closed",
    ["closing: close ends a waiting loop"],
    class extends ReferenceSubscription {
      override end(ending: Ending): void {
        if (this.waiting.length === 0 && ending.failure === undefined) this.onEnd(this);
        else super.end(ending);
      }
    },
  ),
  subscriptionMutant(
    "ignores unsubscribe after close",
    ["closing: unsubscribe after close discards and counts the events that are still buffered"],
    class extends ReferenceSubscription {
      override async unsubscribe(): Promise<void> {
        if (this.ending === undefined) await super.unsubscribe();
      }
    },
  ),
  subscriptionMutant(
    "does not count the events of a loop that is left after close",
    ["closing: leaving the loop after close counts the events that are still buffered"],
    class extends ReferenceSubscription {
      protected override async leave(): Promise<IteratorResult<Event, undefined>> {
        return this.ending === undefined ? super.leave() : { done: true, value: undefined };
      }
    },
  ),
  subscriptionMutant(
    "does not wait for handlers when it is closed",
    ["closing: close waits until handlers have handled their buffered events"],
    class extends ReferenceSubscription {
      override async idle(): Promise<void> {}
    },
  ),
  busMutant(
    "does not send pending events when it is closed",
    ["closing: events that were published before close arrive"],
    class extends ReferenceBus {
      protected override async send(namespace: string, event: Event): Promise<void> {
        await undefined;
        if (!this.closed) await super.send(namespace, event);
      }
    },
  ),
  busMutant(
    "closes a connection that it shares with other buses",
    ["closing: closing a bus does not affect other buses"],
    class extends ReferenceBus {
      constructor(channel: Channel) {
        super(channel);
        const others = busesOn.get(channel) ?? new Set();
        busesOn.set(channel, others.add(this));
      }
      override async close(): Promise<void> {
        for (const other of busesOn.get(this.channel) ?? []) this.channel.detach(other);
        await super.close();
      }
    },
  ),
  busMutant(
    "rejects the second close",
    [again],
    class extends ReferenceBus {
      override async close(): Promise<void> {
        this.throwIfClosed();
        await super.close();
      }
    },
  ),
  busMutant(
    "resolves a second close before the first one",
    [everyClose],
    class extends ReferenceBus {
      override async close(): Promise<void> {
        if (!this.closed) await super.close();
      }
    },
  ),
  busMutant(
    "does not wait for handlers when it is disposed",
    [everyClose],
    class extends ReferenceBus {
      override async [Symbol.asyncDispose](): Promise<void> {
        void this.close();
      }
    },
  ),
  busMutant(
    "waits for handlers only in the second close",
    [everyClose, "closing: close waits until handlers have handled their buffered events"],
    class extends ReferenceBus {
      override async close(): Promise<void> {
        const closing = super.close();
        if (this.#isSecond) await closing;
        this.#isSecond = true;
      }
      #isSecond = false;
    },
  ),
  busMutant(
    "does not wait in close for the handlers of subscriptions that have ended",
    [endedToo],
    class extends ReferenceBus {
      protected override forget(subscription: ReferenceSubscription): void {
        super.forget(subscription);
        if (!this.closed) this.busy.delete(subscription);
      }
    },
  ),
  busMutant(
    "does not stop the timer that limits the duration of close",
    [exits],
    class extends ReferenceBus {
      protected override async shutDown(): Promise<void> {
        await Promise.race([super.shutDown(), new Promise((resolve) => setTimeout(resolve, 1_000))]);
      }
    },
  ),
  busMutant(
    "does not stop the timer of a subscription that has ended",
    [exits],
    class extends ReferenceBus {
      protected override async joinChannel(subscription: ReferenceSubscription): Promise<void> {
        setTimeout(() => {}, 1_000);
        await super.joinChannel(subscription);
      }
    },
  ),
  busMutant(
    "does not close when it is disposed",
    [scope],
    class extends ReferenceBus {
      override async [Symbol.asyncDispose](): Promise<void> {}
    },
  ),
  busMutant(
    "cannot be closed during a delivery",
    ["closing: a handler may close the bus"],
    class extends ReferenceBus {
      override async close(): Promise<void> {
        if (this.next.length > 0) await new Promise(() => {});
        await super.close();
      }
    },
  ),
  busMutant(
    "checks whether it is closed before it checks the input",
    [invalidFirst],
    class extends ReferenceBus {
      protected override checkNamespace(namespace: string): void {
        this.throwIfClosed();
        super.checkNamespace(namespace);
      }
    },
  ),
  busMutant(
    "checks the signal before it checks the input",
    [invalidFirst],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        options?.signal?.throwIfAborted();
        await super.publish(namespace, event, options);
      }
    },
  ),
  busMutant(
    "checks the signal before it checks whether it is closed",
    [closedFirst],
    class extends ReferenceBus {
      protected override checkOpen(options: CallOptions | undefined): void {
        options?.signal?.throwIfAborted();
        if (this.closed) throw new BusClosedError();
      }
    },
  ),
];
