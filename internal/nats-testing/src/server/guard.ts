import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";

/**
 * The shell becomes the server (`exec`), so the child's pid, signals and exit code are the server's own. Before that it
 * leaves a watcher behind, which reads the pipe from this process: a line means that the server has ended and all is well,
 * the end of the pipe that this process has died, however it died; then the watcher kills the server and removes its files.
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
 * Starts a program that cannot outlive this process, whose death also removes `runDir`. It is detached: a Ctrl-C in the
 * terminal reaches this process alone, which decides when the program ends. Windows has no such shell and gets no guard.
 */
export function spawnGuarded(binary: string, args: readonly string[], runDir: string): ChildProcess {
  if (process.platform === "win32") return spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"] });
  const child = spawn("/bin/sh", ["-c", script, binary, runDir, ...args], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    detached: true,
  });
  const pipe = child.stdio[3] as Socket;
  // A watcher that was killed leaves a broken pipe: there is nobody left to tell.
  pipe.on("error", () => {});
  child.once("exit", () => pipe.end("ended\n"));
  return child;
}
