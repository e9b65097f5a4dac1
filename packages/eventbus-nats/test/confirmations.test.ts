import { expect, test } from "vitest";
import { Confirmations, type Refusals } from "../src/confirmations.ts";

/** A server that answers pings when it is told to. */
class Pings {
  readonly #waiting: { resolve(): void; reject(error: unknown): void }[] = [];
  sent = 0;
  readonly flush = (): Promise<void> => {
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

/** Waits with a promise. */
function next(confirmations: Confirmations): Promise<Refusals> {
  return new Promise((confirmed, failed) => confirmations.wait({ confirmed, failed }));
}

/** Long enough for everything that waits for nothing. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** What became of the promises, as far as it is known. */
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

test("whoever asks in one turn shares a ping, sent at its end", async () => {
  const pings = new Pings();
  const confirmations = new Confirmations(pings.flush);
  const states = watch([next(confirmations), next(confirmations)]);
  expect(pings.sent).toBe(0);
  await settled();
  expect(pings.sent).toBe(1);
  await pings.answer();
  expect(states).toEqual(["confirmed", "confirmed"]);
});

test("whoever asks while a ping is under way waits for the next one, which is sent after it", async () => {
  const pings = new Pings();
  const confirmations = new Confirmations(pings.flush);
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

test("when the connection is lost all who wait fail, and the answer to an old ping confirms nobody", async () => {
  const pings = new Pings();
  const confirmations = new Confirmations(pings.flush);
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

test("a ping that fails fails those who wait for it; the next ones ask again", async () => {
  const pings = new Pings();
  const confirmations = new Confirmations(pings.flush);
  const states = watch([next(confirmations)]);
  await settled();
  const waiting = watch([next(confirmations)]);
  await pings.answer(new Error("disconnected"));
  await pings.answer();
  expect([...states, ...waiting]).toEqual(["disconnected", "confirmed"]);
});

test("what was refused is told, also when it is heard of a little after the answer", async () => {
  const pings = new Pings();
  const confirmations = new Confirmations(pings.flush);
  const [first, second] = [next(confirmations), next(confirmations)];
  await settled();
  const answered = pings.answer();
  for (let turn = 0; turn < 8; turn++) await undefined;
  confirmations.refused("secret", "because");
  await answered;
  expect(await first).toEqual(new Map([["secret", "because"]]));
  expect(await second).toEqual(new Map([["secret", "because"]]));
  const later = next(confirmations);
  await settled();
  await pings.answer();
  expect(await later).toEqual(new Map());
});

test("a waiter is told once, whatever is answered later", async () => {
  const pings = new Pings();
  const confirmations = new Confirmations(pings.flush);
  const told: string[] = [];
  confirmations.wait({ confirmed: () => told.push("confirmed"), failed: () => told.push("failed") });
  await settled();
  confirmations.fail(new Error("lost"));
  void next(confirmations);
  await settled();
  await pings.answer();
  void next(confirmations);
  await settled();
  expect(told).toEqual(["failed"]);
  // The one behind it is still under way: there is no third.
  expect(pings.sent).toBe(2);
});
