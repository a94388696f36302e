import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StationClient } from '@shared/contract';
import type { Recording } from '@shared/model/recording';
import { dataFolderAt } from '@main/data-folder';
import { connect } from '@main/database/connection';
import { setMark } from '@main/database/marks';
import { formatSegmentName } from '@main/files/segment-name';
import { DeletionJournal } from '@main/janitor/deletion-journal';
import type { DiskUsage } from '@main/janitor/disk-usage';
import { runFolderAt } from '@main/recorder/run-files';
import { commandLine, INSTALLATION } from '../../support/command-line';
import { diskAt } from '../../support/roomy-disk';
import { soon } from '../../support/soon';
import { openTestStation, type TestStation, testStation } from '../../support/test-station';
import { plainWav } from '../../support/wav-bytes';

/** Puts a recording of our own into the folder of `mic`. @returns its path relative to the data folder */
function placeRecording(dataDir: string, sequence: number): string {
  const name = formatSegmentName({
    startMs: Date.UTC(2026, 4, 1, 12) + sequence * 1000,
    durationS: 0.1,
    runId: 'aaaaaaaa',
    sequence,
  });
  const path = `recorder/mic/data/raw/${name}`;
  mkdirSync(join(dataDir, dirname(path)), { recursive: true });
  mkdirSync(runFolderAt(join(dataDir, 'recorder/mic'), 'aaaaaaaa').path, { recursive: true });
  writeFileSync(join(dataDir, path), plainWav(4800));
  return path;
}

async function listed(client: StationClient): Promise<Recording[]> {
  return (await client.recordings.list({ order: 'oldest_first' })).items;
}

/** A started station with recordings of long ago. */
async function withRecordings(
  count: number,
  disk: { usage: DiskUsage },
): Promise<TestStation & { readonly paths: readonly string[] }> {
  const test = await testStation({ measureDisk: () => Promise.resolve(disk.usage) });
  const paths = Array.from({ length: count }, (_, n) => placeRecording(test.dataDir, n));
  // Which would make a test wait for what it is not about.
  for (const key of ['analysis.peaks_enabled', 'analysis.spectrogram_enabled']) {
    await test.client.settings.set({ key, value: false });
  }
  await test.station.start();
  await soon(async () => {
    expect(await listed(test.client)).toHaveLength(count);
  });
  await settled(test);
  return { ...test, paths };
}

/** Every recording was found long ago, and is not new to anybody. */
async function settled({ dataDir, client }: TestStation): Promise<void> {
  await soon(async () => {
    expect((await client.integrity.auditStatus()).running).toBe(false);
  });
  const connection = connect(dataFolderAt(dataDir).databaseFile);
  connection.sqlite.exec('update recordings set indexed_at_ms = 0');
  connection.sqlite.close();
}

describe('the janitor of a station', () => {
  it('makes room; neither the sweep nor an audit takes what it deleted for new or lost', async () => {
    const disk = { usage: diskAt(60) };
    const { client, dataDir, paths, station } = await withRecordings(3, disk);
    const topics: number[] = [];
    station.bus.on('janitor.changed', ({ deleted }) => topics.push(deleted));
    disk.usage = diskAt(75);
    const status = await client.janitor.run();
    expect(status).toMatchObject({
      mode: 'housekeeping',
      withoutRemotes: true,
      deleted: { recordings: 3, unsaved: 0 },
    });
    disk.usage = diskAt(60);
    expect(paths.some((path) => existsSync(join(dataDir, path)))).toBe(false);
    expect(topics).toContain(3);
    await client.integrity.audit({});
    expect((await listed(client)).map((one) => one.localDeleted)).toEqual([true, true, true]);
    const { items } = await client.janitor.history({});
    expect(items.map(({ reason, mode, safe }) => [reason, mode, safe])).toEqual(
      paths.map(() => ['disk_space', 'housekeeping', true]),
    );
    const services = (await client.station.snapshot()).services;
    expect(services.find(({ name }) => name === 'janitor')).toMatchObject({
      state: 'ok',
      counters: { files_deleted_total: 3 },
    });
  });

  it('tells the database at its start of what a crash cut off, before an audit takes it for lost', async () => {
    const disk = { usage: diskAt(60) };
    const { station, dataDir, paths } = await withRecordings(3, disk);
    await station.stop();
    const [first = ''] = paths;
    const folder = dataFolderAt(dataDir);
    await new DeletionJournal(folder.deletionJournal).add([
      {
        atMs: Date.UTC(2026, 4, 2),
        mode: 'panic',
        reason: 'disk_space',
        safe: false,
        explanation: 'The disk was full.',
        paths: [first],
        bytes: 9644,
      },
    ]);
    rmSync(join(dataDir, first));
    const again = await openTestStation({ dataDir });
    try {
      await again.station.start();
      await settled(again);
      const { items } = await again.client.janitor.history({});
      expect(items).toMatchObject([{ mode: 'panic', safe: false, paths: [first] }]);
      const connection = connect(folder.databaseFile);
      const reason = connection.sqlite
        .prepare('select local_deleted_reason from recordings where raw_path = ?')
        .pluck()
        .get(first);
      connection.sqlite.close();
      expect(reason).toBe('disk_space');
    } finally {
      await again.station.stop();
    }
  });

  it('only plans after the database was restored, until an audit has passed', async () => {
    const disk = { usage: diskAt(60) };
    const { station, dataDir, paths } = await withRecordings(3, disk);
    await station.stop();
    // Most files are away: the audit refuses.
    const [, second = '', third = ''] = paths;
    rmSync(join(dataDir, second));
    rmSync(join(dataDir, third));
    const { databaseFile } = dataFolderAt(dataDir);
    await setMark(databaseFile, 'restored', {
      atMs: Date.now(),
      reason: 'the file was damaged',
      restoredFrom: null,
    });
    const again = await openTestStation({
      dataDir,
      measureDisk: () => Promise.resolve(diskAt(95)),
    });
    try {
      await again.station.start();
      await soon(async () => {
        expect((await again.client.integrity.auditStatus()).running).toBe(false);
      });
      const status = await again.client.janitor.run();
      expect(status).toMatchObject({ mode: 'panic', deleted: { recordings: 0 } });
      expect(status.held).toContain('no audit has passed');
      expect(await again.client.janitor.plan({})).toMatchObject({ held: status.held });
      await again.client.integrity.audit({ acceptLoss: true });
      await soon(async () => {
        expect((await again.client.janitor.run()).deleted.recordings).toBe(1);
      });
    } finally {
      await again.station.stop();
    }
  });

  it('is asked on the command line without a console', async () => {
    const disk = { usage: diskAt(60) };
    const { station, dataDir, paths } = await withRecordings(3, disk);
    await station.stop();
    const asked = (...words: string[]) =>
      commandLine(['janitor', ...words, '--data', dataDir], {
        ...INSTALLATION,
        ...{ measureDisk: () => Promise.resolve(disk.usage) },
      });
    const status = (await asked()).out.join('\n');
    expect(status).toContain('The disk is 60.0 % full');
    expect(status).toContain('no forecast yet');
    disk.usage = diskAt(85);
    const dry = await asked('run', '--dry');
    expect(dry.out[0]).toContain('3 recordings');
    expect(dry.out).toHaveLength(1 + 1 + 3);
    expect(paths.every((path) => existsSync(join(dataDir, path)))).toBe(true);
    expect((await asked('run')).out.join('\n')).toContain('Deleted by this console: 3 recordings');
    expect((await asked('history', '--limit', '2')).out).toHaveLength(3); // and headings
    expect((await asked('tidy')).exitCode).toBe(2);
  });
});
