import type { DocumentStore } from "@aether/core";

/** Documents of a process that may end at any moment: afterwards, its calls have no effect and never end. */
export function mortal(documents: DocumentStore): { readonly documents: DocumentStore; readonly kill: () => void } {
  let isDead = false;
  const proxy = new Proxy(documents, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return isDead ? () => new Promise(() => {}) : value.bind(target);
    },
  });
  return { documents: proxy, kill: () => (isDead = true) };
}
