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
    sequence: { shuffle: { tests: true } },
  },
});
