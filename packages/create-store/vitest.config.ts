import { mergeConfig, type ViteUserConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// Projects use the packages as published, so the packages are built first.
const config: ViteUserConfig = mergeConfig(shared, { test: { globalSetup: "test/build.ts" } });
export default config;
