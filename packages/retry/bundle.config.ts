import type { UserConfig } from "vite";
import { bundle } from "../../bundle.shared.ts";

const config: UserConfig = bundle("retry", import.meta.url);
export default config;
