import { type DocumentStore, type FeedEventStore, OutcomeUnknownError } from "@aether/core";
import { nextTurn } from "../checks/next-turn.ts";
import { pause } from "../checks/pause.ts";
import type { SeededRandom } from "../samples/seeded-random.ts";
import type { OpenPair, ProjectedEvent } from "../suite/projections-under-test.ts";

/** The faults of the writes of a process. */
export interface ProcessFate {
  /**
   * Number of the write with which the process ends, from 0: before it, or after it if `isAfter` is true.
   * @default the process does not end
   */
  readonly dieAtWrite?: { readonly write: number; readonly isAfter: boolean } | undefined;
  /**
   * Share of the writes whose answers are lost, in percent. Half of these writes are lost, too.
   * @default 0
   */
  readonly lostPercent?: number | undefined;
  /**
   * Time that each write takes at least, in milliseconds.
   * @default 0
   */
  readonly writeMs?: number | undefined;
}

const writes: readonly PropertyKey[] = ["putDocument", "deleteDocument", "writeDocuments"];

/** The stores as one process sees them. The process can end or stop at any write, and answers can be lost. */
export class FragileProcess {
  readonly documents: DocumentStore;
  readonly store: FeedEventStore<ProjectedEvent>;
  /** Resolves once the process has ended. */
  readonly died: Promise<void>;
  readonly #random: SeededRandom;
  readonly #fate: ProcessFate;
  #writes = 0;
  #gate: Promise<void> | undefined;
  #open: () => void = () => {};
  #held = 0;
  #isDead = false;
  /** Ends the reads that are open. */
  readonly #ends = new Set<() => void>();
  #resolveDied: () => void = () => {};

  constructor({ store, documents }: OpenPair, random: SeededRandom, fate: ProcessFate = {}) {
    this.#random = random;
    this.#fate = fate;
    this.documents = replaced(documents, (target, key) => this.#call(target, key));
    this.store = replaced(store, (target, key) => this.#read(target, key));
    this.died = new Promise((resolve) => {
      this.#resolveDied = resolve;
    });
  }

  /** True once the process has ended. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /** Number of writes that wait because the process is paused. */
  get held(): number {
    return this.#held;
  }

  /** Ends the process: its calls have no effect any more, and are never answered. */
  kill(): void {
    this.#isDead = true;
    for (const end of this.#ends) end();
    this.#ends.clear();
    this.#resolveDied();
  }

  /** Holds all writes back until `resume` is called, as in a process that is paused. */
  pause(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** Makes the writes that were held back. */
  resume(): void {
    this.#gate = undefined;
    this.#open();
  }

  #call(target: object, key: PropertyKey): unknown {
    const method = Reflect.get(target, key, target) as (...args: unknown[]) => unknown;
    if (key === "listDocuments" || key === "watchDocuments")
      return (...args: unknown[]) => this.#until(method.apply(target, args) as AsyncIterable<unknown>);
    return async (...args: unknown[]): Promise<unknown> => {
      const isWrite = writes.includes(key);
      const write = isWrite ? this.#writes++ : -1;
      const { dieAtWrite, lostPercent = 0, writeMs = 0 } = this.#fate;
      const isLast = write === dieAtWrite?.write;
      if (isLast && dieAtWrite?.isAfter === false) this.kill();
      for (let turns = this.#random.below(3); turns > 0; turns--) await nextTurn();
      if (isWrite && writeMs > 0) await pause(writeMs);
      if (isWrite && this.#gate !== undefined) {
        this.#held++;
        await this.#gate;
        this.#held--;
      }
      if (this.isDead) return never();
      const isLost = isWrite && this.#random.below(100) < lostPercent;
      if (isLost && this.#random.below(2) === 0) throw this.#unknown(key, args);
      const result = await method.apply(target, isWrite ? withoutSignal(args) : args);
      if (isLast && dieAtWrite?.isAfter === true) this.kill();
      if (this.isDead) return never();
      if (isLost) throw this.#unknown(key, args);
      return result;
    };
  }

  #unknown(key: PropertyKey, [collection, id]: readonly unknown[]): Error {
    const isOne = key !== "writeDocuments";
    return new OutcomeUnknownError({
      document: isOne ? { collection: String(collection), id: String(id) } : { collection: "several", id: "several" },
    });
  }

  #read(target: object, key: PropertyKey): unknown {
    const method = Reflect.get(target, key, target) as (...args: unknown[]) => unknown;
    if (key === "readFeed")
      return (...args: unknown[]) => this.#until(method.apply(target, args) as AsyncIterable<unknown>);
    return async (...args: unknown[]): Promise<unknown> => {
      const result = await method.apply(target, args);
      return this.isDead ? never() : result;
    };
  }

  /** Passes an iterable on until the process ends. */
  #until(items: AsyncIterable<unknown>): AsyncIterable<unknown> {
    return {
      [Symbol.asyncIterator]: () => {
        const iterator = items[Symbol.asyncIterator]();
        const end = (): void => void Promise.resolve(iterator.return?.()).catch(() => {});
        this.#ends.add(end);
        return {
          next: async () => {
            const result = this.#isDead ? await never() : await iterator.next();
            if (this.#isDead) return never();
            if (result.done === true) this.#ends.delete(end);
            return result;
          },
          return: async () => {
            if (this.#ends.delete(end)) await iterator.return?.();
            return { done: true as const, value: undefined };
          },
        };
      },
    };
  }
}

function never(): Promise<never> {
  return new Promise<never>(() => {});
}

/** Returns the arguments of a call without its signal: a request that was sent cannot be taken back. */
function withoutSignal(args: unknown[]): unknown[] {
  const last = args.at(-1);
  if (typeof last !== "object" || last === null || !("signal" in last)) return args;
  const { signal: _, ...options } = last as { readonly signal?: unknown };
  return [...args.slice(0, -1), options];
}

function replaced<Target extends object>(
  target: Target,
  methodOf: (target: Target, key: PropertyKey) => unknown,
): Target {
  return new Proxy(target, {
    get: (_, key) => {
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? methodOf(target, key) : value;
    },
  });
}
