import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { Admin } from "../cluster/admin.ts";
import { mountSmallFileSystem } from "./small-file-system.ts";

/** A server whose storage can be limited and freed. */
export interface SmallDisk extends AsyncDisposable {
  readonly server: NatsServer;
  readonly admin: Admin;
  /** Leaves little space for the stream. The stream must already exist. */
  readonly limitSpace: (streamName: string) => Promise<void>;
  readonly freeSpace: (streamName: string) => Promise<void>;
}

/** One kind of storage limit. */
export interface DiskKind {
  readonly name: string;
  /** Codes of which writers to a full store must receive at least one. */
  readonly expectedCodes: readonly string[];
  /** Starts a server. Returns `undefined` if this machine does not allow this kind of limit. */
  readonly open: () => Promise<SmallDisk | undefined>;
}

const full = ["AETHER_STORE_FULL"];

/** All kinds of storage limits. A server with a full file system disables JetStream and no longer replies. */
export const disks: readonly DiskKind[] = [
  { name: "stream limit", expectedCodes: full, open: streamLimit },
  { name: "server limit", expectedCodes: full, open: serverLimit },
  {
    name: "file system",
    expectedCodes: [...full, "AETHER_OUTCOME_UNKNOWN", "AETHER_STORE_UNAVAILABLE"],
    open: smallFileSystem,
  },
];

const SPACE_BYTES = 2 * 1024 * 1024;
const BALLAST_BYTES = 4 * 1024 * 1024;

async function streamLimit(): Promise<SmallDisk> {
  const server = await startNatsServer();
  const admin = await Admin.connect([server.url]);
  const limit = (streamName: string, maxBytes: number): Promise<void> =>
    admin.updateStream(streamName, { max_bytes: maxBytes });
  return {
    server,
    admin,
    limitSpace: (streamName) => limit(streamName, SPACE_BYTES),
    freeSpace: (streamName) => limit(streamName, -1),
    [Symbol.asyncDispose]: () => close(admin, server),
  };
}

async function serverLimit(): Promise<SmallDisk> {
  const server = await startNatsServer({ config: `jetstream { max_file_store: ${SPACE_BYTES + BALLAST_BYTES} }` });
  const admin = await Admin.connect([server.url]);
  return {
    server,
    admin,
    limitSpace: () => admin.addBallast("ballast", BALLAST_BYTES),
    freeSpace: () => admin.deleteStream("ballast"),
    [Symbol.asyncDispose]: () => close(admin, server),
  };
}

/** Starts a server on a small file system in memory, which actually becomes full. Needs the permission to mount. */
async function smallFileSystem(): Promise<SmallDisk | undefined> {
  const mounted = await mountSmallFileSystem(SPACE_BYTES + BALLAST_BYTES);
  if (mounted === undefined) return undefined;
  const { folder, unmount } = mounted;
  try {
    const ballast = join(folder, "ballast");
    const server = await startNatsServer({ storeDir: join(folder, "store") });
    const admin = await Admin.connect([server.url]);
    return {
      server,
      admin,
      limitSpace: () => writeFile(ballast, new Uint8Array(BALLAST_BYTES)),
      freeSpace: async () => {
        await rm(ballast);
        // A server that could not write has disabled JetStream and must be restarted.
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
