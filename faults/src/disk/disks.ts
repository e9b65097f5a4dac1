import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { Admin } from "../cluster/admin.ts";

/** A server that has little room for a stream, until more is made. */
export interface SmallDisk extends AsyncDisposable {
  readonly server: NatsServer;
  readonly admin: Admin;
  /** To be called when the stream is there. */
  readonly takeRoom: (streamName: string) => Promise<void>;
  readonly makeRoom: (streamName: string) => Promise<void>;
}

/** A way to be full, by name. */
export interface DiskKind {
  readonly name: string;
  /** The codes of which at least one tells the writers. */
  readonly tells: readonly string[];
  /** `undefined` where this machine does not allow it. */
  readonly open: () => Promise<SmallDisk | undefined>;
}

const full = ["AETHER_STORE_FULL"];

/** Ways in which a stream can be full. A server whose file system is full gives JetStream up, and answers no more. */
export const disks: readonly DiskKind[] = [
  { name: "the stream's limit", tells: full, open: streamLimit },
  { name: "the server's limit", tells: full, open: serverLimit },
  {
    name: "the file system",
    tells: [...full, "AETHER_OUTCOME_UNKNOWN", "AETHER_STORE_UNAVAILABLE"],
    open: smallFileSystem,
  },
];

const ROOM_BYTES = 2 * 1024 * 1024;
const BALLAST_BYTES = 4 * 1024 * 1024;

async function streamLimit(): Promise<SmallDisk> {
  const server = await startNatsServer();
  const admin = await Admin.connect([server.url]);
  const limit = (streamName: string, maxBytes: number): Promise<void> =>
    admin.updateStream(streamName, { max_bytes: maxBytes });
  return {
    server,
    admin,
    takeRoom: (streamName) => limit(streamName, ROOM_BYTES),
    makeRoom: (streamName) => limit(streamName, -1),
    [Symbol.asyncDispose]: () => close(admin, server),
  };
}

async function serverLimit(): Promise<SmallDisk> {
  const server = await startNatsServer({ config: `jetstream { max_file_store: ${ROOM_BYTES + BALLAST_BYTES} }` });
  const admin = await Admin.connect([server.url]);
  return {
    server,
    admin,
    takeRoom: () => admin.addBallast("ballast", BALLAST_BYTES),
    makeRoom: () => admin.deleteStream("ballast"),
    [Symbol.asyncDispose]: () => close(admin, server),
  };
}

/** A file system in memory: a real one that is really full. Only who may mount one has it. */
async function smallFileSystem(): Promise<SmallDisk | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "aether-disk-"));
  try {
    const size = `size=${ROOM_BYTES + BALLAST_BYTES}`;
    await promisify(execFile)("mount", ["-t", "tmpfs", "-o", size, "aether-faults", folder]);
  } catch {
    await rm(folder, { recursive: true });
    return undefined;
  }
  const unmount = async (): Promise<void> => {
    await promisify(execFile)("umount", [folder]);
    await rm(folder, { recursive: true });
  };
  try {
    const ballast = join(folder, "ballast");
    const server = await startNatsServer({ storeDir: join(folder, "store") });
    const admin = await Admin.connect([server.url]);
    return {
      server,
      admin,
      takeRoom: () => writeFile(ballast, new Uint8Array(BALLAST_BYTES)),
      makeRoom: async () => {
        await rm(ballast);
        // A server that could not write gives JetStream up, and must be started again.
        await server.restart();
      },
      [Symbol.asyncDispose]: async () => {
        await close(admin, server);
        await unmount();
      },
    };
  } catch (error) {
    await unmount();
    throw error;
  }
}

async function close(admin: Admin, server: NatsServer): Promise<void> {
  await admin.close();
  await server.stop();
}
