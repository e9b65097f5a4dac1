import { type CallOptions, type Event, InvalidEventError, type NewEvent, type SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const singly = "contents: events that are saved one by one are read back unchanged, by every read";
const badTimestamps = "invalid input: a timestamp that is not an RFC 3339 date-time is rejected";
const noPrototype = "saving and reading: data and metadata without a prototype are stored like other objects";
const onlyOne = "saving and reading: a given id is kept without a timestamp, and a given timestamp without an id";
const mixed =
  "batches: ids and timestamps of a batch are kept where they are given, and filled in where they are missing";

type Json = Readonly<Record<string, unknown>>;

/** Returns a store class that converts the parts of data that `convert` recognises. */
function converting(convert: (part: unknown) => unknown): StoreClass {
  const all = (value: unknown): unknown => {
    const converted = convert(value);
    if (converted !== value || typeof value !== "object" || value === null) return converted;
    if (Array.isArray(value)) return value.map(all);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, all(part)]));
  };
  return class extends ReferenceStore {
    protected override encode(events: readonly Event[]): string {
      return JSON.stringify(events.map((event) => ({ ...event, data: all(event.data) })));
    }
  };
}

const convertingTexts = (pattern: RegExp, convert: (text: string) => unknown): StoreClass =>
  converting((part) => (typeof part === "string" && pattern.test(part) ? convert(part) : part));
const isObject = (part: unknown): part is Json => typeof part === "object" && part !== null && !Array.isArray(part);
const convertingObjects = (convert: (object: Json) => unknown): StoreClass =>
  converting((part) => (isObject(part) ? (convert(part) ?? part) : part));

/** Returns a store class that accepts invalid timestamps of one form. */
function acceptingTimestamps(pattern: RegExp): StoreClass {
  return class extends ReferenceStore {
    protected override prepare(event: NewEvent): Event {
      const isAccepted = typeof event?.timestamp === "string" && pattern.test(event.timestamp);
      return super.prepare(isAccepted ? { ...event, timestamp: "2024-01-01T00:00:00Z" } : event);
    }
  };
}

/** Returns a store class that rejects valid timestamps of one form. */
function rejectingTimestamps(pattern: RegExp): StoreClass {
  return class extends ReferenceStore {
    protected override prepare(event: NewEvent): Event {
      if (pattern.test(event?.timestamp ?? ""))
        throw new InvalidEventError({ path: "timestamp", reason: "is invalid" });
      return super.prepare(event);
    }
  };
}

function hasPrototypes(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.getPrototypeOf(value) !== null && Object.values(value).every(hasPrototypes);
}

