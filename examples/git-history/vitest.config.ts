import { mergeConfig, type ViteUserConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// The command line and the writers are processes of their own: they run what was built, and take their time.
const config: ViteUserConfig = mergeConfig(shared, { test: { globalSetup: "test/build.ts", testTimeout: 30_000 } });
export default config;
