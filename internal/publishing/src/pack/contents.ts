import { posix } from "node:path";

/** Lists missing and forbidden files of a package. The folder `template` may contain any file. */
export function faultsOfContents(paths: readonly string[], read: (path: string) => string): readonly string[] {
  const held = new Set(paths);
  const missing = ["LICENSE", "README.md", "package.json"].filter((path) => !held.has(path));
  return [
    ...missing.map((path) => `does not contain ${path}`),
    ...paths.filter((path) => path.endsWith(".tsbuildinfo")).map((path) => `contains ${path}, a cache of the compiler`),
    ...paths.filter(isTest).map((path) => `contains ${path}, a test`),
    ...paths.filter(isCode).flatMap((path) => faultsOfReferences(path, read(path), held)),
  ];
}

function isTest(path: string): boolean {
  return /^((dist|src)\/.*|test.*)\.(test|spec)\.|^(dist\/|src\/)?tests?\//.test(path);
}

function isCode(path: string): boolean {
  return /^dist\/.*\.(js|d\.ts|map)$/.test(path);
}

/** Lists source maps and files that refer to missing files, which an older build may have left in `dist`. */
function faultsOfReferences(path: string, text: string, held: ReadonlySet<string>): readonly string[] {
  const folder = posix.dirname(path);
  const named = path.endsWith(".map")
    ? sourcesOf(text)
    : [...text.matchAll(/^\/\/# sourceMappingURL=(\S+)$/gm)].map((match) => match[1] ?? "");
  return named
    .filter((target) => !held.has(posix.join(folder, target)))
    .map((target) => `contains ${path}, which refers to ${target}, which is missing`);
}

function sourcesOf(map: string): readonly string[] {
  const { sources, sourceRoot = "" } = JSON.parse(map) as { sources: readonly string[]; sourceRoot?: string };
  return sources.map((source) => posix.join(sourceRoot, source));
}
