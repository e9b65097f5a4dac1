/** What a store is called in its code. */
export interface StoreNames {
  /** `RedisEventStore` */
  readonly className: string;
  /** `redisStoreSupports` */
  readonly supportsName: string;
  /** `redis-event-store` */
  readonly fileName: string;
}

const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** Tells whether npm accepts this as the name of a new package. */
export function isPackageName(name: string): boolean {
  return name.length <= 214 && packageName.test(name) && !["node_modules", "favicon.ico"].includes(name);
}

/** Derives what a store is called from the name of its package: `@acme/aether-store-redis` keeps its events in `redis`. */
export function storeNames(name: string): StoreNames {
  const words = name
    .replace(/^@[^/]*\//, "")
    .split(/[^a-z0-9]+/)
    .filter((word) => !["", "aether", "event", "eventstore", "store"].includes(word));
  const usable = /^[a-z]/.test(words[0] ?? "") ? words : ["my", ...words];
  const pascal = usable.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join("");
  return {
    className: `${pascal}EventStore`,
    supportsName: `${pascal.slice(0, 1).toLowerCase()}${pascal.slice(1)}StoreSupports`,
    fileName: `${usable.join("-")}-event-store`,
  };
}
