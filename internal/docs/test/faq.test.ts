import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EventStore } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { expect, test } from "vitest";
import { pages, snippetsOf } from "./support/documents.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

type ClaimEmail = (store: EventStore, accountId: string, email: string, secret: string) => Promise<boolean>;

const folder = scratchFolder("faq");

test("an e-mail address belongs to the first account that claims it, and is not stored", async () => {
  const page = pages().find(({ path }) => path === "docs/faq.md");
  writeFileSync(join(folder, "claim-email.ts"), page === undefined ? "" : (snippetsOf(page)[0]?.code ?? ""));
  const { claimEmail } = (await import(/* @vite-ignore */ join(folder, "claim-email.ts"))) as {
    claimEmail: ClaimEmail;
  };
  const store = new MemoryEventStore();
  const claim = (accountId: string, email: string) => claimEmail(store, accountId, email, "secret");
  const claims = await Promise.all([claim("account-1", "ada@example.com"), claim("account-2", " Ada@example.com")]);
  expect(claims).toEqual([true, false]);
  expect(await claim("account-1", "ada@example.com")).toBe(true);
  expect(await claim("account-2", "bob@example.com")).toBe(true);
  for await (const actorId of store.listActors())
    expect(JSON.stringify(await store.getEvents(actorId))).not.toMatch(/ada/i);
  await store.close();
  await expect(claim("account-1", "ada@example.com")).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
});
