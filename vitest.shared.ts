import { defaultServerConditions } from "vite";
import { defineConfig, type ViteUserConfig } from "vitest/config";

/**
 * Settings of all test suites. The custom condition makes tests import the sources of other workspaces instead of
 * `dist`.
 */
export const shared: ViteUserConfig = defineConfig({
  ssr: { resolve: { conditions: ["@aether/source", ...defaultServerConditions] } },
  test: {
    include: ["test/**/*.test.ts"],
    restoreMocks: true,
    unstubEnvs: true,
    // Generous, for slow machines: it only ends tests that hang.
    testTimeout: 30_000,
    // On two cores the default would be one file at a time, although many tests mostly wait for a server or a timer.
    maxWorkers: "100%",
    sequence: { shuffle: { tests: true } },
  },
});
