import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Opens a file with a driver: `libsql`, `node:sqlite` or `better-sqlite3`. */
export function openDatabase(driver, path) {
  const module = require(driver);
  const Database = module.DatabaseSync ?? module;
  return new Database(path);
}
