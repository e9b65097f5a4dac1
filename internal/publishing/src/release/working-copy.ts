import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { repository } from "../workspaces/published-packages.ts";
import { run } from "../workspaces/run.ts";

/** Copies what git knows or would know of the repository, as it is now, and commits it: a release reads the history. */
export async function copyRepository(folder: string): Promise<void> {
  const listed = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: repository,
  });
  const deleted = await run("git", ["ls-files", "-z", "--deleted"], { cwd: repository });
  const gone = new Set(deleted.split("\0"));
  for (const path of listed.split("\0").filter((each) => each !== "" && !gone.has(each))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(repository, path), join(folder, path));
  }
  await run("git", ["init", "--quiet", "--initial-branch=main"], { cwd: folder });
  await commitAll(folder);
}

export async function commitAll(folder: string): Promise<void> {
  await run("git", ["add", "--all"], { cwd: folder });
  const author = ["-c", "user.name=rehearsal", "-c", "user.email=rehearsal@localhost"];
  await run("git", [...author, "commit", "--quiet", "--message=Rehearse"], { cwd: folder });
}
