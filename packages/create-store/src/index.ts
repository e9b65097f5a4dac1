export type { Project } from "./create-project.ts";
export { createProject, FolderError } from "./create-project.ts";
export type { Kind } from "./kind.ts";
export type { Options, Runner } from "./options.ts";
export { parseOptions, UsageError } from "./options.ts";
