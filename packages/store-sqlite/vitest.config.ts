import { mergeConfig, type ViteUserConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// Some tests start processes, which run the compiled code.
const config: ViteUserConfig = mergeConfig(shared, { test: { globalSetup: "test/support/build.ts" } });
export default config;
