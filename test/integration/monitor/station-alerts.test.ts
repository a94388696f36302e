import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { commandLine } from '../../support/command-line';
import { fakeMachine } from '../../support/file-tree';
import { mayAttachDisks, pluggedDisk } from '../../support/mounted-folder';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation, type TestStation } from '../../support/test-station';

async function openCodes({ client }: TestStation): Promise<string[]> {
  return (await client.station.snapshot()).alerts.map(({ code }) => code);
}

function soon(check: () => Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 100 });
}

/** A station that has told of something that is over, and of something that is not. */
async function withHistory(): Promise<string> {
  const { station, dataDir } = await testStation();
  station.alerts.raise('data_disk.full', 'critical', 'The disk is full: 3 MB are free.');
  station.alerts.clear('data_disk.full');
  station.alerts.raise('device.offline', 'critical', 'Mic\u001b[2J is unplugged.', 'mic-1');
  await station.stop();
  return dataDir;
}

describe('the alerts of a station', () => {
  it('tell of a microphone that is pulled, until it is back', async () => {
    const machine = fakeMachine('pi5-audiomoth');
    const cards =
      'proc/asound/cards:\n|  0 [Microphone     ]: USB-Audio - 384kHz AudioMoth USB Microphone\n|                       x at usb-xhci-hcd.0-1, full speed';
    const test = await testStation({ hardwareRoots: machine, ffmpeg: 'false' });
    await test.station.start();
    expect(await openCodes(test)).not.toContain('device.offline');
    machine.add('proc/asound/cards: --- no soundcards ---');
    await soon(async () => {
      expect(await openCodes(test)).toContain('device.offline');
    });
    machine.add(cards);
    await soon(async () => {
      expect(await openCodes(test)).not.toContain('device.offline');
    });
    const history = await test.client.alerts.history({});
    const offline = history.find(({ code }) => code === 'device.offline');
    expect(offline?.evidence).toMatch(/is unplugged since \d{4}-/);
    expect(offline?.clearedAt).not.toBeNull();
  });

  it('tell of a folder that was moved away under the station, until it is back', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    const test = await testStation({ dataDir });
    await test.station.start();
    renameSync(dataDir, `${dataDir}-elsewhere`);
    await soon(async () => {
      expect(await openCodes(test)).toEqual(['data_disk.missing']);
    });
    const { dataDisk } = await test.client.station.snapshot();
    expect(dataDisk.state).toBe('missing');
    expect(dataDisk.detail).toContain(dataDir);
    renameSync(`${dataDir}-elsewhere`, dataDir);
    await soon(async () => {
      expect(await openCodes(test)).toEqual([]);
    });
  });

  it('make nothing in the place of a folder that is gone, and neither does the log', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    const test = await testStation({ dataDir });
    await test.station.start();
    renameSync(dataDir, `${dataDir}-elsewhere`);
    mkdirSync(dataDir); // as a bare mount point
    await soon(async () => {
      expect(await openCodes(test)).toEqual(['data_disk.missing']);
    });
    test.station.logger.info('test.said', 'Is anybody writing?');
    await test.station.stop();
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it.runIf(mayAttachDisks())(
    'are told although the disk that holds the database is dead',
    async () => {
      const disk = pluggedDisk();
      const test = await testStation({ dataDir: disk.path });
      await test.station.start();
      disk.fail();
      test.station.dataDisk.suspect();
      await soon(async () => {
        expect(await openCodes(test)).toContain('data_disk.failed');
      });
      disk.unmount();
      await soon(async () => {
        expect(await openCodes(test)).toContain('data_disk.missing');
      });
      const { services, station } = await test.client.station.snapshot();
      expect(station.running).toBe(true);
      expect(services.find(({ name }) => name === 'alerts')?.state).toBe('degraded');
      await test.station.stop();
      expect(readdirSync(disk.path)).toEqual([]);
    },
  );
});

describe('station alerts', () => {
  it('says that nothing was wrong, where no console runs that could know', async () => {
    const { station, dataDir } = await testStation();
    await station.stop();
    const { exitCode, out } = await commandLine(['alerts', '--data', dataDir]);
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: ['No console is running on this data folder.', '0 alerts, as of then'],
    });
    expect((await commandLine(['alerts', '--data', dataDir, '--json'])).out).toEqual(['[]']);
  });

  it('shows what is wrong now, and nothing that a terminal would obey', async () => {
    const data = await withHistory();
    const { out } = await commandLine(['alerts', '--data', data]);
    expect(out).toHaveLength(4);
    expect(out[0]).toMatch(/^LEVEL +ALERT +SINCE +CLEARED +ABOUT +EVIDENCE$/);
    expect(out[1]).toMatch(
      /^critical +device\.offline +\S+Z +open +mic-1 +Mic \[2J is unplugged\.$/,
    );
    expect(out.at(-1)).toBe('1 alert, as of then');
  });

  it('shows what was, too, the newest first, as many as asked for', async () => {
    const data = await withHistory();
    const all = await commandLine(['alerts', '--data', data, '--all', '--json']);
    expect(JSON.parse(all.out[0] ?? '')).toMatchObject([
      { id: 2, code: 'device.offline', subject: 'mic-1', clearedAt: null },
      { id: 1, code: 'data_disk.full', subject: null, clearedAt: expect.any(String) as unknown },
    ]);
    const one = await commandLine(['alerts', '--data', data, '--all', '--limit', '1']);
    expect(one.out.at(-1)).toBe('1 alert, as of then');
    expect(one.out[1]).toContain('device.offline');
  });

  it('reads a history of more than a page', async () => {
    const { station, dataDir } = await testStation();
    for (let n = 0; n < 1205; n++) station.alerts.raise('x', 'info', String(n), String(n));
    await station.stop();
    const { out } = await commandLine([
      'alerts',
      '--data',
      dataDir,
      '--all',
      '--limit',
      '1100',
      '--json',
    ]);
    const ids = (JSON.parse(out[0] ?? '') as { id: number }[]).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 1100 }, (_, n) => 1205 - n));
  });
});

describe('the history in the contract', () => {
  it('is paged, and refuses what makes no sense', async () => {
    const { station, client } = await testStation();
    for (const subject of ['a', 'b', 'c']) station.alerts.raise('x', 'info', '', subject);
    const first = await client.alerts.history({ limit: 2 });
    expect(first.map(({ subject }) => subject)).toEqual(['c', 'b']);
    const rest = await client.alerts.history({ limit: 2, beforeId: first[1]?.id });
    expect(rest.map(({ subject }) => subject)).toEqual(['a']);
    await expect(client.alerts.history({ limit: 0 })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    await expect(client.alerts.history({ beforeId: 0 })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  });
});
