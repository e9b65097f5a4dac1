export { npmInstall } from "./pack/installation.ts";
export { packAll, type Tarball } from "./pack/tarball.ts";
export { type PackedRegistry, startPackedRegistry } from "./release/packed-registry.ts";
export { publishedPackages, repository } from "./workspaces/published-packages.ts";
export { type RunOptions, run } from "./workspaces/run.ts";
