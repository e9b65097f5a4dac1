import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import type { Tarball } from "../pack/tarball.ts";
import { repository } from "../workspaces/published-packages.ts";
import { run } from "../workspaces/run.ts";

/** A running npm registry that serves packed packages. */
export interface PackedRegistry {
  /** Environment variables with which npm uses this registry. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Answer to the request for a package: its versions, each with its manifest and the place of its tarball. */
interface Packument {
  readonly name: string;
  readonly "dist-tags": { readonly latest: string };
  readonly versions: Readonly<Record<string, object>>;
}

/**
 * Starts a registry on 127.0.0.1 that serves the given tarballs. It offers other packages only in the versions of the
 * lockfile, whose files npm has in its cache after `npm ci`. Requests for packages that are not in the lockfile are
 * redirected to the configured registry.
 */
export async function startPackedRegistry(tarballs: readonly Tarball[]): Promise<PackedRegistry> {
  const upstream = (await run("npm", ["config", "get", "registry"], { cwd: repository })).trim().replace(/\/$/, "");
  const files = new Map(tarballs.map(({ file }) => [basename(file), file]));
  const packuments = lockedPackuments(upstream);
  const server = createServer((request, response) => answer(decodeURIComponent(request.url ?? "/"), response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const tarball of tarballs) packuments.set(tarball.manifest.name, await packedPackument(tarball, url));

  function answer(path: string, response: ServerResponse): void {
    const packument = packuments.get(path.slice(1));
    const file = files.get(basename(path));
    if (packument !== undefined) response.setHeader("content-type", "application/json").end(JSON.stringify(packument));
    else if (file !== undefined) createReadStream(file).pipe(response);
    else response.writeHead(302, { location: `${upstream}${path.replace(/(?<=^\/@[^/]+)\//, "%2f")}` }).end();
  }

  return {
    env: { npm_config_registry: url, npm_config_prefer_offline: "true", npm_config_ignore_scripts: "true" },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function packedPackument({ manifest, file }: Tarball, url: string): Promise<Packument> {
  const integrity = `sha512-${createHash("sha512")
    .update(await readFile(file))
    .digest("base64")}`;
  const dist = { tarball: `${url}/-/${basename(file)}`, integrity };
  return packumentOf(manifest.name, new Map([[manifest.version, { ...manifest, dist }]]), manifest.version);
}

/** Builds the answers for the packages of the lockfile. */
function lockedPackuments(upstream: string): Map<string, Packument> {
  const lock = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { version?: string; integrity?: string; link?: boolean }>>;
  };
  const found = new Map<string, Map<string, object>>();
  for (const [path, { version, integrity, ...entry }] of Object.entries(lock.packages)) {
    const [name] = /(?:@[^/]+\/)?[^/]+$/.exec(path) ?? [];
    if (name === undefined || version === undefined || integrity === undefined) continue;
    const dist = { tarball: `${upstream}/${name}/-/${basename(name)}-${version}.tgz`, integrity };
    const versions = found.get(name) ?? new Map<string, object>();
    found.set(name, versions.set(version, { name, version, ...entry, dist }));
  }
  const latest = (name: string): string => lock.packages[`node_modules/${name}`]?.version ?? "";
  return new Map(
    [...found].map(([name, versions]) => [
      name,
      packumentOf(name, versions, versions.has(latest(name)) ? latest(name) : (versions.keys().next().value ?? "")),
    ]),
  );
}

function packumentOf(name: string, versions: ReadonlyMap<string, object>, latest: string): Packument {
  return { name, "dist-tags": { latest }, versions: Object.fromEntries(versions) };
}
