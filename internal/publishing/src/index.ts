export { packAll, type Tarball } from "./pack/tarball.ts";
export { type PackedRegistry, startPackedRegistry } from "./release/packed-registry.ts";
export { publishedPackages } from "./workspaces/published-packages.ts";
