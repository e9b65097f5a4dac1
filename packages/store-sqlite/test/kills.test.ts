import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { StoredEvent } from "@aether/core";
import { describe, expect, test } from "vitest";
import { drivers } from "./support/drivers.ts";
import { TestFile } from "./support/test-file.ts";

const KILLS = 12;
const script = new URL("processes/batch-writer.mjs", import.meta.url);
const versionOf = ({ event }: StoredEvent): number => event.version;

describe.each(drivers)("killed writers on $name", (driver) => {
  test.each(["full", "normal"] as const)(
    'lose no acknowledged event and leave no part of a batch, synchronous: "%s"',
    async (synchronous) => {
      await using file = new TestFile(driver);
      const store = await file.open({ synchronous });
      const stop = new AbortController();
      const followed: StoredEvent[] = [];
      const following = (async () => {
        for await (const { events } of store.readFeed({ follow: true, signal: stop.signal })) {
          for (const event of events) followed.push(event);
        }
      })().catch((error: unknown) => expect(error).toBe(stop.signal.reason));

      const acknowledged: string[] = [];
      const start = (name: string): ChildProcess => {
        const writer = fork(script, [driver.name, file.path, synchronous, name], { execArgv: [] });
        writer.on("message", (ids: readonly string[]) => void acknowledged.push(...ids));
        return writer;
      };
      const kill = async (writer: ChildProcess): Promise<void> => {
        expect(writer.exitCode).toBeNull();
        writer.kill("SIGKILL");
        await once(writer, "exit");
      };
      let started = 0;
      const writers = [0, 1, 2].map(() => start(`w${started++}`));
      for (let kills = 0; kills < KILLS; kills++) {
        const index = kills % writers.length;
        const writer = writers[index] as ChildProcess;
        // It has saved something, so that it is probably in the middle of a transaction now.
        for (let messages = 0; messages < 20 + 7 * index; messages++) await once(writer, "message");
        await kill(writer);
        writers[index] = start(`w${started++}`);
      }
      for (const writer of writers) await kill(writer);

      const last = await store.getLatestPosition();
      const stored: StoredEvent[] = [];
      for await (const { events } of store.readFeed()) for (const event of events) stored.push(event);
      const ids = new Set(stored.map(({ event }) => event.id));
      expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
      expect(acknowledged.length).toBeGreaterThan(KILLS * 20);
      for (const actorId of ["a", "b", "c", "d"]) {
        const versions = stored.filter(({ event }) => event.actorId === actorId).map(versionOf);
        expect(versions).toEqual(versions.map((_, index) => index + 1));
      }
      const sizes = new Map<unknown, number>();
      for (const { event } of stored) {
        const { batch } = event.data as { batch: string };
        sizes.set(batch, (sizes.get(batch) ?? 0) + 1);
      }
      const torn = stored.filter(({ event }) => {
        const { batch, size } = event.data as { batch: string; size: number };
        return sizes.get(batch) !== size;
      });
      expect(torn).toEqual([]);

      while (followed.at(-1)?.position !== last) await new Promise((resolve) => setImmediate(resolve));
      expect(followed.map(({ position }) => position)).toEqual(stored.map(({ position }) => position));
      stop.abort(new Error("the test has ended"));
      await following;
      expect(file.connect().prepare("PRAGMA integrity_check").get()).toMatchObject({ integrity_check: "ok" });
    },
    30_000,
  );
});
