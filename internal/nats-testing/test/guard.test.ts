import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, vi } from "vitest";
import { compileSources } from "./support/compile.ts";
import { tempFolder } from "./support/temp-folder.ts";

/**
 * Starts a process that starts a server and later runs `code`. Also returns a connection to the server. The connection
 * closes when the server ends, which is more reliable than a check of the pid: a dead process keeps its pid until its
 * exit code has been read.
 */
async function processWithServer(code: string) {
  const folder = await tempFolder();
  await compileSources(folder);
  const program = join(folder, "start.js");
  await writeFile(
    program,
    `import { startNatsServer } from "./index.js";
    const server = await startNatsServer();
    console.log(JSON.stringify({ port: server.port, storeDir: server.storeDir }));
    process.stdin.once("data", () => { ${code} });`,
  );
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "ignore"] });
  const [line] = await once(createInterface(child.stdout), "line");
  const server = JSON.parse(String(line)) as { port: number; storeDir: string };
  const connection = connect(server.port, "127.0.0.1");
  await once(connection, "data");
  return { child, storeDir: server.storeDir, connection };
}

describe("a server whose process has ended", () => {
  it.each([
    ["by SIGKILL", "process.kill(process.pid, 'SIGKILL')"],
    ["by SIGTERM", "process.kill(process.pid, 'SIGTERM')"],
    ["by an uncaught error", "Promise.reject(new Error('unexpected'))"],
    ["by process.exit()", "process.exit(0)"],
    ["by SIGKILL while the server was suspended", "server.suspend().then(() => process.kill(process.pid, 'SIGKILL'))"],
  ])(
    "ends too: %s",
    async (_how, code) => {
      const { child, storeDir, connection } = await processWithServer(code);
      // The system decides whether the connection is closed or reset.
      const ended = new Promise((closed) => connection.on("error", () => {}).once("close", closed));
      child.stdin.write("go\n");
      await once(child, "exit");
      await ended;
      await vi.waitFor(() => expect(access(storeDir)).rejects.toThrow(), 10_000);
    },
    30_000,
  );
});
