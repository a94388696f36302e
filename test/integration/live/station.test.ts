import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { StationClient } from '@shared/contract';
import { livingCaptures, recordingFolder } from '../../support/captures';
import { testStation } from '../../support/test-station';
import { typescriptProcess } from '../../support/typescript-process';
import { threadUrls } from '../../support/threads';

const PATIENCE = { timeout: 30_000, interval: 100 };

async function firstLevels(client: StationClient, device: string, count: number) {
  const controller = new AbortController();
  onTestFinished(() => {
    controller.abort();
  });
  const levels = await client.recorders.levels({ device }, { signal: controller.signal });
  const taken = [];
  for await (const level of levels) if (taken.push(level) === count) break;
  return taken;
}

describe('a station that records', () => {
  it('tells over the contract how loud each microphone is, and how its capture is served', async () => {
    const { station, client, recorder } = await testStation({
      dataDir: recordingFolder(),
      simulate: 2,
    });
    await station.start();
    for (const device of ['sim-1', 'sim-2']) {
      const [level] = await firstLevels(client, device, 1);
      expect(level!.device).toBe(device);
      // The sweep is 0.4 of full scale, the noise no more than that.
      expect(level!.channels[0]!.peakDbfs).toBeGreaterThan(-40);
      expect(level!.channels[0]!.peakDbfs).toBeLessThan(0);
    }
    await vi.waitFor(() => {
      const { process } = recorder('sim-1');
      expect(process!.ioClass).toBe('best-effort 0');
      expect(process!.nice).toBeLessThanOrEqual(0);
      expect(process!.oomScoreAdj).toBeLessThanOrEqual(0);
    }, PATIENCE);
  });

  it('refuses the levels of a microphone that does not exist', async () => {
    const { client } = await testStation();
    await expect(firstLevels(client, 'nobody', 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('goes on telling them when the next console has adopted the capture', async () => {
    const dataDir = recordingFolder();
    const killed = await typescriptProcess(`
      import { resolve } from 'node:path';
      import { pathToFileURL } from 'node:url';
      import { openStation } from '@main/station';
      import { unsupportedUpdater } from '@main/updates/updater';
      const station = await openStation({
        dataDir: ${JSON.stringify(dataDir)},
        shell: 'headless',
        demo: false,
        version: '0.0.0-test',
        resourcesDir: resolve('resources'),
        migrationsDir: resolve('main/database/migrations'),
        ...Object.fromEntries(
          Object.entries(${JSON.stringify(threadUrls())}).map(([name, url]) => [name, new URL(url)]),
        ),
        updater: unsupportedUpdater('0.0.0-test'),
        hardwareRoots: { procRoot: '/nowhere', sysRoot: '/nowhere' },
        simulate: 1,
      });
      await station.start();
      const look = setInterval(() => {
        const [recorder] = station.recorders.statuses();
        if (recorder?.state !== 'recording') return;
        clearInterval(look);
        console.log('recording');
      }, 50);
    `);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const [capture] = await livingCaptures(dataDir);
    expect(capture).toBeDefined();

    const { station, client, recorder } = await testStation({ dataDir });
    await station.start();
    const levels = await firstLevels(client, 'sim-1', 3);
    expect(levels).toHaveLength(3);
    expect(recorder('sim-1')).toMatchObject({ adopted: true, state: 'recording' });
    expect(recorder('sim-1').process!.pid).toBe(capture!.pid);
  });
});
