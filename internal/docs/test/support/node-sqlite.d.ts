/** The part of `node:sqlite` that snippets use. The module exists in Node.js 22.13 and later. */
declare module "node:sqlite" {
  export class DatabaseSync {
    constructor(path: string);
    exec(sql: string): void;
    prepare(sql: string): {
      run(...values: (string | number | null)[]): object;
      get(...values: (string | number | null)[]): unknown;
      all(...values: (string | number | null)[]): unknown[];
    };
    close(): void;
  }
}
