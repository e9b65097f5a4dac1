import { mergeConfig, type ViteUserConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// The command line and the writers are processes of their own, so they run what was built.
const config: ViteUserConfig = mergeConfig(shared, { test: { globalSetup: "test/build.ts" } });
export default config;
