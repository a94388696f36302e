import type Sqlite from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { openSqlite } from './open-sqlite';
import * as schema from './schema';

export { openSqlite } from './open-sqlite';

/** 32 MB. */
const LONGEST_LOG_PAGES = 8192;
/** What stays of the log's file once it is empty. */
const KEPT_LOG_BYTES = 4 * 1024 * 1024;

export type StationDatabase = BetterSQLite3Database<typeof schema>;

/** One open database file, in the two forms its users need. */
export interface Connection {
  /** Typed queries. */
  readonly db: StationDatabase;
  /** Pragmas, backup and hand-prepared statements of hot paths. */
  readonly sqlite: Sqlite.Database;
}

/**
 * Opens (and creates) a SQLite file with the station's pragmas: WAL, every commit fsynced, foreign keys.
 * @throws better-sqlite3's SqliteError, e.g. SQLITE_NOTADB
 */
export function connect(file: string, options: { readonly?: boolean } = {}): Connection {
  const sqlite = openSqlite(file, options);
  try {
    if (options.readonly !== true) {
      // Only before the first page is written: free pages can then be given back in small steps.
      if (sqlite.pragma('page_count', { simple: true }) === 0) {
        sqlite.pragma('auto_vacuum = INCREMENTAL');
      }
      sqlite.pragma('journal_mode = WAL');
      sqlite.pragma('synchronous = FULL');
      // What is removed for good is not to be found in free space; rows are added far more often than removed.
      sqlite.pragma('secure_delete = ON');
      // A worker empties the log; where none does, not every commit of a thousand pages waits for the disk.
      sqlite.pragma(`wal_autocheckpoint = ${String(LONGEST_LOG_PAGES)}`);
      sqlite.pragma(`journal_size_limit = ${String(KEPT_LOG_BYTES)}`);
    }
    sqlite.pragma('foreign_keys = ON');
    // Without it "insert or replace" deletes rows past their triggers: append-only tables, full text.
    sqlite.pragma('recursive_triggers = ON');
    sqlite.pragma('busy_timeout = 5000');
    return { db: drizzle(sqlite, { schema }), sqlite };
  } catch (error) {
    sqlite.close();
    throw error;
  }
}
