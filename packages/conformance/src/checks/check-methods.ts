import { check } from "./check.ts";

/** Checks that a store has the methods of every store, and the given methods of declared capabilities. */
export function checkMethods(store: object, methods: readonly (string | symbol)[]): void {
  for (const method of [...methods, "close", Symbol.asyncDispose]) {
    check("the methods of every store and of declared capabilities exist", {
      given: { method: String(method) },
      expected: "function",
      actual: typeof Reflect.get(store, method),
    });
  }
}
