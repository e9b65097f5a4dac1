import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { repository } from "../workspaces/published-packages.ts";
import { run } from "../workspaces/run.ts";

/** Copies the files that git does not ignore, and commits them, because a release reads the git history. */
export async function copyRepository(folder: string): Promise<void> {
  const listed = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: repository,
  });
  const deleted = await run("git", ["ls-files", "-z", "--deleted"], { cwd: repository });
  const missing = new Set(deleted.split("\0"));
  for (const path of listed.split("\0").filter((each) => each !== "" && !missing.has(each))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(repository, path), join(folder, path));
  }
  await run("git", ["init", "--quiet", "--initial-branch=main"], { cwd: folder });
  await commitAll(folder);
}

/** Commits all changes in a folder. */
export async function commitAll(folder: string): Promise<void> {
  await run("git", ["add", "--all"], { cwd: folder });
  const author = ["-c", "user.name=rehearsal", "-c", "user.email=rehearsal@localhost"];
  await run("git", [...author, "commit", "--quiet", "--message=Rehearse"], { cwd: folder });
}
