import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** Parts of the shop, each of which can run in a process of its own. */
export const roles = ["api", "projections", "processors"] as const;
export type Role = (typeof roles)[number];

/** The command line, checked. */
export type Options = ReturnType<typeof readOptions>;

/** The options with their defaults. */
export const usage = `npm run shop -- [options]
  --store memory|sqlite|jetstream   where to keep events and documents (default: sqlite)
  --processes 1|3                   3: the API, the projections and the processors run in processes of their own
  --port N                          port on 127.0.0.1 (default: 8080; 0: any free port)
  --file PATH                       SQLite file (default: examples/shop/shop.db)
  --server URL                      running nats-server (default: a temporary one, whose data is lost at the end)`;

/** A wrong command line, with a message for the user. */
export class UsageError extends Error {}

/**
 * Reads the command line. `role` is the part that this process runs, if the shop runs in several processes. Without
 * `server`, the shop starts a temporary nats-server.
 * @throws `UsageError`, and the errors of `parseArgs`
 */
export function readOptions(args: readonly string[]) {
  const string = { type: "string" } as const;
  const options = { store: string, processes: string, port: string, file: string, server: string, role: string };
  const { store = "sqlite", processes = "1", port = "8080", ...rest } = parseArgs({ args: [...args], options }).values;
  const { role, server, file = fileURLToPath(new URL("../../shop.db", import.meta.url)) } = rest;
  check("--store", store, ["memory", "sqlite", "jetstream"]);
  check("--processes", processes, store === "memory" ? ["1"] : ["1", "3"]);
  if (role !== undefined) check("--role", role, roles);
  if (!/^\d{1,5}$/.test(port)) throw new UsageError("--port must be a number");
  return { store, processes: Number(processes), port: Number(port), file, server, role };
}

function check<Value extends string>(name: string, value: string, allowed: readonly Value[]): asserts value is Value {
  if (!allowed.some((each) => each === value)) throw new UsageError(`${name} must be ${allowed.join(" or ")}`);
}
