import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository, run } from "@aether/publishing";
import { type Application, install } from "./application.ts";
import { check } from "./check.ts";
import type { Outcome } from "./table.ts";

/** The versions are pinned here and not in a manifest, because only this check needs these packages. */
const tools = {
  "@babel/core": "8.1.3",
  "@babel/preset-env": "8.0.7",
  "@babel/preset-typescript": "8.0.7",
  "@swc/core": "1.16.22",
  "@swc/jest": "0.2.39",
  "babel-jest": "30.5.2",
  jest: "30.5.2",
  "ts-jest": "29.4.15",
  typescript: "5.9.3",
};

/** Runs the test in `jest/` with each configuration of the page "Testing". */
export async function checkJest({ tarballs }: Application, scratch: string): Promise<readonly Outcome[]> {
  const page = await readFile(join(repository, "docs", "testing.md"), "utf8");
  const [swc, ...others] = configurationsOf(page, "### CommonJS");
  const [native] = configurationsOf(page, "### ES modules");
  const folder = join(scratch, "jest");
  await install(folder, tarballs, tools);
  await copyFile(join(repository, "internal/runtimes/jest/cart.test.ts"), join(folder, "cart.test.ts"));
  const jest = async (type: "commonjs" | "module", configuration: Configuration | undefined): Promise<string> => {
    await run("npm", ["pkg", "set", `type=${type}`], { cwd: folder });
    await writeFile(join(folder, "jest.config.json"), JSON.stringify(configuration));
    return run(process.execPath, ["node_modules/jest/bin/jest.js", "--no-cache"], {
      cwd: folder,
      env: { NODE_OPTIONS: type === "module" ? "--experimental-vm-modules" : "" },
      timeoutMs: 120_000,
    });
  };
  const row = `Jest ${tools.jest}`;
  const outcomes = [await check(row, transformerOf(swc), () => jest("commonjs", swc))];
  for (const each of others)
    outcomes.push(await check(row, transformerOf(each), () => jest("commonjs", { ...swc, ...each })));
  return [...outcomes, await check(row, "ES modules", () => jest("module", native))];
}

interface Configuration {
  readonly transform: Readonly<Record<string, string | readonly [string, object]>>;
}

/** Returns the JSON snippets in a section of a page. */
function configurationsOf(page: string, heading: string): readonly Configuration[] {
  const start = page.indexOf(`\n${heading}\n`);
  const section = page.slice(start + 1 + heading.length).split(/^##/m, 1)[0] ?? "";
  const found = [...section.matchAll(/^```json[^\n]*\n(.*?)^```$/gms)].map(([, json = ""]) => JSON.parse(json));
  if (start < 0 || found.length === 0) throw new Error(`docs/testing.md has no configuration below "${heading}"`);
  return found;
}

function transformerOf(configuration: Configuration | undefined): string {
  return `CommonJS, ${[Object.values(configuration?.transform ?? {})].flat(2)[0]}`;
}
