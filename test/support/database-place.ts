import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { OpenOptions, OpenReport } from '@main/database/open';
import { openDatabase } from '@main/database/open';
import { FakeClock } from './fake-clock';
import { SHIPPED_MIGRATIONS } from './migration-folders';
import { temporaryFolder } from './temporary-folder';

export interface DatabasePlace {
  readonly folder: string;
  readonly file: string;
  readonly backupDir: string;
  readonly clock: FakeClock;
  /** Opens the database as the station does; closed when the test is over. */
  open(options?: Partial<OpenOptions>): Promise<OpenReport>;
}

/** Where a station's database would lie, with nothing there yet. */
export function databasePlace(): DatabasePlace {
  const folder = temporaryFolder();
  const file = join(folder, 'station.db');
  const backupDir = join(folder, 'backups');
  const clock = new FakeClock();
  return {
    folder,
    file,
    backupDir,
    clock,
    open: async (options = {}) => {
      const opened = await openDatabase({
        file,
        backupDir,
        migrationsDir: SHIPPED_MIGRATIONS,
        clock,
        ...options,
      });
      onTestFinished(() => {
        opened.connection.sqlite.close();
      });
      return opened;
    },
  };
}
