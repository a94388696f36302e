import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { formatSegmentName } from '@main/files/segment-name';
import { runFolderAt } from '@main/recorder/run-files';
import { makeWorkspace, workspaceAt } from '@main/recorder/workspace';
import { mkdirSync } from 'node:fs';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';
import { plainWav } from '../../support/wav-bytes';

/** What a microphone that was here once has left on the disk. */
async function leaveRecordings(dataDir: string, count: number): Promise<void> {
  mkdirSync(join(dataDir, 'recorder'), { recursive: true });
  const workspace = workspaceAt(join(dataDir, 'recorder'), '0869-0389-x');
  await makeWorkspace(workspace);
  const run = runFolderAt(workspace.path, 'aaaaaaaa');
  mkdirSync(run.path, { recursive: true });
  const device = { name: '0869-0389-x', displayName: 'Ultramic', simulated: false };
  writeFileSync(
    run.recordFile,
    JSON.stringify({
      version: 1,
      runId: 'aaaaaaaa',
      device,
      config: {
        device: device.name,
        workspace: device.name,
        input: { type: 'sweep' },
        sampleRateHz: 48_000,
        channels: 1,
        format: 'S16LE',
        raw: true,
        processed: false,
        live: false,
        gainDb: 0,
        highpassHz: null,
        segmentDurationS: 1,
      },
      configHash: 'of-no-console',
      process: null,
      startedWallMs: 1,
      startedMonotonicMs: 1,
      anchor: null,
      ended: { wallMs: 2, why: 'x' },
    }),
  );
  for (let sequence = 0; sequence < count; sequence++) {
    const startMs = Date.UTC(2026, 4, 1, 12, sequence);
    const name = formatSegmentName({ startMs, durationS: 0.01, runId: 'aaaaaaaa', sequence });
    writeFileSync(join(workspace.data.raw, name), plainWav(480));
  }
}

describe('a station whose database is damaged', () => {
  it('starts all the same, says what happened, and finds its recordings again', async () => {
    const dataDir = temporaryFolder();
    const first = await testStation({ dataDir });
    await first.station.stop();
    await leaveRecordings(dataDir, 3);
    writeFileSync(join(dataDir, 'station.db'), 'ruined'.repeat(1000));

    const { station, client } = await testStation({ dataDir });
    await station.start();
    await vi.waitFor(
      async () => {
        expect((await client.recordings.count({})).total).toBe(3);
      },
      { timeout: 20_000, interval: 20 },
    );
    const { alerts } = await client.station.snapshot();
    expect(alerts).toMatchObject([{ code: 'database.restored', level: 'warning' }]);
    const quarantined = readdirSync(dataDir).find((name) =>
      name.startsWith('station.db.damaged-'),
    )!;
    expect(alerts[0]!.evidence).toContain(quarantined);
    expect(await client.logs.tail({ level: 'error', search: 'database.restored' })).toHaveLength(1);
  });
});

describe('a station whose database is gone', () => {
  it('finds its recordings again, with a device that is not listed but keeps its name', async () => {
    const dataDir = temporaryFolder();
    await leaveRecordings(dataDir, 2);
    const { station, client } = await testStation({ dataDir });
    await station.start();
    await vi.waitFor(
      async () => {
        expect((await client.station.snapshot()).recordings.total).toBe(2);
      },
      { timeout: 20_000, interval: 20 },
    );
    const { items } = await client.recordings.list({ device: '0869-0389-x' });
    expect(items).toHaveLength(2);
    expect(await client.devices.list()).toEqual([]);
    const file = station.mediaFile(items[0]!.id, 'raw')!;
    expect(existsSync(file.path)).toBe(true);
  });
});

describe('a known station whose database is gone', () => {
  it('says so, once, in its log and in an alert; a first start says nothing', async () => {
    const dataDir = temporaryFolder();
    const first = await testStation({ dataDir });
    expect((await first.client.station.snapshot()).alerts).toEqual([]);
    await first.station.stop();
    for (const name of readdirSync(dataDir)) {
      if (name.startsWith('station.db')) rmSync(join(dataDir, name));
    }
    const second = await testStation({ dataDir });
    const { alerts } = await second.client.station.snapshot();
    expect(alerts).toMatchObject([{ code: 'database.rebuilt', level: 'warning' }]);
    expect(alerts[0]!.evidence).toMatch(/was missing, and a new one was made/);
    expect(
      await second.client.logs.tail({ level: 'error', search: 'database.rebuilt' }),
    ).toHaveLength(1);
  });
});

describe('a station that is stopped', () => {
  it('twice, before it was started, or at once after, does no harm', async () => {
    const { station, dataDir } = await testStation();
    await Promise.all([station.stop(), station.stop()]);
    const again = await testStation({ dataDir });
    await again.station.start();
    await again.station.stop();
    await again.station.stop();
    expect(readdirSync(dataDir)).not.toContain('console.sock');
    rmSync(join(dataDir, 'station.db'));
    await testStation({ dataDir });
  });

  it('leaves nobody listening', async () => {
    const { station } = await testStation();
    const listening = (): number =>
      station.bus.eventNames().reduce((sum, event) => sum + station.bus.listenerCount(event), 0);
    const before = listening();
    await station.start();
    await station.stop();
    expect(listening()).toBeLessThanOrEqual(before);
  });
});
