import { mergeConfig, type ViteUserConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// The example runs in its own processes, from the compiled code.
const config: ViteUserConfig = mergeConfig(shared, { test: { globalSetup: "test/build.ts", testTimeout: 60_000 } });
export default config;
