import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Output of the two git commands for one commit of a repository. */
export interface RepositoryState {
  readonly log: Uint8Array;
  readonly expected: Uint8Array;
}

/** Thrown when a git command fails. */
class GitError extends Error {
  override readonly name: string = "GitError";
}

/**
 * Reads the history of a repository up to HEAD, and the files that exist at HEAD. Needs git 2.31 or later.
 *
 * @throws GitError, `signal.reason`
 */
export async function readRepository(directory: string, signal?: AbortSignal): Promise<RepositoryState> {
  const git = (...args: string[]): Promise<Buffer> => runGit(directory, args, signal);
  // Both outputs must describe the same commit, even if HEAD moves meanwhile.
  const head = (await git("rev-parse", "--verify", "--end-of-options", "HEAD^{commit}")).toString().trim();
  const emptyTree = (await git("hash-object", "-t", "tree", "--stdin")).toString().trim();
  const log = ["log", "--first-parent", "--diff-merges=first-parent", "--reverse", "--format=commit%x09%H%x09%cI"];
  return {
    log: await git(...log, ...numstat, head, "--"),
    expected: await git("diff", ...numstat, emptyTree, head, "--"),
  };
}

const numstat = ["--numstat", "--no-renames", "--no-relative", "--ignore-submodules=none"];

/** Settings that override those of the user and the repository, which could change the output. */
const config = ["core.quotePath=true", "log.showRoot=true", "log.showSignature=false"];

/** Environment variables that could make git read another repository than the one in the given directory. */
const misleading = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_COMMON_DIR",
  "GIT_NAMESPACE",
];

async function runGit(directory: string, args: readonly string[], signal: AbortSignal | undefined): Promise<Buffer> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.includes(name)));
  const child = run("git", ["-C", directory, ...config.flatMap((setting) => ["-c", setting]), ...args], {
    encoding: "buffer",
    env: { ...env, LC_ALL: "C" },
    maxBuffer: Number.POSITIVE_INFINITY,
    ...(signal === undefined ? {} : { signal }),
  });
  child.child.stdin?.end();
  try {
    return (await child).stdout;
  } catch (error) {
    signal?.throwIfAborted();
    throw new GitError(`git ${args[0]} failed in ${directory}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: Buffer };
  if (code === "ENOENT") return "there is no git on the PATH";
  return stderr?.toString().trim() || (error instanceof Error ? error.message : String(error));
}
