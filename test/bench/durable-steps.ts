import { appendFile, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';

const RAW_BYTES = 768_044;
const PROCESSED_BYTES = 96_044;

/**
 * What this disk asks for making a pair of one-second segments durable, with no station around it: both files to the
 * disk, a line in a ledger, two renames with their folders, and one row in a database that commits to the disk.
 */
export class DurableSteps {
  readonly #folder: string;
  readonly #sqlite: Database.Database;
  readonly #insert: Database.Statement<[string]>;
  #turn = 0;

  private constructor(folder: string, sqlite: Database.Database) {
    this.#folder = folder;
    this.#sqlite = sqlite;
    this.#insert = sqlite.prepare('insert into recordings (path) values (?)');
  }

  static async open(folder: string): Promise<DurableSteps> {
    for (const name of ['buffer', 'raw', 'processed'])
      await mkdir(join(folder, name), { recursive: true });
    const sqlite = new Database(join(folder, 'bare.db'));
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = FULL');
    sqlite.exec('create table recordings (id integer primary key, path text unique)');
    return new DurableSteps(folder, sqlite);
  }

  /** @returns milliseconds */
  async once(): Promise<number> {
    this.#turn += 1;
    const name = `${String(this.#turn)}.wav`;
    const files = [
      { stream: 'raw', bytes: RAW_BYTES },
      { stream: 'processed', bytes: PROCESSED_BYTES },
    ].map(({ stream, bytes }) => ({
      bytes,
      from: join(this.#folder, 'buffer', `${stream}-${name}`),
      folder: join(this.#folder, stream),
    }));
    for (const { from, bytes } of files) await writeFile(from, Buffer.alloc(bytes, this.#turn));
    const startedAt = performance.now();
    await Promise.all(files.map(({ from }) => sync(from)));
    const ledger = await open(join(this.#folder, 'ledger'), 'a');
    await appendFile(ledger, `${name}\n`);
    await ledger.datasync();
    await ledger.close();
    for (const { from, folder } of files) {
      await rename(from, join(folder, name));
      await sync(folder);
    }
    this.#insert.run(name);
    return performance.now() - startedAt;
  }

  close(): void {
    this.#sqlite.close();
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}
