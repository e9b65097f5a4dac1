import type { NatsServerSource, Search } from "./search.ts";

/** One way to install a server. */
export interface Installer {
  /** What its servers are kept under in the cache; with the version, where that is pinned. */
  readonly name: string;
  /** What an error calls it. */
  readonly step: string;
  readonly source: NatsServerSource;
  /** Puts a server somewhere into the folder and resolves to its path; throws an error that says why it could not. */
  install(folder: string, search: Search): Promise<string>;
}
