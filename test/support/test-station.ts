import { join, resolve } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { onTestFinished } from 'vitest';
import type { StationClient } from '@shared/contract';
import type { RecorderStatus } from '@shared/model/recorder';
import { openStation, type Station } from '@main/station';
import type { StationOptions } from '@main/station-options';
import { unsupportedUpdater } from '@main/updates/updater';
import { ROOMY_DISK } from './roomy-disk';
import { temporaryFolder } from './temporary-folder';
import { threadUrls } from './threads';

const root = resolve(import.meta.dirname, '../..');

export interface TestStation {
  readonly station: Station;
  readonly client: StationClient;
  readonly dataDir: string;
  recorder(device: string): RecorderStatus;
}

/** A real station on a folder of its own, stopped when the test is over. It finds no real hardware. */
export async function testStation(options: Partial<StationOptions> = {}): Promise<TestStation> {
  const test = await openTestStation({ dataDir: temporaryFolder(), ...options });
  onTestFinished(() => test.station.stop());
  return test;
}

/** The same for several tests: whoever opens it stops it. */
export async function openTestStation(
  options: Partial<StationOptions> & Pick<StationOptions, 'dataDir'>,
): Promise<TestStation> {
  const { dataDir } = options;
  const station = await openStation({
    shell: 'headless',
    demo: false,
    version: '0.0.0-test',
    resourcesDir: resolve(root, 'resources'),
    migrationsDir: resolve(root, 'main/database/migrations'),
    ...threadUrls(),
    updater: unsupportedUpdater('0.0.0-test'),
    measureDisk: () => Promise.resolve(ROOMY_DISK),
    loadPerCore: () => 0,
    hardwareRoots: { procRoot: join(dataDir, 'no-proc'), sysRoot: join(dataDir, 'no-sys') },
    ...options,
  });
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
