import { opendir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Connection } from '../database/connection';
import { orNothing } from '../files/absent';
import type { Logger } from '../logging/logger';
import { Rowless } from './rowless';

/** What became of imported files that have no row, or one that says that they are gone. */
export interface RestoredFiles {
  readonly registered: number;
  readonly healed: number;
  readonly refused: readonly { readonly path: string; readonly why: string }[];
}

const FOLDER = 'imported';
const FAN = /^[0-9a-f]{2}$/;
/** Rows that are written in one transaction, on a thread that has other things to do. */
const PART = 50;

/** Finds imported files that the database does not know: what lies beside them tells the rest. */
export class ImportedFiles {
  readonly #dataRoot: string;
  readonly #logger: Logger;
  readonly #rowless: Rowless;
  readonly #restore: (paths: readonly string[]) => Promise<RestoredFiles>;
  /** Told once each. */
  readonly #refused = new Set<string>();

  /** @param options.restore makes the rows of files by their sidecars; paths relative to the data folder */
  constructor(options: {
    connection: Connection;
    dataRoot: string;
    logger: Logger;
    restore: (paths: readonly string[]) => Promise<RestoredFiles>;
  }) {
    this.#dataRoot = options.dataRoot;
    this.#logger = options.logger;
    this.#rowless = new Rowless(options.connection);
    this.#restore = options.restore;
  }

  /** @throws better-sqlite3's SqliteError; Node's errors when a folder cannot be read */
  async registerAll(signal: AbortSignal): Promise<{ registered: number; healed: number }> {
    const counts = { registered: 0, healed: 0 };
    const root = join(this.#dataRoot, FOLDER);
    for (const fan of (await orNothing(readdir(root))) ?? []) {
      if (!FAN.test(fan)) continue;
      const folder = `${FOLDER}/${fan}/`;
      for await (const names of partsOf(join(root, fan))) {
        if (signal.aborted) return counts;
        const paths = this.#rowless.among('raw', folder, names).map((name) => `${folder}${name}`);
        if (paths.length === 0) continue;
        const { registered, healed, refused } = await this.#restore(paths);
        counts.registered += registered;
        counts.healed += healed;
        for (const { path, why } of refused) this.#tell(path, why);
        await nextTurn();
      }
    }
    return counts;
  }

  #tell(path: string, why: string): void {
    if (this.#refused.has(path)) return;
    this.#refused.add(path);
    const text = 'An imported file has no row and cannot be given one.';
    this.#logger.warn('imported.refused', text, { path, why });
  }
}

async function* partsOf(folder: string): AsyncGenerator<string[]> {
  const listing = await orNothing(opendir(folder));
  if (listing === null) return;
  let part: string[] = [];
  for await (const entry of listing) {
    if (!entry.name.endsWith('.wav') || !entry.isFile()) continue;
    part.push(entry.name);
    if (part.length < PART) continue;
    yield part;
    part = [];
  }
  yield part;
}
