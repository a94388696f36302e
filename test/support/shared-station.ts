import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openStation, type Station } from '@main/station';
import type { StationOptions } from '@main/station-options';
import { unsupportedUpdater } from '@main/updates/updater';
import { ROOMY_DISK } from './roomy-disk';
import { threadUrls } from './threads';

const root = resolve(import.meta.dirname, '../..');

export interface SharedStation {
  /** Call within a test. */
  readonly station: () => Station;
  readonly dataDir: () => string;
}

/** One station for all tests of a file that only ask it something. Call at the top of the file. */
export function sharedStation(
  options: Partial<StationOptions> = {},
  prepare: (station: Station) => Promise<void> = async () => Promise.resolve(),
): SharedStation {
  let dataDir = '';
  let station: Station | null = null;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
    station = await openStation({
      dataDir,
      shell: 'headless',
      demo: false,
      version: '0.0.0-test',
      resourcesDir: join(root, 'resources'),
      migrationsDir: join(root, 'main/database/migrations'),
      ...threadUrls(),
      updater: unsupportedUpdater('0.0.0-test'),
      measureDisk: () => Promise.resolve(ROOMY_DISK),
      loadPerCore: () => 0,
      hardwareRoots: { procRoot: join(dataDir, 'no-proc'), sysRoot: join(dataDir, 'no-sys') },
      ...options,
    });
    await prepare(station);
  });
  afterAll(async () => {
    await station?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    station: () => station!,
    dataDir: () => dataDir,
  };
}
