import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type EventStore, StoreClosedError } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { pages } from "./support/documents.ts";
import { type Programs, programsOf } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

const folder = scratchFolder("http-api");
let page: Programs;
let seatApi: (store: EventStore) => Server;
let httpStatusOf: (error: unknown, hasIfMatch?: boolean) => number;
beforeAll(async () => {
  page = await programsOf("docs/http-api.md", folder);
  ({ seatApi } = await page.importOf<{ seatApi: typeof seatApi }>("seat-api.ts"));
  ({ httpStatusOf } = await page.importOf<{ httpStatusOf: typeof httpStatusOf }>("http-status.ts"));
});

let store: MemoryEventStore;
let server: Server;
let url: string;
beforeEach(async () => {
  store = new MemoryEventStore();
  server = seatApi(store).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/seats/7`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

async function send(body?: unknown, headers: Record<string, string> = {}) {
  const method = body === undefined ? "GET" : "POST";
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: text }) });
  return {
    status: answer.status,
    etag: answer.headers.get("etag"),
    body: await answer.json(),
    headers: answer.headers,
  };
}
const reserve = (by: string, headers?: Record<string, string>) => send({ type: "ReserveSeat", by }, headers);
const release = (headers?: Record<string, string>) => send({ type: "ReleaseSeat", reason: "ill" }, headers);

test("a command changes the seat, and a read returns it with its version", async () => {
  expect(await reserve("Ann")).toMatchObject({ status: 200, etag: '"1"', body: { reservedBy: "Ann" } });
  expect(await send()).toMatchObject({ status: 200, etag: '"1"', body: { reservedBy: "Ann" } });
  expect(await reserve("Bob")).toMatchObject({ status: 422, body: { title: "the seat is already reserved" } });
});

test("a repeated request has no second effect, although the seat has changed since", async () => {
  await reserve("Ann", { "idempotency-key": "1" });
  await release({ "idempotency-key": "2" });
  expect(await reserve("Ann", { "idempotency-key": "1" })).toMatchObject({ status: 200, body: {}, etag: '"2"' });
  expect((await store.getEvents("seat-7")).length).toBe(2);
});

test("a client that has not seen the latest version gets 412", async () => {
  expect(await reserve("Ann", { "if-match": '"0"' })).toMatchObject({ status: 200 });
  expect(await release({ "if-match": '"0"' })).toMatchObject({ status: 412 });
  expect(await release({ "if-match": "*" })).toMatchObject({ status: 200, etag: '"2"' });
  expect(await release({ "if-match": "two" })).toMatchObject({ status: 400 });
});

test("invalid bodies are rejected, and an unavailable store is reported as 503", async () => {
  for (const body of ["", "null", "7", "{}", '{"type":"toString"}', { type: "ReserveSeat", by: 7 }])
    expect(await send(body)).toMatchObject({ status: 400, body: { title: "the body is not a command" } });
  await store.close();
  const answer = await reserve("Ann");
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("1");
});

test("the message of a bug stays on the server", async () => {
  vi.spyOn(store, "getEvents").mockRejectedValue(new TypeError("secret"));
  const log = vi.spyOn(console, "error").mockReturnValue();
  expect(await reserve("Ann")).toMatchObject({ status: 500, body: { status: 500, title: "internal error" } });
  expect(log).toHaveBeenCalledOnce();
});

describe("the table of the guide about commands", () => {
  const guide = pages().find(({ path }) => path === "docs/commands.md")?.text ?? "";
  const rows = [...guide.matchAll(/^\| (`AETHER_.*?) \| (\d+) \|/gm)].flatMap(([, codes = "", status]) =>
    [...codes.matchAll(/`(AETHER_\w+)`/g)].map(([, code = ""]) => ({ code, status: Number(status) })),
  );

  test("has rows", () => expect(rows.length).toBeGreaterThan(10));

  test.each(rows)("has the status of $code", ({ code, status }) => {
    expect(httpStatusOf(Object.defineProperty(new StoreClosedError(), "code", { value: code }))).toBe(status);
  });
});

test("a time limit is 504, and any other error is 500", () => {
  expect(httpStatusOf(new DOMException("late", "TimeoutError"))).toBe(504);
  expect(httpStatusOf(undefined)).toBe(500);
});
