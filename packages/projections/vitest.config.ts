import { mergeConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

export default mergeConfig(shared, { test: { testTimeout: 30_000, maxConcurrency: 10 } });
