import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { repository } from "../src/workspaces/published-packages.ts";

const packages = readdirSync(join(repository, "packages"));

/** Globals that some environments lack, such as jsdom, or that tests replace after the import. */
const globals = ["TextEncoder", "TextDecoder", "crypto", "structuredClone", "performance"];

afterEach(() => void vi.unstubAllGlobals());

test.each(packages)("%s can be imported without the globals that an environment may lack", async (name) => {
  const entry = join(repository, "packages", name, "src/index.ts");
  vi.resetModules();
  const used: string[] = [];
  for (const global of globals)
    vi.stubGlobal(
      global,
      new Proxy(function missing() {}, {
        construct: () => {
          used.push(`new ${global}`);
          return {};
        },
        get: (_, member) => void used.push(`${global}.${String(member)}`),
      }),
    );
  await import(entry);
  vi.unstubAllGlobals();
  expect(used).toEqual([]);
});
