import { access, constants } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { readVersion } from "./read-version.ts";
import { executableName, type FoundNatsServer, type Search } from "./search.ts";

/** The first nats-server on `PATH`, or in a folder where system packages put servers. */
export async function onPath(search: Search): Promise<FoundNatsServer> {
  const onPath = (search.env.PATH ?? search.env.Path ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const folder of [...onPath, ...search.systemFolders]) {
    const path = resolve(join(folder, executableName(search)));
    const there = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return { path, source: "path", version: await readVersion(path, search) };
  }
  throw new Error("no nats-server in its folders");
}
