import { describe, expect, it } from "vitest";
import { parseOptions, UsageError } from "../../src/cli/options.ts";

const defaults = { log: "default.log", expected: "default.tsv" };
const parse = (line: string, url?: string) =>
  parseOptions(line === "" ? [] : line.split(" "), { NATS_URL: url }, defaults);

describe("parseOptions", () => {
  it("reads the example's own data into memory by default", () => {
    expect(parse("")).toEqual({
      source: { kind: "files", ...defaults },
      store: { kind: "memory" },
      writers: 1,
      json: false,
    });
  });

  it("reads every option", () => {
    expect(
      parse("--log a --expected b --store jetstream --client nats-io --server nats://x --writers 4 --json"),
    ).toEqual({
      source: { kind: "files", log: "a", expected: "b" },
      store: { kind: "jetstream", client: "nats-io", server: "nats://x" },
      writers: 4,
      json: true,
    });
    expect(parse("--repo some/dir")).toMatchObject({ source: { kind: "repository", directory: "some/dir" } });
    expect(parse("--store file --writers 4")).toMatchObject({ store: { kind: "file" }, writers: 4 });
    expect(parse("--store sqlite --writers 4")).toMatchObject({ store: { kind: "sqlite" }, writers: 4 });
    expect(parse("--help")).toBe("help");
  });

  it("reads the server from --server, or else from NATS_URL", () => {
    expect(parse("--store jetstream --server a", "b")).toMatchObject({ store: { server: "a" } });
    expect(parse("--store jetstream", "b")).toMatchObject({ store: { server: "b", client: "nats" } });
    expect(parse("--store jetstream", "")).toMatchObject({ store: { kind: "jetstream", client: "nats" } });
    expect(parse("--store jetstream", "")).toHaveProperty("store.server", undefined);
    expect(parse("", "b")).toMatchObject({ store: { kind: "memory" } });
  });

  it.each([
    "--unknown",
    "positional",
    "--log",
    "--log a",
    "--expected b",
    "--log --expected b",
    "--log= --expected b",
    "--log a --log a --expected b",
    "--repo",
    "--repo d --log a --expected b",
    "--repo d --expected b",
    "--store",
    "--store redis",
    "--store file --server nats://x",
    "--store file --client nats",
    "--store memory --writers 2",
    "--writers 2",
    "--server nats://x",
    "--client nats",
    "--store memory --server nats://x",
    "--store jetstream --client deno",
    "--store jetstream --server",
    "--store jetstream --writers 0",
    "--store jetstream --writers -1",
    "--store jetstream --writers 1.5",
    "--store jetstream --writers many",
    "--store jetstream --writers 65",
    "--json=yes",
    "--json --json",
  ])("rejects %s", (line) => {
    expect(() => parse(line)).toThrow(UsageError);
  });
});
