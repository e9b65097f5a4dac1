import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AbstractEventStore, conflictOf, decodeEvent, formatPosition, receiptOf } from "@aether/store-kit";

const nameOf = (sequence) => String(sequence).padStart(12, "0");

/**
 * A correct shared store in a directory: each commit is a file whose name is its number. The file system decides which
 * of several processes creates the file.
 */
class DirectoryStore extends AbstractEventStore {
  supports = { batch: true, durable: true, shared: true };
  directory;
  length = 0;
  actors = new Map();

  constructor(directory) {
    super({ inTurn: true });
    this.directory = directory;
  }

  async append(events) {
    for (;;) {
      this.catchUp();
      this.checkConflict(events);
      const sequence = this.length + 1;
      if (await this.create(sequence, JSON.stringify(events))) {
        this.catchUp();
        return events.map((event, index) => receiptOf(event, formatPosition({ sequence, index })));
      }
    }
  }

  read(actorId, fromVersion) {
    this.catchUp();
    return { events: this.eventsOf(actorId).filter(({ version }) => version >= fromVersion), errors: [] };
  }

  latestVersion(actorId) {
    this.catchUp();
    return this.eventsOf(actorId).at(-1)?.version ?? 0;
  }

  /** Creates the file of a commit. Returns false if another process was first. */
  async create(sequence, json) {
    const draft = join(this.directory, `draft-${process.pid}`);
    writeFileSync(draft, json);
    try {
      linkSync(draft, join(this.directory, nameOf(sequence)));
      return true;
    } catch (error) {
      if (error.code === "EEXIST") return false;
      throw error;
    } finally {
      // The file of the commit is the same file under another name, so it must not be written again.
      rmSync(draft);
    }
  }

  checkConflict(events) {
    const stored = this.eventsOf(events[0].actorId);
    const idAt = (version) => stored.find((event) => event.version === version)?.id;
    const conflict = conflictOf(events, stored.at(-1)?.version ?? 0, idAt);
    if (conflict !== undefined) throw conflict;
  }

  /** Reads the commits that any process has created since the previous call. */
  catchUp() {
    for (;;) {
      let json;
      try {
        json = readFileSync(join(this.directory, nameOf(this.length + 1)), "utf8");
      } catch {
        return;
      }
      this.length++;
      for (const record of JSON.parse(json)) {
        const event = decodeEvent(record);
        this.actors.set(event.actorId, [...this.eventsOf(event.actorId), event]);
      }
    }
  }

  eventsOf(actorId) {
    return this.actors.get(actorId) ?? [];
  }
}

/** Broken stores, by the mistake. Each lists the cases that must reject it in `process-mutants.test.ts`. */
export const stores = {
  correct: DirectoryStore,

  "checks and writes in two steps": class extends DirectoryStore {
    async create(sequence, json) {
      const draft = join(this.directory, `draft-${process.pid}`);
      writeFileSync(draft, json);
      await pause(0);
      renameSync(draft, join(this.directory, nameOf(sequence)));
      return true;
    }
  },

  "checks for a conflict before its transaction": class extends DirectoryStore {
    async append(events) {
      this.catchUp();
      this.checkConflict(events);
      await pause(0);
      for (let sequence = this.length + 1; ; sequence++) {
        if (await this.create(sequence, JSON.stringify(events)))
          return events.map((event, index) => receiptOf(event, formatPosition({ sequence, index })));
      }
    }
  },

  "reads from a cache that only its own saves refresh": class extends DirectoryStore {
    read(actorId, fromVersion) {
      return { events: this.eventsOf(actorId).filter(({ version }) => version >= fromVersion), errors: [] };
    }
    latestVersion(actorId) {
      return this.eventsOf(actorId).at(-1)?.version ?? 0;
    }
  },

  "reads from a cache while other processes are busy": class extends DirectoryStore {
    read(actorId, fromVersion) {
      const isBusy = Date.now() - statSync(this.directory).mtimeMs < 1_000;
      if (!isBusy) this.catchUp();
      return { events: this.eventsOf(actorId).filter(({ version }) => version >= fromVersion), errors: [] };
    }
  },

  "reads the latest version from a cache": class extends DirectoryStore {
    known = new Map();
    latestVersion(actorId) {
      if (!this.known.has(actorId)) this.known.set(actorId, super.latestVersion(actorId));
      return this.known.get(actorId);
    }
  },

  "stores a batch in pieces": class extends DirectoryStore {
    async append(events) {
      const receipts = [];
      for (const event of events) {
        receipts.push(...(await super.append([event])));
        await pause(0);
      }
      return receipts;
    }
  },

  "acknowledges before it writes": class extends DirectoryStore {
    async append(events) {
      this.catchUp();
      this.checkConflict(events);
      const save = super.append.bind(this);
      setTimeout(() => save(events).catch(() => {}), 2);
      return events.map((event, index) => receiptOf(event, formatPosition({ sequence: this.length + 1, index })));
    }
  },

  "leaves its lock behind when it is killed": class extends DirectoryStore {
    async append(events) {
      const lock = join(this.directory, "lock");
      for (let isLocked = false; !isLocked; ) {
        try {
          writeFileSync(lock, "", { flag: "wx" });
          isLocked = true;
        } catch {
          await pause(1);
        }
      }
      try {
        await pause(10);
        return await super.append(events);
      } finally {
        rmSync(lock);
      }
    }
  },

  "throws the error of its driver while another process writes": class extends DirectoryStore {
    async create(sequence, json) {
      if (await super.create(sequence, json)) return true;
      throw Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });
    }
  },

  "never answers": class extends DirectoryStore {
    append() {
      return new Promise(() => setInterval(() => {}, 1_000));
    }
  },

  "cannot be opened": class extends DirectoryStore {
    constructor() {
      throw new Error("no such directory");
    }
  },
};
