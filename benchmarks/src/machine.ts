import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { findNatsServer } from "@aether/nats-testing";

/** The hardware and software of a measurement. */
export interface Machine {
  readonly node: string;
  readonly v8: string;
  readonly system: string;
  readonly cpus: number;
  readonly cpu: string;
  readonly memoryGigabytes: number;
  readonly natsServer: string;
  /** Versions of the packages that Aether is compared with, by name. */
  readonly packages: Readonly<Record<string, string>>;
}

export async function describeMachine(): Promise<Machine> {
  const { devDependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const others = Object.entries(devDependencies).filter(([name]) => !name.startsWith("@aether/"));
  const { path } = await findNatsServer();
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    system: `${type()} ${release()}`,
    cpus: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    natsServer: execFileSync(path, ["--version"], { encoding: "utf8" }).trim().replace(/^.*v/, ""),
    packages: Object.fromEntries(others),
  };
}
