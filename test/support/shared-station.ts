import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { openStation, type Station } from '@main/station';
import type { StationOptions } from '@main/station-options';
import { unsupportedUpdater } from '@main/updates/updater';

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
      sha256WorkerUrl: pathToFileURL(join(root, 'main/indexer/sha256-worker.ts')),
      databaseWorkerUrl: pathToFileURL(join(root, 'main/database/database-worker.ts')),
      headWorkerUrl: pathToFileURL(join(root, 'main/indexer/head-worker.ts')),
      auditWorkerUrl: pathToFileURL(join(root, 'main/indexer/audit-worker.ts')),
      readWorkerUrl: pathToFileURL(join(root, 'test/support/read-worker.mjs')),
      assetWorkerUrl: pathToFileURL(join(root, 'main/analysis/asset-worker.ts')),
      importWorkerUrl: pathToFileURL(join(root, 'test/support/import-worker.mjs')),
      updater: unsupportedUpdater('0.0.0-test'),
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
