import type { Event } from "@aether/core";
import { freezeJson } from "@aether/store-kit";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { type BusClass, type BusMutant, busMutant } from "./mutant.ts";

const hostile = "delivery: events with hostile contents arrive unchanged, in loops and in handlers";
const large = "delivery: large events arrive unchanged";
const many = "delivery: many events that a handler publishes at once all arrive, in order";

/** Returns a bus class that changes the events that it delivers. */
function delivering(change: (event: Event) => Event): BusClass {
  return class extends ReferenceBus {
    protected override prepare(event: Event): Event {
      return freezeJson({ ...change(super.prepare(event)) }, "event", (_, reason) => new Error(reason), 0);
    }
  };
}

/** Returns a bus class that changes every text or number in data. */
function deliveringParts(change: (part: unknown) => unknown): BusClass {
  const all = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return change(value);
    if (Array.isArray(value)) return value.map(all);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, all(part)]));
  };
  return delivering((event) => ({ ...event, data: all(event.data) as object }));
}

/** Returns a bus class that changes every text in metadata. */
function deliveringMetadata(change: (text: string) => string): BusClass {
  return delivering(({ metadata = {}, ...event }) => {
    const texts = Object.entries(metadata).map(([key, text]) => [key, change(text)]);
    return texts.length === 0 ? event : { ...event, metadata: Object.fromEntries(texts) };
  });
}

const texts = (change: (text: string) => unknown): BusClass =>
  deliveringParts((part) => (typeof part === "string" ? change(part) : part));

export const contentMutants: readonly BusMutant[] = [
  busMutant(
    "sends text as UTF-8, which has no lone surrogates",
    [hostile],
    texts((text) => text.toWellFormed()),
  ),
  busMutant(
    "revives dates in data",
    [hostile],
    texts((text) => (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) ? Date.parse(text) : text)),
  ),
  busMutant(
    "saturates whole numbers from 2^63 on",
    [hostile],
    deliveringParts((part) => (typeof part === "number" && part > 2 ** 63 ? 2 ** 63 : part)),
  ),
  busMutant(
    "sends metadata as headers, which are trimmed",
    [hostile],
    deliveringMetadata((text) => text.trim()),
  ),
  busMutant(
    "sends metadata as Latin-1",
    [hostile],
    deliveringMetadata((text) => text.replace(/[\u0100-\uffff]/g, "?")),
  ),
  busMutant(
    "cuts event ids at 64 characters",
    [hostile],
    delivering((event) => ({ ...event, id: event.id.slice(0, 64) })),
  ),
  busMutant(
    "cuts event types at 64 characters",
    [hostile],
    delivering((event) => ({ ...event, eventType: event.eventType.slice(0, 64) })),
  ),
  busMutant(
    "normalises actor ids",
    [hostile],
    delivering((event) => ({ ...event, actorId: event.actorId.normalize("NFKC") })),
  ),
  busMutant(
    "sends versions as 32-bit numbers",
    [hostile],
    delivering((event) => ({ ...event, version: event.version >>> 0 || 1 })),
  ),
  busMutant(
    "drops events above 256 KiB",
    [large],
    class extends ReferenceBus {
      protected override deliver(namespace: string, event: Event, from: "local" | "remote"): void {
        if (JSON.stringify(event).length < 262_144) super.deliver(namespace, event, from);
      }
    },
  ),
  busMutant(
    "decodes text in blocks of 64 KiB",
    [large],
    texts((text) => {
      if (text.length < 20_000) return text;
      const [bytes, size] = [new TextEncoder().encode(text), 65_536];
      const starts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => index * size);
      return starts.map((start) => new TextDecoder().decode(bytes.subarray(start, start + size))).join("");
    }),
  ),
  busMutant(
    "queues at most 100 events that handlers publish during a delivery",
    [many],
    class extends ReferenceBus {
      protected override deliver(namespace: string, event: Event, from: "local" | "remote"): void {
        if (this.next.length < 100) super.deliver(namespace, event, from);
      }
    },
  ),
];
