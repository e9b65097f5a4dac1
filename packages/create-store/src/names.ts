import type { Kind } from "./kind.ts";

/** Names of a store in the code of its project. */
export interface StoreNames {
  /** Name of the class: `RedisEventStore`. */
  readonly className: string;
  /** Name of the manifest: `redisStoreSupports`. */
  readonly supportsName: string;
  /** Name of the source file without its extension: `redis-event-store`. */
  readonly fileName: string;
}

const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** Returns true if a name has the form that npm requires of new packages. */
export function isPackageName(name: string): boolean {
  return name.length <= 214 && packageName.test(name) && !["node_modules", "favicon.ico"].includes(name);
}

/** Derives the names of a store from its package name: `@acme/aether-store-redis` becomes `RedisEventStore`. */
export function storeNames(name: string, kind: Kind): StoreNames {
  const words = name
    .replace(/^@[^/]*\//, "")
    .split(/[^a-z0-9]+/)
    .filter((word) => !["", "aether", "store"].includes(word) && !redundant[kind].includes(word));
  const usable = /^[a-z]/.test(words[0] ?? "") ? words : ["my", ...words];
  const pascal = usable.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join("");
  const camel = `${pascal.slice(0, 1).toLowerCase()}${pascal.slice(1)}`;
  return kind === "events"
    ? {
        className: `${pascal}EventStore`,
        supportsName: `${camel}StoreSupports`,
        fileName: `${usable.join("-")}-event-store`,
      }
    : {
        className: `${pascal}DocumentStore`,
        supportsName: `${camel}DocumentStoreSupports`,
        fileName: `${usable.join("-")}-document-store`,
      };
}

/** Words of a package name that the class name contains anyway. */
const redundant: Readonly<Record<Kind, readonly string[]>> = {
  events: ["event", "eventstore"],
  documents: ["document", "documents", "documentstore"],
};
