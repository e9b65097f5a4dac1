import { MemoryEventStore } from "@aether/store-memory";
import fc from "fast-check";
import { expect, test } from "vitest";
import { campaign } from "../src/hostile/campaign.ts";
import { outcomeOf } from "../src/hostile/outcome.ts";
import { type Property, property } from "../src/hostile/property.ts";
import { storeProperties } from "../src/hostile/store-properties.ts";

const options = { isFinished: () => true, seed: 7, signal: new AbortController().signal };
const after = (ms: number): (() => boolean) => {
  const deadline = performance.now() + ms;
  return () => performance.now() >= deadline;
};
const limits = { idLength: Number.POSITIVE_INFINITY, eventBytes: Number.POSITIVE_INFINITY };
const always = (name: string, holds: (input: number) => Promise<void> | void): Property =>
  property(name, fc.nat(), holds, 20);

test("a correct store passes, and every property is tested", async () => {
  const properties = storeProperties(new MemoryEventStore(), limits);
  const { violations, cases } = await campaign(properties, options);
  expect(violations).toEqual([]);
  expect(Object.keys(cases)).toEqual(properties.map(({ name }) => name));
});

test("a store that mixes up actor ids is detected", async () => {
  class MixingStore extends MemoryEventStore {
    override async saveEvent(event: Parameters<MemoryEventStore["saveEvent"]>[0]) {
      return super.saveEvent({ ...event, actorId: event.actorId.replaceAll(".", "_") });
    }
  }
  const properties = storeProperties(new MixingStore(), limits);
  const { violations } = await campaign(properties, { ...options, isFinished: after(500) });
  expect(violations.join("\n")).toContain("events are read back exactly as saved");
});

test("an error without a code, a synchronous error and a polluted prototype are violations", async () => {
  const { violations } = await campaign(
    [
      always("bare", async () => void (await outcomeOf(() => Promise.reject(new TypeError("x is undefined"))))),
      always("synchronous", async () => {
        await outcomeOf(() => {
          throw new Error("at once");
        });
      }),
      always("polluting", () => {
        Object.assign(Object.prototype, { polluted: true });
      }),
    ],
    options,
  );
  delete (Object.prototype as { polluted?: boolean }).polluted;
  expect(violations).toEqual([
    expect.stringMatching(/^bare: .*no code.*x is undefined/),
    expect.stringMatching(/^synchronous: .*synchronously/),
    expect.stringMatching(/^polluting: .*polluted/),
  ]);
});

test("the same seed generates the same inputs", async () => {
  const generated = async (): Promise<readonly number[]> => {
    const inputs: number[] = [];
    await campaign([always("recorded", (input) => void inputs.push(input))], options);
    return inputs;
  };
  expect(await generated()).toEqual(await generated());
});
