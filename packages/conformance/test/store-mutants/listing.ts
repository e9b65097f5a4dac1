import type { ListOptions, NewEvent } from "@aether/core";
import { readListOptions, stoppable } from "@aether/store-kit";
import type { ReferenceStorage } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const hostile = "listing: each actor that has events is listed once, whatever its id is";
const once = "listing: an actor is listed once however many events it has, and not if it has none";
const many = "listing: many actors are listed, even while other actors are saved";
const lazy = "listing: nothing is read before the first id is requested, and each iteration is a new list";
const ending = "listing: leaving the loop or aborting the signal ends a list, and frees it";
const closing = "listing: close ends a list with StoreClosedError";
const options = "listing: invalid options are rejected by the loop, and options are read at the call";
const reopened = "listing: a reopened store lists its actors";
const shared = "listing: a store lists the actors that other stores have saved";

type Actors = ReferenceStorage["keys"];

/** Returns a store class that changes the list of ids. */
function listing(change: (ids: Actors, prefix: string) => Iterable<string>): StoreClass {
  return class extends ReferenceStore {
    protected override *list(actorIdPrefix: string): Generator<string, void, undefined> {
      yield* change([...super.list("", new AbortController().signal)], actorIdPrefix);
    }
  };
}

/** Returns a store class that compares ids with the prefix by another function. */
function matching(matches: (id: string, prefix: string) => boolean): StoreClass {
  return listing((ids, prefix) => ids.filter((id) => matches(id, prefix)));
}

/** Returns a store class that pages by offset, through the ids that it reads for each page. */
function pagingByOffset(size: number, sort: (ids: Actors) => Actors): StoreClass {
  return class extends ReferenceStore {
    protected override *list(actorIdPrefix: string): Generator<string, void, undefined> {
      for (let offset = 0; ; offset += size) {
        const page = sort(this.storage.keys.filter((id) => id.startsWith(actorIdPrefix))).slice(offset, offset + size);
        yield* page;
        if (page.length < size) return;
      }
    }
  };
}

