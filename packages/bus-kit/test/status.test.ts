import { beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { reportTo } from "../src/index.ts";
import { eventOf } from "./support/small-bus.ts";

const status = { type: "handler-failed", pattern: "a", event: eventOf({ id: "event-7" }), raw: "secret" };
const printed = ["@aether: event bus: handler-failed", { pattern: "a", eventId: "event-7" }];
let print: MockInstance<typeof console.error>;
beforeEach(() => {
  print = vi.spyOn(console, "error").mockReturnValue();
});

test("a status is passed to onStatus and not printed", () => {
  const statuses: unknown[] = [];
  reportTo((each) => statuses.push(each))(status);
  expect(statuses).toEqual([status]);
  expect(print).not.toHaveBeenCalled();
});

test("without onStatus, a status is printed, but not the application's data", () => {
  reportTo(undefined)(status);
  expect(print).toHaveBeenCalledWith(...printed);
});

test.each<[string, (error: Error) => unknown]>([
  [
    "throws",
    (error) => {
      throw error;
    },
  ],
  ["rejects", async (error) => Promise.reject(error)],
])("if onStatus %s, the status and the error are printed", async (_, fail) => {
  const error = new Error("of onStatus");
  reportTo(() => fail(error))(status);
  await vi.waitFor(() => expect(print).toHaveBeenCalledTimes(2));
  expect(print.mock.calls.flat()).toContain(error);
  expect(print.mock.calls).toContainEqual(printed);
});
