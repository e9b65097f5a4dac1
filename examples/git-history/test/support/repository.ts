import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A git repository in a temporary folder. */
export class TemporaryRepository {
  readonly directory: string = mkdtempSync(join(tmpdir(), "aether-git-history-"));

  constructor(...initOptions: readonly string[]) {
    this.git("init", "--quiet", "--initial-branch=main", ...initOptions);
  }

  git(...args: readonly (string | Buffer)[]): string {
    const author = { NAME: "Ann", EMAIL: "ann@example.org", DATE: "2026-02-28T12:00:00+01:00" };
    const identity = Object.entries(author).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]);
    const env = {
      PATH: process.env.PATH,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      ...Object.fromEntries(identity),
    };
    return execFileSync("git", args as readonly string[], {
      cwd: this.directory,
      env,
      encoding: "utf8",
      stdio: "pipe",
    });
  }

  /** Writes a file. A name that is not valid UTF-8 is passed as bytes. */
  write(name: string | Buffer, content: string | Buffer): void {
    if (typeof name === "string") mkdirSync(dirname(join(this.directory, name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  path(name: string | Buffer): string | Buffer {
    return typeof name === "string"
      ? join(this.directory, name)
      : Buffer.concat([Buffer.from(`${this.directory}/`), name]);
  }

  commit(...options: readonly string[]): void {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message=change", ...options);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
