import { setImmediate } from "node:timers/promises";
import { abortable } from "@aether/core";
import { describe, expect, test } from "vitest";
import { type StartRead, stoppable } from "../src/index.ts";

interface Range {
  readonly signal: AbortSignal | undefined;
}

const never = (signal: AbortSignal): Promise<never> => abortable(new Promise<never>(() => {}), signal);

/** Yields numbers, then waits forever. Records when it begins and when it is freed. */
function numbers(count: number, log: string[] = []) {
  return async function* ({ signal }: { readonly signal: AbortSignal }): AsyncGenerator<number> {
    log.push("begin");
    try {
      for (let number = 1; number <= count; number++) yield number;
      await never(signal);
    } finally {
      log.push("free");
    }
  };
}

const plain = (): Range => ({ signal: undefined });
const noCheck = (): void => {};

test("the options are read at the call, and nothing else happens before the first value is requested", async () => {
  const log: string[] = [];
  const readRange = (): Range => {
    log.push("read options");
    return plain();
  };
  const values = stoppable(readRange, () => log.push("check"), numbers(1, log));
  const iterator = values[Symbol.asyncIterator]();
  expect(log).toEqual(["read options"]);
  await iterator.next();
  await iterator.return?.();
  await values[Symbol.asyncIterator]().next();
  expect(log).toEqual(["read options", "check", "begin", "free", "check", "begin"]);
});

test("an error in the options or of the check is thrown by the loop, and the read never begins", async () => {
  const log: string[] = [];
  const error = new Error("invalid");
  const fail = (): never => {
    throw error;
  };
  for (const [readRange, check] of [
    [fail, noCheck],
    [plain, fail],
  ] as const) {
    const iterator = stoppable<Range, number>(readRange, check, numbers(1, log))[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toBe(error);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  }
  expect(log).toEqual([]);
});

test("the read gets the prepared range, and ends when its values do", async () => {
  const values = stoppable(
    () => ({ ...plain(), first: 3 }),
    noCheck,
    ({ first }) => [first, first + 1],
  );
  const read: number[] = [];
  for await (const value of values) read.push(value);
  expect(read).toEqual([3, 4]);
});

test("each iteration is a read of its own, even at the same time", async () => {
  const log: string[] = [];
  const values = stoppable(plain, noCheck, numbers(3, log));
  const [left, right] = [values[Symbol.asyncIterator](), values[Symbol.asyncIterator]()];
  expect([(await left.next()).value, (await left.next()).value, (await right.next()).value]).toEqual([1, 2, 1]);
  await left.return?.();
  expect((await right.next()).value).toBe(2);
  await right.return?.();
  expect(log).toEqual(["begin", "begin", "free", "free"]);
});

describe("leaving", () => {
  test("frees the read before the loop ends", async () => {
    const log: string[] = [];
    for await (const _ of stoppable(plain, noCheck, numbers(1, log))) break;
    expect(log).toEqual(["begin", "free"]);
  });

  test("ends a value that is awaited", async () => {
    const log: string[] = [];
    const iterator = stoppable(plain, noCheck, numbers(0, log))[Symbol.asyncIterator]();
    const pending = iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(log).toEqual(["begin", "free"]);
  });

  test("before the first value is no read at all", async () => {
    const log: string[] = [];
    const iterator = stoppable(plain, noCheck, numbers(1, log))[Symbol.asyncIterator]();
    await iterator.return?.();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(log).toEqual([]);
  });

  test("ignores an error of the read that follows", async () => {
    const values = stoppable(plain, noCheck, async function* () {
      try {
        yield 1;
      } finally {
        await Promise.reject(new Error("cannot free"));
      }
    });
    for await (const _ of values) break;
  });
});

describe.each(["the caller's signal is aborted", "the store is closed"])("if %s", (which) => {
  const reason = new Error("over");

  function start(read: StartRead<Range, number>) {
    const controller = new AbortController();
    const isCaller = which.startsWith("the caller");
    const prepare = (): Range => ({ signal: isCaller ? controller.signal : undefined });
    const values = stoppable(prepare, noCheck, read, isCaller ? undefined : controller.signal);
    return { iterator: values[Symbol.asyncIterator](), end: () => controller.abort(reason) };
  }

  test("an awaited value rejects with the reason, and the read is freed", async () => {
    const log: string[] = [];
    const { iterator, end } = start(numbers(1, log));
    await iterator.next();
    const pending = iterator.next();
    end();
    await expect(pending).rejects.toBe(reason);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(log).toEqual(["begin", "free"]);
  });

  test("between two values, the read is freed at once, and the next value rejects with the reason", async () => {
    const log: string[] = [];
    const { iterator, end } = start(numbers(3, log));
    await iterator.next();
    end();
    await setImmediate();
    expect(log).toEqual(["begin", "free"]);
    await expect(iterator.next()).rejects.toBe(reason);
  });

  test("before the first value, the read never begins", async () => {
    const log: string[] = [];
    const { iterator, end } = start(numbers(3, log));
    end();
    await expect(iterator.next()).rejects.toBe(reason);
    expect(log).toEqual([]);
  });

  test("a read that ends, throws another error or yields once more rejects with the reason", async () => {
    const reads = [
      async function* ({ signal }: { readonly signal: AbortSignal }): AsyncGenerator<number> {
        await never(signal).catch(() => {});
      },
      async function* ({ signal }: { readonly signal: AbortSignal }): AsyncGenerator<number> {
        await never(signal).catch(() => Promise.reject(new Error("the connection was closed")));
      },
      async function* ({ signal }: { readonly signal: AbortSignal }): AsyncGenerator<number> {
        await never(signal).catch(() => {});
        yield 1;
      },
    ];
    for (const read of reads) {
      const { iterator, end } = start(read);
      const pending = iterator.next();
      end();
      await expect(pending).rejects.toBe(reason);
    }
  });

  test("after the end of the read, nothing listens any more", async () => {
    const { iterator, end } = start(() => [1]);
    await iterator.next();
    expect((await iterator.next()).done).toBe(true);
    end();
    expect((await iterator.next()).done).toBe(true);
  });
});
