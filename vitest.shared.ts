import { defaultServerConditions } from "vite";
import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Tests run from the sources of every workspace: the custom condition picks `src/index.ts` over `dist`. */
export const shared: ViteUserConfig = defineConfig({
  ssr: { resolve: { conditions: ["@aether/source", ...defaultServerConditions] } },
  test: {
    include: ["test/**/*.test.ts"],
    restoreMocks: true,
    unstubEnvs: true,
    // Only a bound for what hangs: slow machines take their time.
    testTimeout: 30_000,
    // On two cores the default is one file at a time, though many tests wait for a server or a timer.
    maxWorkers: "100%",
    sequence: { shuffle: { tests: true } },
  },
});
