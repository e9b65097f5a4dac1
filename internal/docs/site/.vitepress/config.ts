import { defineConfig } from "vitepress";
import { config } from "../../src/site/config.ts";

export default defineConfig(config);
