import { type Command, type CommandHandler, commandHandler } from "@aether/decider";
import { MemoryEventStore } from "@aether/store-memory";
import { beforeAll, expect, test } from "vitest";
import { type Programs, programsOf } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

const folder = scratchFolder("idempotent-commands");
let page: Programs;
beforeAll(async () => {
  page = await programsOf("docs/idempotent-commands.md", folder);
});

test("the program prints the output that the page shows", async () => {
  expect(await page.run("reserve-twice.ts")).toBe(page.outputOf("reserve-twice.ts"));
});

test("a repeated request returns the first result, and the same id for another request is an error", async () => {
  const { handleRequest, IdUsedAgain } = await page.importOf<{
    readonly handleRequest: (
      handler: CommandHandler,
      actorId: string,
      command: Command,
      requestId: string,
    ) => Promise<{ readonly repeated: boolean; readonly state: unknown }>;
    readonly IdUsedAgain: new () => Error;
  }>("handle-request.ts");
  const { seats } = await page.importOf<{ readonly seats: Parameters<typeof commandHandler>[1] }>("seats.ts");
  const handler = commandHandler(new MemoryEventStore(), seats) as unknown as CommandHandler;
  const reserve = (by: string, requestId: string) =>
    handleRequest(handler, "seat-7", { type: "ReserveSeat", ...{ by } }, requestId);
  expect(await reserve("Ann", "1")).toMatchObject({ repeated: false, state: "Ann" });
  expect(await reserve("Ann", "1")).toMatchObject({ repeated: true, state: "Ann" });
  await expect(reserve("Bob", "1")).rejects.toThrow(IdUsedAgain);
  await expect(reserve("Bob", "2")).rejects.toThrow("the seat is reserved by Ann");
});
