import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRouterClient } from '@orpc/server';
import { onTestFinished } from 'vitest';
import type { StationClient } from '@shared/contract';
import type { RecorderStatus } from '@shared/model/recorder';
import { openStation, type Station, type StationOptions } from '@main/station';
import { unsupportedUpdater } from '@main/updates/updater';
import { temporaryFolder } from './temporary-folder';

const root = resolve(import.meta.dirname, '../..');

export interface TestStation {
  readonly station: Station;
  readonly client: StationClient;
  readonly dataDir: string;
  recorder(device: string): RecorderStatus;
}

/** A real station on a folder of its own, stopped when the test is over. It finds no real hardware. */
export async function testStation(options: Partial<StationOptions> = {}): Promise<TestStation> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const empty = temporaryFolder();
  const station = await openStation({
    shell: 'headless',
    demo: false,
    version: '0.0.0-test',
    resourcesDir: resolve(root, 'resources'),
    migrationsDir: resolve(root, 'main/database/migrations'),
    sha256WorkerUrl: pathToFileURL(resolve(root, 'main/indexer/sha256-worker.ts')),
    updater: unsupportedUpdater('0.0.0-test'),
    hardwareRoots: { procRoot: empty, sysRoot: empty },
    ...options,
    dataDir,
  });
  onTestFinished(() => station.stop());
  return {
    station,
    dataDir,
    client: createRouterClient(station.router, { context: { actor: 'page' } }),
    recorder: (device) => {
      const found = station.recorders.statuses().find((status) => status.device === device);
      if (found === undefined) throw new Error(`no recorder for ${device}`);
      return found;
    },
  };
}
