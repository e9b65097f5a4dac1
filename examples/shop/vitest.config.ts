import { mergeConfig, type ViteUserConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// The processes run the compiled code.
const config: ViteUserConfig = mergeConfig(shared, {
  test: { globalSetup: "test/build.ts", testTimeout: 60_000, hookTimeout: 60_000 },
});
export default config;
