import { BusClosedError, type CallOptions, type Event } from "@aether/core";
import type { Channel } from "../reference-bus/channel.ts";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { type Ending, ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import { type BusMutant, busMutant, subscriptionMutant } from "./mutant.ts";

const refuses = "closing: a closed bus refuses every call";
const again = "closing: is allowed again, at once and later";
const scope = "closing: happens at the end of a scope";
const leaves = "closing: leaves loops what waits for them, and then ends them";
const invalidFirst = "precedence of errors: invalid input is refused before a closed bus, and before an aborted signal";
const closedFirst = "precedence of errors: a closed bus refuses before an aborted signal";

/** The buses on each channel. */
const busesOn = new WeakMap<Channel, Set<ReferenceBus>>();

export const closingMutants: readonly BusMutant[] = [
  busMutant(
    "serves on when it is closed",
    [refuses, again, scope],
    class extends ReferenceBus {
      protected override throwIfClosed(): void {}
    },
  ),
  busMutant(
    "subscribes on when it is closed",
    [refuses],
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
    "is closed only when closing is done",
    ["closing: a bus refuses from the call of close on"],
    class extends ReferenceBus {
      override async close(): Promise<void> {
        await undefined;
        await super.close();
      }
    },
  ),
  busMutant(
    "discards what waits when it is closed",
    [leaves, "closing: waits for handlers to take what waits for them"],
    class extends ReferenceBus {
      override async close(): Promise<void> {
        await Promise.all([...this.subscriptions].map((each) => each.unsubscribe()));
        await super.close();
      }
    },
  ),
  subscriptionMutant(
    "leaves a loop waiting when it is closed",
    ["closing: ends a loop that waits"],
    class extends ReferenceSubscription {
      override end(ending: Ending): void {
        if (this.waiting.length === 0 && ending.failure === undefined) this.onEnd(this);
        else super.end(ending);
      }
    },
  ),
  subscriptionMutant(
    "has nothing left to unsubscribe when it is closed",
    ["closing: what it left can still be discarded, which counts"],
    class extends ReferenceSubscription {
      override async unsubscribe(): Promise<void> {
        if (this.ending === undefined) await super.unsubscribe();
      }
    },
  ),
  subscriptionMutant(
    "does not wait for handlers when it is closed",
    ["closing: waits for handlers to take what waits for them"],
    class extends ReferenceSubscription {
      override async idle(): Promise<void> {}
    },
  ),
  busMutant(
    "forgets what it was about to send when it is closed",
    ["closing: what was published before arrives"],
    class extends ReferenceBus {
      protected override async send(namespace: string, event: Event): Promise<void> {
        await undefined;
        if (!this.closed) await super.send(namespace, event);
      }
    },
  ),
  busMutant(
    "closes what it shares with other buses",
    ["closing: leaves other buses alone"],
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
    "cannot be closed twice",
    [again],
    class extends ReferenceBus {
      override async close(): Promise<void> {
        this.throwIfClosed();
        await super.close();
      }
    },
  ),
  busMutant(
    "does not close when it is disposed of",
    [scope],
    class extends ReferenceBus {
      override async [Symbol.asyncDispose](): Promise<void> {}
    },
  ),
  busMutant(
    "cannot be closed while it delivers",
    ["closing: can be asked for by a handler"],
    class extends ReferenceBus {
      override async close(): Promise<void> {
        if (this.next.length > 0) await new Promise(() => {});
        await super.close();
      }
    },
  ),
  busMutant(
    "looks whether it is closed before it looks at the input",
    [invalidFirst],
    class extends ReferenceBus {
      protected override checkNamespace(namespace: string): void {
        this.throwIfClosed();
        super.checkNamespace(namespace);
      }
    },
  ),
  busMutant(
    "looks at the signal before it looks at the input",
    [invalidFirst],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        options?.signal?.throwIfAborted();
        await super.publish(namespace, event, options);
      }
    },
  ),
  busMutant(
    "looks at the signal before it looks whether it is closed",
    [closedFirst],
    class extends ReferenceBus {
      protected override checkOpen(options: CallOptions | undefined): void {
        options?.signal?.throwIfAborted();
        if (this.closed) throw new BusClosedError();
      }
    },
  ),
];
