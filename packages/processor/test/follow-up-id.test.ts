import fc from "fast-check";
import { validate, version } from "uuid";
import { expect, test } from "vitest";
import { followUpId } from "../src/index.ts";

test("is a UUID of version 5 that never changes", () => {
  expect(followUpId({ id: "order-1/1" }, "reserve-stock")).toMatchInlineSnapshot(
    `"d96f90a9-3dbb-5ca8-b683-90d63c6483c0"`,
  );
  expect(validate(followUpId({ id: "" }, ""))).toBe(true);
  expect(version(followUpId({ id: "" }, ""))).toBe(5);
});

test("differs for each event and label", () => {
  const text = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(text, text, text, text, (id, label, otherId, otherLabel) => {
      const isSame = id === otherId && label === otherLabel;
      expect(followUpId({ id }, label) === followUpId({ id: otherId }, otherLabel)).toBe(isSame);
    }),
  );
});
