import { mergeConfig, type ViteUserConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// Projects are made from packages as they are published: from what was built.
const config: ViteUserConfig = mergeConfig(shared, { test: { globalSetup: "test/build.ts" } });
export default config;
