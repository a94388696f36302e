import { readMigrationFiles } from 'drizzle-orm/migrator';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import type Sqlite from 'better-sqlite3';
import { StationError } from '../station-error';
import type { Connection } from './connection';

export interface MigrationState {
  /** Migrations that this database has not seen yet. */
  readonly pending: number;
  /** True when the database has no migration at all: it is new. */
  readonly isNew: boolean;
}

/**
 * Compares a database with the migrations that this version brings.
 * @throws StationError DATABASE_FROM_FUTURE when it was written by a newer version
 */
export function inspectMigrations(connection: Connection, migrationsDir: string): MigrationState {
  const known = readMigrationFiles({ migrationsFolder: migrationsDir });
  const newestKnown = known.at(-1)?.folderMillis ?? 0;
  const applied = holdsMigrations(connection.sqlite)
    ? (connection.sqlite
        .prepare('select max(created_at) as newest, count(*) as count from __drizzle_migrations')
        .get() as { newest: number | null; count: number })
    : undefined;
  const newestApplied = applied?.newest ?? 0;
  if (newestApplied > newestKnown) {
    throw new StationError(
      'DATABASE_FROM_FUTURE',
      `The database ${connection.sqlite.name} was written by a newer version of the console; ` +
        'start that version, or choose another data folder. Nothing was changed.',
    );
  }
  return {
    pending: known.filter((migration) => migration.folderMillis > newestApplied).length,
    isNew: (applied?.count ?? 0) === 0,
  };
}

/** Was this database ever migrated by a station? */
export function holdsMigrations(sqlite: Sqlite.Database): boolean {
  const table = sqlite
    .prepare("select 1 from sqlite_master where type = 'table' and name = '__drizzle_migrations'")
    .get();
  return table !== undefined;
}

/** Brings the database to this version; each migration in a transaction. Does nothing when it is there. */
export function applyMigrations(connection: Connection, migrationsDir: string): void {
  migrate(connection.db, { migrationsFolder: migrationsDir });
}
