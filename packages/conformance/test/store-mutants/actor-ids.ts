import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const noTwo = "actor ids: different ids identify different actors";

/** Returns a store class that finds actors by a key computed from their ids. */
function keyedBy(key: (actorId: string) => string): StoreClass {
  return class extends ReferenceStore {
    protected override key(actorId: string): string {
      return key(actorId);
    }
  };
}

export const actorMutants: readonly Mutant[] = [
  mutant(
    "lower-cases actor ids",
    [noTwo, "actor ids: batches keep similar ids apart", "snapshots: actors have separate snapshots"],
    keyedBy((id) => id.toLowerCase()),
  ),
  mutant(
    "replaces dots and spaces in actor ids with underscores",
    [noTwo, "actor ids: each id has its own latest version", "durability: actors are kept apart after reopening"],
    keyedBy((id) => id.replace(/[. ]/g, "_")),
  ),
  mutant(
    "trims actor ids",
    [noTwo],
    keyedBy((id) => id.trim()),
  ),
  mutant(
    "normalises actor ids",
    [noTwo, "actor ids: batches keep similar ids apart"],
    keyedBy((id) => id.normalize("NFC")),
  ),
  mutant(
    "replaces look-alike characters in actor ids",
    [noTwo],
    keyedBy((id) => id.normalize("NFKC")),
  ),
  mutant(
    "truncates long actor ids",
    [noTwo],
    keyedBy((id) => id.slice(0, 128)),
  ),
  mutant(
    "removes control characters from actor ids",
    [noTwo],
    keyedBy((id) => id.replace(/\p{C}/gu, "")),
  ),
  mutant(
    "decodes percent signs in actor ids",
    [noTwo],
    keyedBy((id) => id.replace(/%20/g, " ").replace(/%2e/gi, ".")),
  ),
  mutant(
    "ends actor ids at a line break or NUL character",
    [noTwo],
    keyedBy((id) => id.split(/[\r\n\0]/)[0] ?? ""),
  ),
  mutant(
    "keeps actors in an object with a prototype",
    [noTwo, "durability: actors are kept apart after reopening"],
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
