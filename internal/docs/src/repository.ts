import { fileURLToPath } from "node:url";

/** Folder of the repository, without a trailing slash. Correct from both `src` and `dist`. */
export const root: string = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
