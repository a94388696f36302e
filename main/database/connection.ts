import Sqlite from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import * as schema from './schema';

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
      sqlite.pragma('journal_mode = WAL');
      sqlite.pragma('synchronous = FULL');
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

/** Opens a SQLite file with nothing set. For the lock file and for looking into copies. */
export function openSqlite(
  file: string,
  options: { readonly?: boolean; timeoutMs?: number } = {},
): Sqlite.Database {
  // The prebuilt binary speaks Node-API 10. Older runtimes (Electron 33 in tests) get their own build.
  const nativeBinding =
    Number(process.versions['napi'] ?? 0) < 10
      ? process.env['SILVASONIC_SQLITE_BINDING']
      : undefined;
  return new Sqlite(file, {
    readonly: options.readonly ?? false,
    timeout: options.timeoutMs ?? 5000,
    ...(nativeBinding === undefined ? {} : { nativeBinding }),
  });
}
