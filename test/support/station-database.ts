import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { connect, type Connection } from '@main/database/connection';
import { applyMigrations } from '@main/database/migrate';
import { temporaryFolder } from './temporary-folder';

const MIGRATIONS = resolve(import.meta.dirname, '../../main/database/migrations');

/** A migrated database without any row, made once for all tests of a file. */
const templateFolder = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
let template: string | null = null;
afterAll(() => {
  rmSync(templateFolder, { recursive: true, force: true });
});

/** A real, migrated database file of its own; closed and removed when the test is over. */
export function stationDatabase(): Connection {
  const file = join(temporaryFolder(), 'station.sqlite');
  copyFileSync((template ??= makeTemplate()), file);
  return openAgain(file);
}

function makeTemplate(): string {
  const file = join(templateFolder, 'template.sqlite');
  const connection = connect(file);
  applyMigrations(connection, MIGRATIONS);
  connection.sqlite.close();
  return file;
}

/** Another connection to a database file, as a second process would have. */
export function openAgain(file: string): Connection {
  const connection = connect(file);
  onTestFinished(() => {
    connection.sqlite.close();
  });
  return connection;
}