export const conversionMutants: readonly Mutant[] = [
  mutant(
    "revives dates in data",
    [singly],
    convertingTexts(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, (text) => Date.parse(text)),
  ),
  mutant("revives big integers in data", [singly], convertingTexts(/^\d+n$/, Number.parseFloat)),
  mutant(
    "takes yes and no for booleans, as YAML does",
    [singly],
    convertingTexts(/^(yes|no)$/i, (text) => text[0] === "y"),
  ),
  mutant(
    "escapes formulas, as a spreadsheet does",
    [singly],
    convertingTexts(/^[=+@-][A-Z]/, (text) => `'${text}`),
  ),
  mutant(
    "revives bytes in data",
    [singly],
    convertingObjects((part) => (part.type === "Buffer" && Array.isArray(part.data) ? "bytes" : part)),
  ),
  mutant(
    "unwraps numbers of extended JSON",
    [singly],
    convertingObjects((part) => (typeof part.$numberLong === "string" ? Number(part.$numberLong) : part)),
  ),
  mutant(
    "unwraps attribute values",
    [singly],
    convertingObjects((part) => (typeof part.S === "string" && Object.keys(part).length === 1 ? part.S : part)),
  ),
  mutant(
    "leaves out type hints",
    [singly],
    convertingObjects(({ "@type": hint, ...part }) => (hint === undefined ? undefined : part)),
  ),
  mutant(
    "leaves out empty arrays",
    [singly],
    convertingObjects((part) => {
      const kept = Object.entries(part).filter(([, each]) => !Array.isArray(each) || each.length > 0);
      return kept.length === Object.keys(part).length ? part : Object.fromEntries(kept);
    }),
  ),
  mutant(
    "turns objects whose keys count up into arrays",
    [singly],
    convertingObjects((part) => {
      const keys = Object.keys(part);
      return keys.length > 1 && keys.every((key, index) => key === String(index)) ? Object.values(part) : part;
    }),
  ),
  mutant(
    "keeps 1,000 items of an array",
    [singly],
    converting((part) => (Array.isArray(part) && part.length > 1_000 ? part.slice(0, 1_000) : part)),
  ),
  mutant(
    "keeps 256 keys of an object",
    [singly],
    convertingObjects((part) =>
      Object.keys(part).length > 256 ? Object.fromEntries(Object.entries(part).slice(0, 256)) : part,
    ),
  ),
  mutant(
    "decodes text in blocks of 64 KiB",
    ["contents: a large event is stored unchanged, or rejected as too large, by every read"],
    converting((part) => {
      if (typeof part !== "string" || part.length < 20_000) return part;
      const [bytes, size] = [new TextEncoder().encode(part), 65_536];
      const blocks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      return blocks.map((block) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(block)).join("");
    }),
  ),
  ...Object.entries({
    "24:00:00 as a time": /T24:00:00/,
    "the second 61": /:61/,
    "a fraction without digits": /\.Z$/,
    "a comma before the fraction": /,\d/,
    "an offset without a colon": /T.*[+-]\d{4}$/,
    "an offset without minutes": /T.*[+-]\d{2}$/,
    "an offset with 60 minutes": /[+-]\d\d:60$/,
    "a space in place of the T": /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/,
    "February 29 of 1900": /^1900-02-29/,
    "April 31": /-04-31/,
    "years of six digits": /^[+-]\d{6}/,
    "a zone in brackets": /\[UTC\]$/,
    "digits of other scripts": /[\u0660-\u0669]/,
  }).map(([form, pattern]) => mutant(`accepts ${form}`, [badTimestamps], acceptingTimestamps(pattern))),
  ...Object.entries({
    "February 29 of 2000": /^2000-02-29/,
    "offsets above 14 hours": /[+-](1[5-9]|2[0-3]):\d\d$/,
    "fractions of more than nine digits": /\.\d{10}/,
  }).map(([form, pattern]) => mutant(`rejects ${form}`, [singly], rejectingTimestamps(pattern))),
  mutant(
    "rejects data without a prototype",
    [noPrototype],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        if (!hasPrototypes(event?.data))
          throw new InvalidEventError({ path: "data", reason: "must be a plain object" });
        return super.prepare(event);
      }
    },
  ),
  mutant(
    "generates the id if it generates the timestamp",
    [onlyOne],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        const isBare = event?.timestamp === undefined && typeof event?.id === "string";
        return super.prepare(isBare ? { ...event, id: undefined } : event);
      }
    },
  ),
  mutant(
    "generates the timestamp if it generates the id",
    [onlyOne],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        return super.prepare(event?.id === undefined && event?.timestamp ? { ...event, timestamp: undefined } : event);
      }
    },
  ),
  mutant(
    "gives the events of a batch without an id that of the first one",
    [mixed],
    class extends ReferenceStore {
      override async saveEvents(events: readonly NewEvent[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        const id = Array.isArray(events) ? (events as readonly NewEvent[])[0]?.id : undefined;
        const isMixed = id !== undefined && events.some((event) => event?.id === undefined);
        return super.saveEvents(isMixed ? events.map((event) => ({ id, ...event })) : events, options);
      }
    },
  ),
  mutant(
    "gives all events of a batch one timestamp if it generates one",
    [mixed],
    class extends ReferenceStore {
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        const prepared = super.prepareBatch(events);
        const timestamp = this.now();
        return events.some((event) => event.timestamp === undefined)
          ? prepared.map((event) => ({ ...event, timestamp }))
          : prepared;
      }
    },
  ),
];
