/** Packs the published packages and serves them from a registry, for tests that install them as a user would. */
export { packAll, type Tarball } from "./pack/tarball.ts";
export { type PackedRegistry, startPackedRegistry } from "./release/packed-registry.ts";
export { type PublishedPackage, publishedPackages } from "./workspaces/published-packages.ts";
