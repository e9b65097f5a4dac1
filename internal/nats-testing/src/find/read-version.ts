import type { Search } from "./search.ts";

/** Runs `<path> --version`: the proof that it is a nats-server and runs here. */
export async function readVersion(path: string, search: Search): Promise<string> {
  const printed = await search.run(path, ["--version"], { timeoutMs: 10_000, signal: search.signal });
  const version = /^nats-server: v?(\S+)/m.exec(printed)?.[1];
  if (version === undefined) throw new Error(`${path} --version does not answer like a nats-server`);
  return version;
}
