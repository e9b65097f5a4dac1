import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";

/**
 * The shell starts a watcher and then replaces itself with the server (`exec`), so that its pid, signals and exit code
 * are those of the server. The watcher reads a pipe from this process. A line means that the server has ended. The end
 * of the pipe means that this process has ended: the watcher then kills the server and removes its files.
 */
const script = `
dir=$1; shift
(
  trap '' HUP INT TERM
  read -r _ <&3 && exit
  kill -9 $$
  rm -rf -- "$dir"
) >/dev/null 2>&1 &
exec "$0" "$@" 3<&-
`;

/**
 * Starts a program that is killed if this process dies. If so, `runDir` is removed, too. The program is detached, so
 * that Ctrl-C in the terminal reaches only this process. On Windows, which lacks such a shell, the program keeps
 * running if this process dies.
 */
export function spawnGuarded(binary: string, args: readonly string[], runDir: string): ChildProcess {
  if (process.platform === "win32") return spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"] });
  const child = spawn("/bin/sh", ["-c", script, binary, runDir, ...args], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    detached: true,
  });
  const pipe = child.stdio[3] as Socket;
  // If the watcher was killed, the pipe is broken, and the message is not needed.
  pipe.on("error", () => {});
  child.once("exit", () => pipe.end("ended\n"));
  return child;
}
