import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "@aether/nats-testing";
import { npmInstall } from "../pack/installation.ts";
import { run } from "../workspaces/run.ts";

/** A running npm registry on this machine. */
export interface LocalRegistry {
  /** Environment variables with which npm and changesets use only this registry. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * The version of the registry. It is pinned here and not in a manifest, because the package is large and only a
 * rehearsal needs it. Later versions require Node.js 22.
 */
const program = {
  private: true,
  dependencies: { verdaccio: "6.8.0" },
  overrides: { "node-fetch": "2.7.0" },
};

/**
 * Installs a registry into a folder and starts it on 127.0.0.1. The registry stores the packages of this repository and
 * forwards requests for other packages.
 */
export async function startLocalRegistry(folder: string): Promise<LocalRegistry> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify(program));
  await npmInstall(folder);
  const uplink = (await run("npm", ["config", "get", "registry"], { cwd: folder })).trim();
  const everyone = { access: "$all", publish: "$all" };
  const config = {
    storage: join(folder, "storage"),
    uplinks: { upstream: { url: uplink } },
    packages: { "@aether/*": everyone, "**": { access: "$all", proxy: "upstream" } },
    log: { type: "stdout", format: "pretty", level: "warn" },
  };
  await writeFile(join(folder, "config.yaml"), JSON.stringify(config)); // JSON is YAML
  const host = `127.0.0.1:${await freePort()}`;
  const url = `http://${host}/`;
  const executable = join(folder, "node_modules", "verdaccio", "bin", "verdaccio");
  const child = spawn(process.execPath, [executable, "--config", join(folder, "config.yaml"), "--listen", host], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    await waitForAnswer(url, child);
  } catch (failure) {
    await stop(child);
    throw failure;
  }
  const userconfig = join(folder, "npmrc");
  await writeFile(userconfig, `registry=${url}\n//${host}/:_authToken=rehearsal\n`);
  const env = {
    npm_config_userconfig: userconfig,
    npm_config_registry: url,
    npm_config_cache: join(folder, "cache"),
    npm_config_provenance: "false",
  };
  return { env, close: () => stop(child) };
}

/** Waits until the registry answers. */
async function waitForAnswer(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the local registry ended with ${child.exitCode}`);
    const isUp = await fetch(`${url}-/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    if (performance.now() > deadline) throw new Error(`the local registry does not answer at ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
