import { mergeConfig, type ViteUserConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// Some tests run processes of their own: these use what was built.
const config: ViteUserConfig = mergeConfig(shared, { test: { globalSetup: "test/build.ts" } });
export default config;
