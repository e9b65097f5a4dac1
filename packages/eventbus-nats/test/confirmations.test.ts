import { expect, test } from "vitest";
import { Confirmations, type Denials } from "../src/server/confirmations.ts";

/** A server that answers a ping when the test calls `answer`. */
class Pings {
  readonly #waiting: { resolve(): void; reject(error: unknown): void }[] = [];
  sent = 0;
  readonly send = (): Promise<void> => {
    this.sent++;
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  };

  async answer(error?: unknown): Promise<void> {
    const ping = this.#waiting.shift();
    if (error === undefined) ping?.resolve();
    else ping?.reject(error);
    await settled();
  }
}

/** Returns a promise for the next confirmation. */
function next(confirmations: Confirmations): Promise<Denials> {
  return new Promise((confirmed, failed) => confirmations.wait({ confirmed, failed }));
}

/** Resolves after all pending microtasks. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Returns the current states of promises: pending, confirmed, or the message of an error. */
function watch(promises: readonly Promise<unknown>[]): string[] {
  const states = promises.map(() => "pending");
  for (const [index, promise] of promises.entries()) {
    promise.then(
      () => {
        states[index] = "confirmed";
      },
      (error: Error) => {
        states[index] = error.message;
      },
    );
  }
  return states;
}

test("waiters of one turn share a ping, which is sent at the end of the turn", async () => {
  const pings = new Pings();
  const confirmations = new Confirmations(pings.send);
  const states = watch([next(confirmations), next(confirmations)]);
  expect(pings.sent).toBe(0);
  await settled();
  expect(pings.sent).toBe(1);
  await pings.answer();
  expect(states).toEqual(["confirmed", "confirmed"]);
});

test("waiters that are added while a ping is in flight share the next ping", async () => {
  const pings = new Pings();
  const confirmations = new Confirmations(pings.send);
  const states = watch([next(confirmations)]);
  await settled();
  const later = watch([next(confirmations), next(confirmations)]);
  await settled();
  expect(pings.sent).toBe(1);
  await pings.answer();
  expect([...states, ...later]).toEqual(["confirmed", "pending", "pending"]);
  expect(pings.sent).toBe(2);
  await pings.answer();
  expect(later).toEqual(["confirmed", "confirmed"]);
  expect(pings.sent).toBe(2);
});

test("when the connection is lost, all waiters fail, and the answer to an old ping confirms no waiter", async () => {
  const pings = new Pings();
  const confirmations = new Confirmations(pings.send);
  const states = watch([next(confirmations)]);
  await settled();
  const waiting = watch([next(confirmations)]);
  confirmations.fail(new Error("lost"));
  const after = watch([next(confirmations)]);
  await settled();
  expect([...states, ...waiting, ...after]).toEqual(["lost", "lost", "pending"]);
  await pings.answer();
  expect(after).toEqual(["pending"]);
  await pings.answer();
  expect(after).toEqual(["confirmed"]);
});

test("if a ping fails, its waiters fail, and later waiters cause another ping", async () => {
  const pings = new Pings();
  const confirmations = new Confirmations(pings.send);
  const states = watch([next(confirmations)]);
  await settled();
  const waiting = watch([next(confirmations)]);
  await pings.answer(new Error("disconnected"));
  await pings.answer();
  expect([...states, ...waiting]).toEqual(["disconnected", "confirmed"]);
});

test("waiters are notified of denials, even if the client reports them shortly after the answer", async () => {
  const pings = new Pings();
  const confirmations = new Confirmations(pings.send);
  const [first, second] = [next(confirmations), next(confirmations)];
  await settled();
  const answered = pings.answer();
  for (let turn = 0; turn < 8; turn++) await undefined;
  confirmations.deny("secret", "because");
  await answered;
  expect(await first).toEqual(new Map([["secret", "because"]]));
  expect(await second).toEqual(new Map([["secret", "because"]]));
  const later = next(confirmations);
  await settled();
  await pings.answer();
  expect(await later).toEqual(new Map());
});

test("a waiter is notified once, whatever is answered later", async () => {
  const pings = new Pings();
  const confirmations = new Confirmations(pings.send);
  const notified: string[] = [];
  confirmations.wait({ confirmed: () => notified.push("confirmed"), failed: () => notified.push("failed") });
  await settled();
  confirmations.fail(new Error("lost"));
  void next(confirmations);
  await settled();
  await pings.answer();
  void next(confirmations);
  await settled();
  expect(notified).toEqual(["failed"]);
  // The second ping is still in flight, so there is no third.
  expect(pings.sent).toBe(2);
});
