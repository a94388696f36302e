import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Connection } from '../database/connection';
import { orNothing } from '../files/absent';
import { removeFiles } from '../files/remove-files';
import type { Logger } from '../logging/logger';
import type { DeletionJournal, JournalEntry } from './deletion-journal';
import { DeletionRows } from './deletion-rows';

export interface InterruptedOptions {
  readonly connection: Connection;
  readonly logger: Logger;
  readonly dataRoot: string;
  readonly journal: DeletionJournal;
  readonly diskIsThere: () => Promise<boolean>;
  readonly alone: (work: () => Promise<void>) => Promise<void>;
  readonly forget: (paths: readonly string[]) => void;
  /** Why no file is to be removed now; null: it may. */
  readonly held: () => string | null;
}

/** So many are told at once. */
const SLICE = 20;

/**
 * Tells the database of what was deleted and is not in it: a crash came between, or it could not be asked. What was
 * not begun is forgotten, and a pair of which one file went is finished, unless somebody protected it meanwhile.
 */
export class InterruptedDeletions {
  readonly #options: InterruptedOptions;
  readonly #rows: DeletionRows;

  constructor(options: InterruptedOptions) {
    this.#options = options;
    this.#rows = new DeletionRows(options.connection);
  }

  /**
   * One short read where there is nothing to do.
   * @returns how many recordings the database was told of
   * @throws Node's errors; better-sqlite3's SqliteError; then the journal stays as it is
   */
  async heal(): Promise<number> {
    const { journal, diskIsThere, alone, forget, logger } = this.#options;
    const entries = await journal.read();
    if (entries.length === 0) return 0;
    let told = 0;
    for (let at = 0; at < entries.length; at += SLICE) {
      await alone(async () => {
        if (!(await diskIsThere())) throw new Error('the data disk is not there');
        const gone: JournalEntry[] = [];
        for (const entry of entries.slice(at, at + SLICE)) {
          if (await this.#isGone(entry)) gone.push(entry);
        }
        if (!(await diskIsThere())) throw new Error('the data disk is not there');
        told += this.#write(gone);
        forget(gone.flatMap(({ paths }) => paths.filter((path) => path.startsWith('recorder/'))));
      });
      await nextTurn();
    }
    await journal.clear();
    if (told > 0) {
      logger.warn('janitor.healed', 'The database was told of deletions that it did not know of.', {
        recordings: told,
      });
    }
    return told;
  }

  async #isGone({ paths }: JournalEntry): Promise<boolean> {
    const { dataRoot, held } = this.#options;
    const there: string[] = [];
    for (const path of paths) {
      if ((await orNothing(lstat(join(dataRoot, path)))) !== null) there.push(path);
    }
    if (there.length === 0) return true;
    if (there.length === paths.length || held() !== null) return false;
    if (this.#rows.find(paths)?.protected === 1) return false;
    return (await removeFiles(dataRoot, there, { links: 'leave' })).size === 0;
  }

  #write(gone: readonly JournalEntry[]): number {
    const news = gone.filter((entry) => !this.#rows.isWritten(entry));
    this.#options.connection.sqlite
      .transaction(() => {
        for (const entry of news) {
          const row = this.#rows.find(entry.paths);
          // Marked by somebody else for another reason: only what an audit could not explain is explained now.
          const isTold = row?.local_deleted === 1 && row.local_deleted_reason !== 'reconciliation';
          if (!isTold) this.#rows.write(row?.id ?? null, entry);
        }
      })
      .immediate();
    return news.length;
  }
}
