import { execFile } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { compileSources } from "./support/compile.ts";
import { tempFolder } from "./support/temp-folder.ts";

const run = promisify(execFile);
/** Returns the matrix runner, with a cache of fake servers that only print their version. */
async function matrixRunner(): Promise<(...command: string[]) => Promise<{ readonly stdout: string }>> {
  const folder = await tempFolder();
  await compileSources(join(folder, "dist"));
  const cache = join(folder, "cache");
  for (const [name, version] of [
    ["debian", "2.9.10"],
    ["go-v2.12.15", "2.12.15"],
    ["go-v2.15.2", "2.15.2"],
  ] as const) {
    const place = join(cache, "aether", "nats-server", `${name}-${process.platform}-${process.arch}`);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, "nats-server"), `#!/bin/sh\necho "nats-server: v${version}"\n`);
    await chmod(join(place, "nats-server"), 0o755);
  }
  const env = { ...process.env, XDG_CACHE_HOME: cache, NATS_SERVER_BIN: "/none" };
  return (...command) => run(process.execPath, [join(folder, "dist", "matrix.js"), ...command], { env });
}

test("the command runs with each server, oldest first, and one failure fails the matrix", async () => {
  const matrix = await matrixRunner();
  const { stdout } = await matrix("sh", "-c", '"$NATS_SERVER_BIN" --version');
  expect(stdout.match(/nats-server: v[\d.]+/g)).toEqual(
    ["2.9.10", "2.12.15", "2.15.2"].map((each) => `nats-server: v${each}`),
  );
  expect(stdout).toContain("all servers passed");
  const failing = matrix("sh", "-c", 'case "$NATS_SERVER_BIN" in *2.12*) exit 1;; esac');
  await expect(failing).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining("failed with 2.12.15") });
  await expect(matrix()).rejects.toMatchObject({ code: 2 });
}, 60_000);
