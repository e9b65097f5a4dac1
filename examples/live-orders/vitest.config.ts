import { mergeConfig, type ViteUserConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// The example is processes of its own, so they run what was built.
const config: ViteUserConfig = mergeConfig(shared, { test: { globalSetup: "test/build.ts", testTimeout: 60_000 } });
export default config;
