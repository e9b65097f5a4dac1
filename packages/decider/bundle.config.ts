import type { UserConfig } from "vite";
import { bundle } from "../../bundle.shared.ts";

const config: UserConfig = bundle("decider", import.meta.url);
export default config;
