import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { connect, type Connection } from '@main/database/connection';
import { applyMigrations } from '@main/database/migrate';
import { temporaryFolder } from './temporary-folder';

const MIGRATIONS = resolve(import.meta.dirname, '../../main/database/migrations');

/** A real, migrated database file of its own; closed and removed when the test is over. */
export function stationDatabase(): Connection {
  const connection = openAgain(join(temporaryFolder(), 'station.sqlite'));
  applyMigrations(connection, MIGRATIONS);
  return connection;
}

/** Another connection to a database file, as a second process would have. */
export function openAgain(file: string): Connection {
  const connection = connect(file);
  onTestFinished(() => {
    connection.sqlite.close();
  });
  return connection;
}
