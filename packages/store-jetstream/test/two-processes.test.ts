import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { clients } from "./support/clients.ts";
import { newStreamName, onOneServer } from "./support/open-stores.ts";

const server = onOneServer();
const script = fileURLToPath(new URL("./processes/racing-writer.mjs", import.meta.url));

test("only one of several racing processes wins each version", async () => {
  const streamName = newStreamName();
  const rounds = 150;
  const names = ["ann", "bob", "cyd"];
  const run = async (name: string): Promise<readonly number[]> => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      script,
      server.url,
      streamName,
      name,
      String(rounds),
    ]);
    return JSON.parse(stdout) as readonly number[];
  };
  const wins = await Promise.all(names.map(run));
  expect(wins.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: rounds }, (_, index) => index + 1));
  const [client] = clients;
  if (client === undefined) throw new Error("there is no client");
  const store = await server.open(client, { streamName });
  const winners = new Map(
    names.flatMap((name, index) => (wins[index] ?? []).map((version) => [version, `${name}-${version}`])),
  );
  const stored = (await store.getEvents("prize")).map(({ version, id }) => [version, id]);
  expect(new Map(stored as [number, string][])).toEqual(winners);
});