export const listingMutants: readonly Mutant[] = [
  mutant(
    "folds the case of ids in its list",
    [hostile],
    listing((ids, prefix) => new Set(ids.map((id) => id.toLowerCase()).filter((id) => id.startsWith(prefix)))),
  ),
  mutant(
    "trims ids in its list",
    [hostile],
    listing((ids, prefix) => ids.map((id) => id.trim()).filter((id) => id.startsWith(prefix))),
  ),
  mutant(
    "lists ids with escapes",
    [hostile],
    listing((ids, prefix) =>
      ids.filter((id) => id.startsWith(prefix)).map((id) => (id.includes(".") ? encodeURIComponent(id) : id)),
    ),
  ),
  mutant(
    "lists only ids that are names of properties once",
    [hostile],
    listing((ids, prefix) => Object.keys(toObject(ids)).filter((id) => id.startsWith(prefix))),
  ),
  mutant(
    "cuts ids in its list at 100 characters",
    [hostile],
    listing((ids, prefix) => new Set(ids.filter((id) => id.startsWith(prefix)).map((id) => id.slice(0, 100)))),
  ),
  mutant(
    "ignores the prefix of a list",
    [hostile],
    matching(() => true),
  ),
  mutant(
    "folds the case of the prefix of a list",
    [hostile],
    matching((id, prefix) => id.toLowerCase().startsWith(prefix.toLowerCase())),
  ),
  mutant(
    "normalises the prefix of a list",
    [hostile],
    matching((id, prefix) => id.normalize().startsWith(prefix.normalize())),
  ),
  mutant(
    "finds the prefix of a list anywhere",
    [hostile],
    matching((id, prefix) => id.includes(prefix)),
  ),
  mutant(
    "takes the prefix of a list for a pattern",
    [hostile],
    matching((id, prefix) =>
      prefix.includes("*") ? id.startsWith(prefix.split("*")[0] ?? "") : id.startsWith(prefix),
    ),
  ),
  mutant(
    "lists an actor once for each save",
    [once],
    class extends ReferenceStore {
      protected override *list(actorIdPrefix: string): Generator<string, void, undefined> {
        for (const { key } of this.storage.log) if (key.startsWith(actorIdPrefix)) yield key;
      }
    },
  ),
  mutant(
    "lists actors that were only asked for",
    [once],
    class extends ReferenceStore {
      readonly #asked = new Set<string>();
      protected override read(actorId: string) {
        this.#asked.add(actorId);
        return super.read(actorId);
      }
      protected override *list(actorIdPrefix: string): Generator<string, void, undefined> {
        const ids = new Set([...this.storage.keys, ...this.#asked]);
        for (const id of ids) if (id.startsWith(actorIdPrefix)) yield id;
      }
    },
  ),
  mutant(
    "lists actors whose save was rejected",
    [once],
    class extends ReferenceStore {
      readonly #tried = new Set<string>();
      override async saveEvent(...args: Parameters<ReferenceStore["saveEvent"]>) {
        this.#tried.add((args[0] as NewEvent).actorId);
        return super.saveEvent(...args);
      }
      protected override *list(actorIdPrefix: string): Generator<string, void, undefined> {
        const ids = new Set([...this.storage.keys, ...this.#tried]);
        for (const id of ids) if (id.startsWith(actorIdPrefix)) yield id;
      }
    },
  ),
  mutant(
    "lists only the first 1,000 actors",
    [many],
    listing((ids) => ids.slice(0, 1_000)),
  ),
  mutant(
    "pages through its actors by offset, sorted, while others are saved",
    [many],
    pagingByOffset(100, (ids) => ids.toSorted()),
  ),
  mutant(
    "pages through its actors by offset, newest first",
    [many],
    pagingByOffset(100, (ids) => ids.toReversed()),
  ),
  mutant(
    "lists an actor again if it gets another event",
    [many],
    class extends ReferenceStore {
      protected override *list(actorIdPrefix: string, signal: AbortSignal): Generator<string, void, undefined> {
        const before = this.storage.log.length;
        yield* super.list(actorIdPrefix, signal);
        for (const { key } of this.storage.log.slice(before)) if (key.startsWith(actorIdPrefix)) yield key;
      }
    },
  ),
  mutant(
    "fails if an actor is saved while it lists",
    [many],
    class extends ReferenceStore {
      protected override *list(actorIdPrefix: string, signal: AbortSignal): Generator<string, void, undefined> {
        const before = this.storage.keys.length;
        for (const id of super.list(actorIdPrefix, signal)) {
          if (this.storage.keys.length !== before) throw new Error("the collection was changed");
          yield id;
        }
      }
    },
  ),
  mutant(
    "reads its list at the call",
    [lazy],
    class extends ReferenceStore {
      override listActors(given?: ListOptions): AsyncIterable<string> {
        const ids = [...this.storage.keys];
        return filtered(super.listActors(given), (id) => ids.includes(id));
      }
    },
  ),
  mutant(
    "can be listed only once",
    [lazy],
    class extends ReferenceStore {
      override listActors(given?: ListOptions): AsyncIterable<string> {
        const iterator = super.listActors(given)[Symbol.asyncIterator]();
        return { [Symbol.asyncIterator]: () => iterator };
      }
    },
  ),
  mutant(
    "does not notice that a list is aborted",
    [ending],
    class extends ReferenceStore {
      override listActors(given: ListOptions = {}): AsyncIterable<string> {
        return stoppable(
          () => ({ ...readListOptions(given), signal: undefined }),
          () => this.checkOpen(given),
          ({ actorIdPrefix, signal }) => this.list(actorIdPrefix, signal),
          this.closing.signal,
        );
      }
    },
  ),
  mutant(
    "leaves a listener on the signal of a list",
    [ending],
    class extends ReferenceStore {
      override listActors(given?: ListOptions): AsyncIterable<string> {
        if (given?.signal instanceof AbortSignal) given.signal.addEventListener("abort", () => {});
        return super.listActors(given);
      }
    },
  ),
  mutant(
    "returns a part of the list when it is aborted",
    [ending],
    class extends ReferenceStore {
      override listActors(given: ListOptions = {}): AsyncIterable<string> {
        const all = super.listActors({ ...given, signal: undefined });
        const store = this;
        return {
          async *[Symbol.asyncIterator]() {
            store.checkOpen(given);
            for await (const id of all) {
              if (given.signal?.aborted === true) return;
              yield id;
            }
          },
        };
      }
    },
  ),
  mutant(
    "lists its actors after close",
    [closing],
    class extends ReferenceStore {
      override listActors(given?: ListOptions): AsyncIterable<string> {
        return stoppable(
          () => readListOptions(given),
          () => {},
          ({ actorIdPrefix, signal }) => this.list(actorIdPrefix, signal),
        );
      }
    },
  ),
  mutant(
    "has lists that end early when it is closed",
    [closing],
    class extends ReferenceStore {
      override listActors(given?: ListOptions): AsyncIterable<string> {
        return stoppable(
          () => readListOptions(given),
          (range) => this.checkOpen(range),
          ({ actorIdPrefix, signal }) => this.until(this.list(actorIdPrefix, signal)),
        );
      }
      protected *until(ids: Iterable<string>): Generator<string, void, undefined> {
        for (const id of ids) {
          if (this.closed) return;
          yield id;
        }
      }
    },
  ),
  mutant(
    "makes text of the prefix of a list",
    [options],
    class extends ReferenceStore {
      override listActors(given: ListOptions = {}): AsyncIterable<string> {
        const { actorIdPrefix } = given;
        return super.listActors({
          ...given,
          actorIdPrefix: actorIdPrefix === undefined ? undefined : `${actorIdPrefix}`,
        });
      }
    },
  ),
  mutant(
    "throws for invalid options of a list at the call",
    [options],
    class extends ReferenceStore {
      override listActors(given?: ListOptions): AsyncIterable<string> {
        readListOptions(given);
        return super.listActors(given);
      }
    },
  ),
  mutant(
    "reads the options of a list when the first id is requested",
    [options],
    class extends ReferenceStore {
      override listActors(given?: ListOptions): AsyncIterable<string> {
        const read = (): AsyncIterable<string> => super.listActors(given);
        return { [Symbol.asyncIterator]: () => read()[Symbol.asyncIterator]() };
      }
    },
  ),
  mutant(
    "lists only the actors that were saved since it was opened",
    [reopened, shared],
    class extends ReferenceStore {
      readonly #own = new Set<string>();
      protected override append(...args: Parameters<ReferenceStore["append"]>) {
        this.#own.add(args[0][0]?.actorId ?? "");
        return super.append(...args);
      }
      protected override *list(actorIdPrefix: string): Generator<string, void, undefined> {
        for (const id of this.#own) if (id.startsWith(actorIdPrefix)) yield id;
      }
    },
  ),
  mutant(
    "lists the actors that there were when it first listed them",
    [shared],
    class extends ReferenceStore {
      #kept: Actors | undefined;
      protected override *list(actorIdPrefix: string): Generator<string, void, undefined> {
        this.#kept ??= this.storage.keys;
        for (const id of this.#kept) if (id.startsWith(actorIdPrefix)) yield id;
      }
    },
  ),
];

/** Some ids, such as `__proto__`, are lost as keys of an object. */
function toObject(ids: Iterable<string>): object {
  const object: Record<string, boolean> = {};
  for (const id of ids) object[id] = true;
  return object;
}

async function* filtered(
  ids: AsyncIterable<string>,
  isWanted: (id: string) => boolean,
): AsyncGenerator<string, void, undefined> {
  for await (const id of ids) if (isWanted(id)) yield id;
}
