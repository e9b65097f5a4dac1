import { type Event, InvalidEventError, type NewEvent, VersionConflictError } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const apart = (kind: string): string => `actor ids: different ids identify different actors: ${kind}`;
const long = "actor ids: an actor id of more than 128 bytes is kept apart from other ids, or rejected";

/** Returns a store class that finds actors by a key computed from their ids. */
function keyedBy(key: (actorId: string) => string): StoreClass {
  return class extends ReferenceStore {
    protected override key(actorId: string): string {
      return key(actorId);
    }
  };
}

/** Returns a store class that finds the events of an actor by a prefix of their keys, such as `actor:version`. */
function scanningFor(separator: string): StoreClass {
  return class extends ReferenceStore {
    protected override read(actorId: string): ReturnType<ReferenceStore["read"]> {
      const prefix = `${actorId}${separator}`;
      const others = this.storage.keys.filter(
        (key) => key.startsWith(prefix) && /^\d+$/.test(key.slice(prefix.length)),
      );
      const found = [actorId, ...others].map((key) => super.read(key));
      const events = found.flatMap((each) => each.events).sort((left, right) => left.version - right.version);
      return { events, errors: found.flatMap((each) => each.errors) };
    }
  };
}

export const actorMutants: readonly Mutant[] = [
  ...[":", "/", "#", "-", "|", "\u0000"].map((separator) =>
    mutant(
      `finds events by the prefix that ends with ${JSON.stringify(separator)}`,
      [apart("prefixes")],
      scanningFor(separator),
    ),
  ),
  mutant(
    "takes the keys of actor and version together for keys of other actors",
    ["actor ids: actor ids that end like versions are not confused with the versions of other actors"],
    class extends ReferenceStore {
      protected override isTaken(event: Event, latest: number): boolean {
        const keys = this.storage.keys.flatMap((key) =>
          super.read(key).events.map(({ version }) => `${key}${version}`),
        );
        return super.isTaken(event, latest) || keys.includes(`${event.actorId}${event.version}`);
      }
    },
  ),
  mutant(
    "normalises paths",
    [apart("paths")],
    keyedBy((id) => id.replace(/\/\.(?=\/)|[^/]+\/\.\.\//g, "")),
  ),
  mutant(
    "removes slashes at the end",
    [apart("paths")],
    keyedBy((id) => id.replace(/(?<=.)\/+$/, "")),
  ),
  mutant(
    "takes the part after # or ? for something else",
    [apart("paths")],
    keyedBy((id) => id.replace(/(?<=.)[#?].*$/s, "")),
  ),
  mutant(
    "decodes + as a space",
    [apart("paths")],
    keyedBy((id) => id.replaceAll("+", " ")),
  ),
  mutant(
    "does not distinguish hiragana and katakana",
    [apart("similar letters")],
    keyedBy((id) => id.replace(/[\u3041-\u3096]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60))),
  ),
  mutant(
    "compares letters like a phone book",
    [apart("similar letters")],
    keyedBy((id) => id.replace("ö", "oe").replace("æ", "ae")),
  ),
  mutant(
    "unescapes doubled quotes",
    [apart("escapes")],
    keyedBy((id) => id.replaceAll("''", "'")),
  ),
  mutant(
    "lower-cases actor ids",
    [apart("case"), "actor ids: batches keep similar ids apart", "snapshots: actors have separate snapshots"],
    keyedBy((id) => id.toLowerCase()),
  ),
  mutant(
    "replaces dots and spaces in actor ids with underscores",
    [apart("separators"), "durability: actors are kept apart after reopening"],
    keyedBy((id) => id.replace(/[. ]/g, "_")),
  ),
  mutant(
    "trims actor ids",
    [apart("white space")],
    keyedBy((id) => id.trim()),
  ),
  mutant(
    "normalises actor ids",
    [apart("Unicode"), "actor ids: batches keep similar ids apart"],
    keyedBy((id) => id.normalize("NFC")),
  ),
  mutant(
    "replaces look-alike characters in actor ids",
    [apart("Unicode")],
    keyedBy((id) => id.normalize("NFKC")),
  ),
  mutant(
    "truncates actor ids at 64 characters",
    [apart("long ids"), long],
    keyedBy((id) => id.slice(0, 64)),
  ),
  mutant(
    "cuts actor ids at 255 characters",
    [long],
    keyedBy((id) => id.slice(0, 255)),
  ),
  mutant(
    "cuts actor ids at 191 characters, as a key of 767 bytes does",
    [long],
    keyedBy((id) => id.slice(0, 191)),
  ),
  mutant(
    "rejects long actor ids with an error of its own",
    [long],
    class extends ReferenceStore {
      protected override key(actorId: string): string {
        if (actorId.length > 255) throw new RangeError("value too long for type character varying(255)");
        return actorId;
      }
    },
  ),
  mutant(
    "rejects actor ids of more than 100 bytes",
    [apart("long ids")],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        const prepared = super.prepare(event);
        if (Buffer.byteLength(prepared.actorId) <= 100) return prepared;
        throw new InvalidEventError({ path: "actorId", reason: "is too long" });
      }
    },
  ),
  mutant(
    "takes a question mark for an underscore",
    [apart("patterns")],
    keyedBy((id) => id.replaceAll("?", "_")),
  ),
  mutant(
    "reports a conflict with the key of the actor",
    ["actor ids: a conflict has the actor id and the current version of this actor"],
    class extends ReferenceStore {
      protected override conflict(events: readonly Event[], currentVersion: number): Error {
        const [first] = events;
        const shown = first === undefined ? [] : [{ ...first, actorId: encodeURIComponent(first.actorId) }];
        return new VersionConflictError({
          actorId: shown[0]?.actorId ?? "",
          attemptedVersion: first?.version ?? 0,
          currentVersion,
          sameEvent: this.areStored(events),
        });
      }
    },
  ),
  mutant(
    "removes control characters from actor ids",
    [apart("invisible characters")],
    keyedBy((id) => id.replace(/\p{C}/gu, "")),
  ),
  mutant(
    "decodes percent signs in actor ids",
    [apart("escapes")],
    keyedBy((id) => id.replace(/%20/g, " ").replace(/%2e/gi, ".")),
  ),
  mutant(
    "ends actor ids at a line break or NUL character",
    [apart("white space"), apart("invisible characters")],
    keyedBy((id) => id.split(/[\r\n\0]/)[0] ?? ""),
  ),
  mutant(
    "keeps actors in an object with a prototype",
    [apart("names"), "durability: actors are kept apart after reopening"],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        const inherited: unknown = Reflect.get({}, actorId);
        if (inherited !== undefined) throw new TypeError(`${String(inherited)} is not iterable`);
        return super.read(actorId);
      }
    },
  ),
  mutant(
    "treats an actor id as a pattern",
    ["actor ids: an id is never treated as a pattern"],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        if (!actorId.includes("*")) return super.read(actorId);
        const pattern = new RegExp(`^${actorId.replaceAll(".", "\\.").replaceAll("*", "[^.]+")}$`);
        const found = this.storage.keys.filter((key) => pattern.test(key)).map((key) => super.read(key));
        return { events: found.flatMap(({ events }) => events), errors: [] };
      }
    },
  ),
];
