import type { Event, FeedEventStore } from "@aether/core";
import { type CommandHandler, commandHandler, type Decider } from "@aether/decider";
import { type Projection, type ProjectionReader, runProjection } from "@aether/projections";
import { MemoryEventStore } from "@aether/store-memory";
import { beforeAll, expect, test, vi } from "vitest";
import { type Programs, programsOf } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

type Remind<Last> = (due: ProjectionReader, handler: CommandHandler, last: Last) => Promise<void>;
interface Reminders {
  readonly reminders: Projection;
  readonly remindDue: Remind<Date>;
  readonly remindEverySecond: Remind<AbortSignal>;
}

const folder = scratchFolder("do-something-later");
let page: Programs;
let invoices: Decider;
let reminders: Reminders;
beforeAll(async () => {
  page = await programsOf("docs/do-something-later.md", folder);
  ({ invoices } = await page.importOf<{ invoices: Decider }>("invoices.ts"));
  reminders = await page.importOf<Reminders>("reminders.ts");
});

const remindAt = "2026-05-15T09:00:00.000Z";

/** Returns the ids of the invoices that were reminded. */
async function remindersIn(store: FeedEventStore): Promise<readonly string[]> {
  const all: Event[] = [];
  for await (const { events } of store.readFeed()) all.push(...events.map(({ event }) => event));
  return all.filter(({ eventType }) => eventType === "ReminderIssued").map(({ actorId }) => actorId);
}

test("the program prints the output that the page shows", async () => {
  expect(await page.run("first-reminder.ts")).toBe(page.outputOf("first-reminder.ts"));
});

test("instances with an old list neither remind twice, nor a customer who has paid", async () => {
  await using store = new MemoryEventStore();
  const instances = Array.from({ length: 3 }, () => commandHandler(store, invoices));
  const send = (id: string, type: string, more: object) => instances[0]?.handle(id, { type, ...more } as never);
  for (const id of ["invoice-1", "invoice-2"]) await send(id, "SendInvoice", { remindAt });
  // A list that is never brought up to date.
  const list = async function* () {
    for (const id of ["invoice-1", "invoice-2"]) yield { id, document: { remindAt } };
  };
  const due = { list } as unknown as ProjectionReader;
  await send("invoice-2", "PayInvoice", { amount: 40 });
  for (let round = 0; round < 3; round++)
    await Promise.all(instances.map((handler) => reminders.remindDue(due, handler, new Date(remindAt))));
  expect(await remindersIn(store)).toEqual(["invoice-1"]);
});

test("the timer reminds of the others if one fails, tries it again, and ends with its signal", async () => {
  await using store = new MemoryEventStore();
  const handler = commandHandler(store, invoices);
  for (const id of ["invoice-1", "invoice-2"]) await handler.handle(id, { type: "SendInvoice", remindAt } as never);
  await using due = await runProjection(store, reminders.reminders);
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(remindAt) });
  const log = vi.spyOn(console, "error").mockReturnValue(undefined);
  const handle = vi.spyOn(handler, "handle").mockRejectedValueOnce(new Error("the store is down"));
  const stopping = new AbortController();
  const ended = reminders.remindEverySecond(due as ProjectionReader, handler, stopping.signal);
  await vi.waitFor(async () => expect(await remindersIn(store)).toHaveLength(2), { timeout: 5_000 });
  stopping.abort();
  await ended;
  vi.useRealTimers();
  expect(await remindersIn(store)).toEqual(["invoice-2", "invoice-1"]);
  expect(log).toHaveBeenCalledOnce();
  handle.mockRestore();
});
