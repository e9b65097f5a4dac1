import { MemoryEventStore } from "@aether/store-memory";
import fc from "fast-check";
import { expect, test } from "vitest";
import { campaign } from "../src/hostile/campaign.ts";
import { outcomeOf, type Property, property } from "../src/hostile/property.ts";
import { storeProperties } from "../src/hostile/store-inputs.ts";

const options = { isOver: () => true, seed: 7, signal: new AbortController().signal };
const lasting = (ms: number): (() => boolean) => {
  const deadline = performance.now() + ms;
  return () => performance.now() >= deadline;
};
const limits = { idLength: Number.POSITIVE_INFINITY, eventBytes: Number.POSITIVE_INFINITY };
const always = (name: string, holds: (input: number) => Promise<void> | void): Property =>
  property(name, fc.nat(), holds, 20);

test("a store that keeps its promises passes, and every property is tried", async () => {
  const properties = storeProperties(new MemoryEventStore(), limits);
  const { violations, cases } = await campaign(properties, options);
  expect(violations).toEqual([]);
  expect(Object.keys(cases)).toEqual(properties.map(({ name }) => name));
});

test("a store that does not is found out", async () => {
  class Sloppy extends MemoryEventStore {
    override async saveEvent(event: Parameters<MemoryEventStore["saveEvent"]>[0]) {
      return super.saveEvent({ ...event, actorId: event.actorId.replaceAll(".", "_") });
    }
  }
  const { violations } = await campaign(storeProperties(new Sloppy(), limits), { ...options, isOver: lasting(500) });
  expect(violations.join("\n")).toContain("events are kept to the letter");
});

test("an error without a code, a synchronous one, and a polluted prototype are violations", async () => {
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

test("the same seed tries the same inputs", async () => {
  const tried = async (): Promise<readonly number[]> => {
    const inputs: number[] = [];
    await campaign([always("noted", (input) => void inputs.push(input))], options);
    return inputs;
  };
  expect(await tried()).toEqual(await tried());
});
