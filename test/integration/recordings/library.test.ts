import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { connect } from '@main/database/connection';
import { dataFolderAt } from '@main/data-folder';
import { commandLine } from '../../support/command-line';
import { spoilTable } from '../../support/damaged-file';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';

/** Recordings with their files, written as by another process. @returns their numbers, the oldest first */
function addRecordings(dataDir: string, titles: readonly (string | null)[]): number[] {
  const connection = connect(dataFolderAt(dataDir).databaseFile);
  try {
    insertDevice(connection, 'mic');
    return titles.map((title, n) => {
      const rawPath = `recorder/mic/data/raw/${String(n)}.wav`;
      const file = join(dataDir, rawPath);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, 'sound');
      return insertRecording(connection, {
        device: 'mic',
        title,
        timeMs: Date.UTC(2026, 4, 1, 12, n),
        rawPath,
        rawSizeBytes: 5,
      });
    });
  } finally {
    connection.sqlite.close();
  }
}

describe('the library of a station', () => {
  it('tells of damage that only a search meets, as of any other', async () => {
    const { station, client, dataDir } = await testStation();
    await station.start();
    addRecordings(dataDir, ['Great tit', 'Tawny owl']);
    const found = await client.recordings.list({ text: 'owl' });
    expect(found.items).toHaveLength(1);
    const damaged: string[] = [];
    station.bus.on('database.damaged', ({ reason }) => damaged.push(reason));
    spoilTable(dataFolderAt(dataDir).databaseFile, 'recordings_fts_data');
    await expect(client.recordings.list({ text: 'tit' })).rejects.toThrow();
    await vi.waitFor(() => expect(damaged).toEqual([expect.stringMatching(/malformed/)]));
    const { alerts } = await client.station.snapshot();
    expect(alerts.map(({ code }) => code)).toContain('database.damaged');
  });

  it('is searched, sorted out and purged', async () => {
    const { station, client, dataDir } = await testStation();
    await station.start();
    const ids = addRecordings(dataDir, ['Great tit', 'Tawny owl', null]);
    const [tit, owl, untitled] = ids as [number, number, number];
    const found = async (filter: Parameters<typeof client.recordings.list>[0]) =>
      (await client.recordings.list(filter)).items.map(({ id }) => id);
    expect(await found({ text: 'ow' })).toEqual([owl]);
    expect(await found({ order: 'oldest_first' })).toEqual(ids);
    await client.recordings.describe({ id: untitled, notes: 'an owl, far away' });
    expect(await found({ text: 'owl' })).toEqual([untitled, owl]);
    // In whatever way it was typed.
    await client.recordings.tag({ selection: { filter: { text: 'owl' } }, add: ['cafe\u0301'] });
    expect(await found({ tags: ['caf\u00e9'] })).toEqual([untitled, owl]);
    expect(await client.recordings.tags()).toEqual([{ name: 'caf\u00e9', recordings: 2 }]);
    expect(await client.recordings.days({ from: '2026-04-01', to: '2026-05-31' })).toEqual([
      { day: '2026-05-01', recordings: 3, durationS: 30 },
    ]);
    const { at } = await client.recordings.discard({ selection: { filter: { text: 'owl' } } });
    expect((await client.station.snapshot()).recordings.total).toBe(1);
    expect(await found({})).toEqual([tit]);
    expect(await found({ bin: true })).toEqual([untitled, owl]);
    await client.recordings.restore({ selection: { filter: { bin: true } }, discardedAt: at });
    expect((await client.station.snapshot()).recordings.total).toBe(3);
    await client.recordings.discard({ selection: { ids: [owl] } });
    const selection = { filter: { bin: true } };
    expect(await client.recordings.purgePlan({ selection })).toMatchObject({
      recordings: 1,
      files: 1,
      bytes: 5,
      notUploaded: 1,
    });
    await client.recordings.purge({ selection, confirm: '1', reason: 'a test' });
    expect(existsSync(join(dataDir, 'recorder/mic/data/raw/1.wav'))).toBe(false);
    // It is not found again on disk either.
    await station.indexer.sweep();
    expect((await client.recordings.count({})).total).toBe(2);
    expect((await client.recordings.count({ bin: true })).total).toBe(0);
  });

  it('is sorted out on the command line, too, where no console runs', async () => {
    const dataDir = temporaryFolder();
    const typed = async (...args: string[]) => {
      const { exitCode, out, err } = await commandLine([...args, '--data', dataDir]);
      return { exitCode, said: [...out, ...err].join('\n') };
    };
    await typed('settings', 'set', 'system.station_name', 'Wood'); // makes the folder
    const { station } = await testStation({ dataDir });
    await station.stop();
    const [first, second] = addRecordings(dataDir, ['Great tit', 'Tawny owl']) as [number, number];
    expect(await typed('tag', 'bird', '--all')).toEqual({
      exitCode: 0,
      said: '2 recordings changed.',
    });
    const listed = await commandLine([
      ...['recordings', '--tag', 'bird', '--text', 'owl', '--no-uploaded', '--json'],
      ...['--data', dataDir],
    ]);
    expect(JSON.parse(listed.out[0]!)).toMatchObject({ total: 1, items: [{ id: second }] });
    await typed('protect', '--id', String(first));
    expect(await typed('discard', '--all')).toEqual({
      exitCode: 0,
      said: '1 recording put into the bin; "restore" undoes it. 1 protected one stayed where it was.',
    });
    expect(await typed('restore', '--all')).toMatchObject({
      said: '1 recording taken out of the bin.',
    });
    await typed('discard', '--id', String(second));
    expect(await typed('purge', '--all')).toEqual({
      exitCode: 1,
      said: '1 recording in the bin, 1 file, 0.0 MB. 1 of them are nowhere else.\nNothing was removed. For good: --yes 1',
    });
    expect(await typed('purge', '--all', '--yes', '2')).toMatchObject({ exitCode: 2 });
    expect(await typed('purge', '--all', '--yes', '1')).toEqual({
      exitCode: 0,
      said: '1 recording removed for good, 0.0 MB.',
    });
    expect(existsSync(join(dataDir, 'recorder/mic/data/raw/1.wav'))).toBe(false);
    expect(existsSync(join(dataDir, 'recorder/mic/data/raw/0.wav'))).toBe(true);
    expect(await typed('purge')).toMatchObject({ exitCode: 2 });
  });
});
