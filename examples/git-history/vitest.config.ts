import { mergeConfig, type ViteUserConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// The command line and the writers run in their own processes, from the compiled code, and need some seconds.
const config: ViteUserConfig = mergeConfig(shared, { test: { globalSetup: "test/build.ts", testTimeout: 30_000 } });
export default config;
