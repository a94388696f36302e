import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../support/command-line';
import { soundOf } from '../../support/import-bench';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';

function card(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'DCIM'));
  writeFileSync(join(folder, 'DCIM/20210815_203000.WAV'), soundOf(1));
  writeFileSync(join(folder, 'CONFIG.TXT'), 'Sample rate: 48000\n');
  return folder;
}

describe('station import', () => {
  it('imports a card where no console runs, tells of each file and ends well', async () => {
    const { station, dataDir } = await testStation();
    await station.stop();
    const source = card();
    const data = ['--data', dataDir];
    const wishes = ['--device', 'meadow', '--timezone', 'Asia/Kathmandu', '--tag', 'bats'];
    const first = await commandLine(['import', source, ...wishes, ...data]);
    expect(first.err).toEqual([]);
    expect(first.exitCode).toBe(0);
    expect(first.out.join('\n')).toMatch(/refused +\S+CONFIG\.TXT/);
    expect(first.out.at(-1)).toBe('Import 1 is done: 1 imported, 1 not usable.');
    const again = await commandLine(['import', source, '--json', ...data]);
    expect(again.exitCode).toBe(0);
    const lines = again.out.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ type }) => type === 'file')).toMatchObject([
      { state: 'refused' },
      { state: 'duplicate', time: '2021-08-15T14:45:00.000Z', timeSource: 'file_name' },
    ]);
    expect(lines.at(-1)).toMatchObject({ type: 'import', state: 'done', files: { duplicate: 1 } });
    const { out } = await commandLine(['recordings', '--json', ...data]);
    expect(JSON.parse(out[0]!)).toMatchObject({
      total: 1,
      items: [{ device: 'meadow', source: 'import', tags: ['bats'] }],
    });
  });

  it('imports into a running console', async () => {
    const { station, dataDir, client } = await testStation();
    await station.start();
    const { exitCode, out } = await commandLine(['import', card(), '--data', dataDir]);
    expect([exitCode, out.at(-1)]).toEqual([0, 'Import 1 is done: 1 imported, 1 not usable.']);
    expect((await client.imports.list())[0]).toMatchObject({ state: 'done' });
    expect(station.recordings.total).toBe(1);
    // It is known as a device, but nothing is expected of it.
    expect(await client.devices.list()).toMatchObject([{ name: 'imported', kind: 'imported' }]);
    expect(await client.recorders.list()).toEqual([]);
    expect((await client.coverage.day({ day: '2021-08-15' })).devices).toEqual([]);
    await station.stop();
  });

  it('says what cannot be, and does nothing', async () => {
    const { station, dataDir } = await testStation();
    await station.stop();
    const nowhere = join(temporaryFolder(), 'nowhere');
    const missing = await commandLine(['import', nowhere, '--data', dataDir]);
    expect(missing).toMatchObject({ exitCode: 2 });
    expect(missing.err.join()).toContain(`${nowhere} does not exist`);
    const zone = ['--timezone', 'Nowhere/At_All', '--data', dataDir];
    expect(await commandLine(['import', temporaryFolder(), ...zone])).toMatchObject({
      exitCode: 2,
    });
    expect(await commandLine(['import', '--data', dataDir])).toMatchObject({ exitCode: 2 });
  });

  it('ends badly when it could not go on', async () => {
    const { station, dataDir } = await testStation();
    await station.stop();
    const source = card();
    // Nothing can be copied there.
    writeFileSync(join(dataDir, 'imported'), 'a file is in the way');
    const { exitCode, out } = await commandLine(['import', source, '--data', dataDir]);
    expect(exitCode).toBe(1);
    expect(out.at(-1)).toContain('Import 1 could not go on');
  });
});
