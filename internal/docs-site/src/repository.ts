import { fileURLToPath } from "node:url";

/** The folder of the repository, without a slash at the end; from `src` and from `dist` alike. */
export const root: string = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
