import fc from "fast-check";
import { expect, test } from "vitest";
import { RingBuffer } from "../src/ring-buffer.ts";

test("behaves as a queue for any sequence of pushes, shifts and clears", () => {
  const steps = fc.array(
    fc.oneof({ weight: 6, arbitrary: fc.constant("push") }, fc.constant("shift"), fc.constantFrom("clear", "shift")),
    {
      maxLength: 300,
    },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), steps, (capacity, all) => {
      const ring = new RingBuffer<number>(capacity);
      let model: number[] = [];
      for (const [at, step] of all.entries()) {
        if (step === "push" && model.length < capacity) {
          ring.push(at);
          model.push(at);
        } else if (step === "shift") {
          expect(ring.shift()).toBe(model.shift());
        } else if (step === "clear") {
          expect(ring.clear()).toBe(model.length);
          model = [];
        }
        expect(ring.size).toBe(model.length);
        expect(ring.isFull).toBe(model.length === capacity);
      }
      expect(Array.from({ length: ring.size }, () => ring.shift())).toEqual(model);
      expect(ring.shift()).toBeUndefined();
    }),
  );
});
