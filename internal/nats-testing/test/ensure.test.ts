import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { compileSources } from "./support/compile.ts";
import { writeFakeServer } from "./support/fake-search.ts";
import { tempFolder } from "./support/temp-folder.ts";

describe("ensure", () => {
  it("prints only the path of the server, or fails and prints how to fix it", async () => {
    const folder = await tempFolder();
    await compileSources(join(folder, "js"));
    const ensure = (server: string) =>
      promisify(execFile)(process.execPath, [join(folder, "js", "ensure.js")], {
        env: { ...process.env, NATS_SERVER_BIN: server },
      });
    const server = await writeFakeServer(join(folder, "nats-server"));
    expect(await ensure(server)).toEqual({ stdout: `${server}\n`, stderr: "" });
    const failing = ensure(join(folder, "nothing"));
    await expect(failing).rejects.toMatchObject({ code: 1, stdout: "", stderr: /correct it, or unset it/ });
  });
});
