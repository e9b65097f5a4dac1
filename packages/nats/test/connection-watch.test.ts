import { expect, test } from "vitest";
import type { NatsConnection, NatsServerInfo, NatsStatus } from "../src/connection.ts";
import { ConnectionWatch } from "../src/connection-watch.ts";

const info: NatsServerInfo = { version: "2.15.2", max_payload: 1_048_576 };

/** A watched connection whose client reports any statuses. */
function watched({ isLost = false } = {}) {
  const queue: NatsStatus[] = [];
  let wake = (): void => {};
  let close: (error?: unknown) => void = () => {};
  const closed = new Promise<unknown>((resolve) => {
    close = resolve;
  });
  async function* status(): AsyncGenerator<NatsStatus> {
    for (;;) {
      for (const each of queue.splice(0)) yield each;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  const connection = {
    info: isLost ? undefined : info,
    status,
    closed: () => closed,
  } as unknown as { info: NatsServerInfo | undefined } & NatsConnection;
  const reports: unknown[] = [];
  const watch = new ConnectionWatch(connection, {
    onStatus: ({ type }) => reports.push(type),
    onClosed: (cause) => reports.push(["closed", cause]),
  });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    connection,
    watch,
    reports,
    async emit(...types: readonly string[]): Promise<void> {
      queue.push(...types.map((type) => ({ type })));
      wake();
      await settle();
    },
    async close(error?: unknown): Promise<void> {
      close(error);
      await settle();
    },
  };
}

test.each([
  { transport: "TCP", down: ["disconnect", "reconnecting", "reconnecting"], up: ["update", "reconnect"] },
  {
    transport: "WebSocket",
    down: ["disconnect", "reconnecting", "disconnect", "reconnecting", "disconnect", "reconnecting"],
    up: ["update", "update", "reconnect", "reconnect", "reconnect"],
  },
])("the statuses of two outages over $transport are reported as two outages", async ({ down, up }) => {
  const { watch, reports, emit } = watched();
  expect(watch.isConnected).toBe(true);
  for (const count of [1, 2]) {
    await emit(...down);
    expect(watch.isConnected).toBe(false);
    await emit(...up);
    expect(watch.isConnected).toBe(true);
    expect(reports).toHaveLength(2 * count);
  }
  expect(reports).toEqual(["disconnected", "reconnected", "disconnected", "reconnected"]);
});

test("an outage that began before the watch did is reported as over, once", async () => {
  const known = watched({ isLost: true });
  expect(known.watch.isConnected).toBe(false);
  known.connection.info = info;
  await known.emit("disconnect", "reconnecting", "reconnect", "reconnect");
  expect(known.reports).toEqual(["reconnected"]);
  const unknown = watched(); // the client drops the details of the server only when it tries to reconnect
  await unknown.emit("reconnect", "reconnect");
  expect(unknown.reports).toEqual(["reconnected"]);
  const noticed = watched();
  await noticed.emit("reconnecting", "reconnect");
  expect(noticed.reports).toEqual(["disconnected", "reconnected"]);
});

test("a connection that is lost again at once has not been back", async () => {
  const { connection, watch, reports, emit } = watched();
  await emit("disconnect");
  connection.info = undefined;
  await emit("reconnect", "disconnect");
  expect(watch.isConnected).toBe(false);
  connection.info = info;
  await emit("reconnect");
  expect(reports).toEqual(["disconnected", "reconnected"]);
});

test("the end of the connection is reported once, with its error; a closed watch reports nothing", async () => {
  const error = new Error("gone");
  const ended = watched();
  await ended.close(error);
  expect(ended.watch.isConnected).toBe(false);
  await ended.emit("disconnect");
  expect(ended.reports).toEqual([["closed", error]]);
  const stopped = watched();
  stopped.watch.close();
  await stopped.emit("disconnect", "error");
  await stopped.close();
  expect(stopped.reports).toEqual([]);
});
