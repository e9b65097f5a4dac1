import { expect, test } from "vitest";
import { newBusId } from "../src/bus-id.ts";
import { encodeMessage, originOf } from "../src/wire.ts";
import { eventOf } from "./support/events.ts";
import { headersOf } from "./support/headers.ts";

const ids = Array.from({ length: 10_000 }, newBusId);

test("an id has twelve characters that a header can carry unchanged", () => {
  for (const busId of ids.slice(0, 500)) {
    expect(busId).toMatch(/^[A-Za-z0-9+/]{12}$/);
    const { header } = encodeMessage({ busId, generation: 0, sequence: 7 }, eventOf(1));
    const value = new TextDecoder().decode(header).split("Aether-Bus: ")[1]?.trim() ?? "";
    expect(originOf({ subject: "p.a", data: header, headers: headersOf(() => value) })).toEqual({
      busId,
      generation: 0,
      sequence: 7,
    });
  }
});

test("every character of an id is random", () => {
  expect(new Set(ids).size).toBe(ids.length);
  for (let at = 0; at < 12; at++) expect(new Set(ids.map((id) => id[at])).size).toBe(64);
});
