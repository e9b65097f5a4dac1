import { createRequire } from "node:module";
import { cpus } from "node:os";
import { findNatsServer } from "@aether/nats-testing";

/** Versions of the runtime, the server and the clients of this run, and the number of CPUs. */
export async function versions(): Promise<Readonly<Record<string, string>>> {
  const { version } = await findNatsServer();
  return {
    node: process.versions.node,
    "nats-server": version,
    nats: installed("nats"),
    "@nats-io/transport-node": installed("@nats-io/transport-node"),
    cpus: String(cpus().length),
  };
}

function installed(name: string): string {
  return (createRequire(import.meta.url)(`${name}/package.json`) as { readonly version: string }).version;
}
