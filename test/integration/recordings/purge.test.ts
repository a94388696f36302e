import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Selection } from '@shared/model/recording';
import { createEventBus } from '@main/events/bus';
import type { Purge } from '@main/database/purge-list';
import { type PurgeOptions, RecordingPurge } from '@main/recordings/purge';
import { RecordingSearch } from '@main/recordings/search';
import { FakeClock } from '../../support/fake-clock';
import { recordingLogger } from '../../support/recording-logger';
import { addDetections, addTags } from '../../support/sample-library';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';
import { temporaryFolder } from '../../support/temporary-folder';

const NOW = Date.UTC(2026, 4, 1, 12);
const REASON = 'asked for by a neighbour';

function setUp(options: Partial<PurgeOptions> = {}) {
  const connection = stationDatabase();
  connection.sqlite.pragma('synchronous = OFF');
  insertDevice(connection, 'mic');
  const root = join(temporaryFolder(), 'data');
  mkdirSync(root);
  const search = new RecordingSearch(connection.sqlite);
  const bus = createEventBus();
  const told: number[] = [];
  bus.on('recordings.changed', ({ recordings }) => told.push(recordings));
  const logger = recordingLogger();
  const purge = new RecordingPurge({
    connection,
    clock: new FakeClock(NOW),
    bus,
    logger,
    dataRoot: root,
    plan: (selection: Selection) => Promise.resolve(search.purgePlan(selection)),
    purgeable: (selection: Selection) => Promise.resolve(search.purgeable(selection)),
    exists: (id) => search.byIds([id]).length > 0,
    diskIsThere: () => Promise.resolve(true),
    exclusively: async (work) => {
      await work();
    },
    companionsOf: (path) => [`${path}.json`],
    ...options,
  });
  /** A recording with its two files, in the bin. */
  const discarded = (
    name: string,
    columns: Partial<Parameters<typeof insertRecording>[1]> = {},
  ) => {
    const [rawPath, processedPath] = ['raw', 'processed'].map(
      (stream) => `recorder/mic/data/${stream}/${name}.wav`,
    ) as [string, string];
    for (const path of [rawPath, processedPath]) writeAt(root, path, 'sound');
    const id = insertRecording(connection, {
      device: 'mic',
      rawPath,
      rawSizeBytes: 5,
      processedPath,
      processedSizeBytes: 5,
      deletedAtMs: NOW,
      ...columns,
    });
    return { id, rawPath, processedPath };
  };
  const rows = (table: string): unknown[] =>
    connection.sqlite.prepare(`select * from ${table}`).all();
  return { connection, root, search, purge, discarded, rows, told, logger };
}

function writeAt(root: string, path: string, content: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const all = { filter: { bin: true } };

describe('a purge', () => {
  it('removes files, rows and all that hangs on them, and writes down that it did', async () => {
    const { connection, root, purge, discarded, rows, told, search } = setUp();
    const { id, rawPath, processedPath } = discarded('a', { title: 'a voice' });
    const other = insertRecording(connection, { device: 'mic' });
    addTags(connection, id, ['voice', 'shared']);
    addTags(connection, other, ['shared']);
    addDetections(connection, id, ['person']);
    writeAt(root, `${rawPath}.json`, '{}');
    writeAt(root, 'derived/1.png', 'picture');
    connection.sqlite.exec(`
      insert into derived_assets (recording_id, kind, version, path, size_bytes, created_at_ms) values (${String(id)}, 'peaks', 1, 'derived/1.png', 7, 0);
      insert into analysis_jobs (worker, recording_id, time_ms) values ('peaks', ${String(id)}, 0);`);
    const purged = await purge.purge({ selection: all, confirm: ' 1 ', reason: REASON }, 'page');
    expect(purged).toEqual({ recordings: 1, bytes: 10, failed: 0 });
    for (const path of [rawPath, processedPath, `${rawPath}.json`, 'derived/1.png']) {
      expect(existsSync(join(root, path))).toBe(false);
    }
    expect(search.ids({ filter: {} })).toEqual([other]);
    for (const table of ['derived_assets', 'analysis_jobs', 'detections']) {
      expect(rows(table)).toEqual([]);
    }
    expect(search.tags()).toEqual([{ name: 'shared', recordings: 1 }]);
    expect(rows('tags')).toHaveLength(1);
    expect(search.count({ text: 'voice', bin: true })).toBe(0);
    expect(rows('deletions')).toMatchObject([
      {
        recording_id: id,
        paths: JSON.stringify([rawPath, processedPath]),
        size_bytes: 10,
        deleted_at_ms: NOW,
        mode: 'purge',
        reason: REASON,
      },
    ]);
    expect(rows('audit_log')).toMatchObject([
      { actor: 'page', action: 'recordings.purge', subject: REASON },
      { action: 'recordings.purged', new_value: '{"recordings":1,"bytes":10,"failed":0}' },
    ]);
    expect(told).toEqual([1]);
  });

  it('writes into the log that nobody rewrites by what it was found, and not by which words', async () => {
    const { connection, purge, discarded, rows } = setUp();
    const { id } = discarded('a', { title: 'Hedwig in the garden' });
    addTags(connection, id, ['hedwig']);
    const filter = { bin: true, text: 'hedwig', tags: ['hedwig'] };
    await purge.purge({ selection: { filter }, confirm: '1', reason: REASON }, 'page');
    expect(rows('audit_log')).toHaveLength(2);
    expect(JSON.stringify(rows('audit_log')).toLowerCase()).not.toContain('hedwig');
    expect(JSON.stringify(rows('audit_log'))).toContain('text');
  });

  it('takes only what lies in the bin and is not protected', async () => {
    const { root, connection, purge, discarded, search } = setUp();
    const doomed = discarded('a');
    const kept = [discarded('b', { protected: true }), discarded('c', { deletedAtMs: null })];
    const ids = [doomed.id, ...kept.map(({ id }) => id)];
    await purge.purge({ selection: { ids }, confirm: '1', reason: REASON }, 'page');
    for (const { rawPath } of kept) expect(existsSync(join(root, rawPath))).toBe(true);
    expect(existsSync(join(root, doomed.rawPath))).toBe(false);
    expect(search.byIds(ids).map(({ id }) => id)).toEqual(ids.slice(1));
    expect(connection.sqlite.pragma('foreign_key_check')).toEqual([]);
  });

  it.each(['', '2', '01', 'yes', '1.0'])(
    'with %j typed instead of 1 removes nothing',
    async (confirm) => {
      const { root, purge, discarded, rows } = setUp();
      const { rawPath } = discarded('a');
      await expect(
        purge.purge({ selection: all, confirm, reason: REASON }, 'page'),
      ).rejects.toMatchObject({ code: 'INVALID_VALUE', data: { path: 'confirm' } });
      expect(existsSync(join(root, rawPath))).toBe(true);
      expect(rows('audit_log')).toEqual([]);
    },
  );

  it('of what is not in the bin is refused, and of what is gone already is done', async () => {
    const { purge, discarded } = setUp();
    const { id } = discarded('a', { deletedAtMs: null });
    await expect(
      purge.purge({ selection: { ids: [id] }, confirm: '1', reason: REASON }, 'page'),
    ).rejects.toMatchObject({ code: 'CONFLICT', data: { reason: 'not_in_bin', id: String(id) } });
    const gone = discarded('b');
    const request = { selection: { ids: [gone.id] }, confirm: '1', reason: REASON };
    await purge.purge(request, 'page');
    expect(await purge.purge(request, 'page')).toEqual({ recordings: 0, bytes: 0, failed: 0 });
  });

  it('of more than one batch is whole, and two at once do not meet', async () => {
    const { root, purge, discarded, search, rows } = setUp();
    const ids = Array.from({ length: 51 }, (_, n) => discarded(String(n)).id);
    const request = { selection: { ids }, confirm: '51', reason: REASON };
    const [first, second] = await Promise.all([
      purge.purge(request, 'page'),
      purge.purge(request, 'page'),
    ]);
    expect(first).toEqual({ recordings: 51, bytes: 510, failed: 0 });
    expect(second).toEqual({ recordings: 0, bytes: 0, failed: 0 });
    expect(search.count({ bin: true })).toBe(0);
    expect(rows('deletions')).toHaveLength(51);
    expect(readdirSync(join(root, 'recorder/mic/data/raw'))).toEqual([]);
  });
});

describe('a purge and a copy of the database', () => {
  it('is remembered by what is no name, right before the rows go', async () => {
    const remembered: Purge[] = [];
    let rowsThen = -1;
    const set = setUp({
      remember: (purges) => {
        remembered.push(...purges);
        rowsThen = set.rows('recordings').length;
        return Promise.resolve();
      },
    });
    const { id } = set.discarded('a');
    await set.purge.purge({ selection: all, confirm: '1', reason: REASON }, 'page');
    expect(rowsThen).toBe(1);
    expect(remembered).toMatchObject([{ atMs: NOW, id }]);
    expect(remembered[0]?.hash).toMatch(/^[0-9a-f]{32}$/);
  });

  it('goes on where it cannot be remembered', async () => {
    const { purge, discarded, logger, rows } = setUp({
      remember: () => Promise.reject(new Error('ENOSPC')),
    });
    discarded('a');
    await purge.purge({ selection: all, confirm: '1', reason: REASON }, 'page');
    expect(rows('recordings')).toEqual([]);
    expect(logger.events()).toContain('recordings.purge_not_noted');
  });
});

describe('a purge that is cut short', () => {
  it('leaves nothing that would come back: files go first, and the rest is purged again', async () => {
    const { connection, root, purge, discarded, rows } = setUp();
    const { rawPath } = discarded('a');
    // The power goes after the files, before the rows.
    connection.sqlite.exec(
      "create trigger cut before delete on recordings begin select raise(abort, 'power cut'); end",
    );
    await expect(
      purge.purge({ selection: all, confirm: '1', reason: REASON }, 'page'),
    ).rejects.toThrow('power cut');
    expect(existsSync(join(root, rawPath))).toBe(false);
    expect(rows('recordings')).toHaveLength(1);
    expect(rows('deletions')).toEqual([]);
    expect(rows('audit_log')).toMatchObject([
      { action: 'recordings.purge' },
      { action: 'recordings.purged', new_value: '{"recordings":0,"bytes":0,"failed":0}' },
    ]);
    connection.sqlite.exec('drop trigger cut');
    expect(
      await purge.purge({ selection: all, confirm: '1', reason: REASON }, 'page'),
    ).toMatchObject({ recordings: 1, failed: 0 });
  });

  it('by the loss of the disk removes no row: every file seems to be gone then', async () => {
    let isThere = true;
    const { root, purge, discarded, rows } = setUp({
      diskIsThere: () => Promise.resolve(isThere),
      exclusively: async (work) => {
        await work();
      },
    });
    discarded('a');
    isThere = false;
    await expect(
      purge.purge({ selection: all, confirm: '1', reason: REASON }, 'page'),
    ).rejects.toThrow(/disk is not there/);
    expect(rows('recordings')).toHaveLength(1);
    expect(existsSync(join(root, 'recorder/mic/data/raw/a.wav'))).toBe(true);
  });

  it('by the loss of the disk in its midst removes no row either', async () => {
    const answers = [true, false];
    const { purge, discarded, rows } = setUp({
      diskIsThere: () => Promise.resolve(answers.shift() ?? false),
    });
    discarded('a');
    await expect(
      purge.purge({ selection: all, confirm: '1', reason: REASON }, 'page'),
    ).rejects.toThrow(/disk went away/);
    expect(rows('recordings')).toHaveLength(1);
  });
});

describe('a file that cannot be removed', () => {
  it('keeps its row, and does not keep the others', async () => {
    const { root, purge, discarded, search, logger } = setUp();
    discarded('a');
    const stuck = discarded('b', { rawPath: 'recorder/mic/data/raw/folder.wav' });
    mkdirSync(join(root, stuck.rawPath.replace('b.wav', 'folder.wav')));
    discarded('c');
    expect(await purge.purge({ selection: all, confirm: '3', reason: REASON }, 'page')).toEqual({
      recordings: 2,
      bytes: 20,
      failed: 1,
    });
    expect(search.ids(all)).toEqual([stuck.id]);
    expect(logger.events()).toContain('recording.purge_failed');
  });

  it.each([
    ['outside, by its name', '../outside.wav'],
    ['outside, further down', 'recorder/../../outside.wav'],
    ['by an absolute name', '/etc/hostname'],
    ['of the station itself', 'station.db'],
    ['through a link to elsewhere', 'recorder/link/outside.wav'],
    ['with a zero in its name', 'recorder/mic/a\0.wav'],
  ])('is one that lies %s', async (_, rawPath) => {
    const { root, purge, discarded, rows } = setUp();
    const outside = temporaryFolder();
    writeFileSync(join(outside, 'outside.wav'), 'not ours');
    writeFileSync(join(root, 'station.db'), 'ours');
    mkdirSync(join(root, 'recorder'), { recursive: true });
    symlinkSync(outside, join(root, 'recorder/link'));
    writeAt(root, '../outside.wav', 'not ours');
    discarded('a', { rawPath });
    const purged = await purge.purge({ selection: all, confirm: '1', reason: REASON }, 'page');
    expect(purged).toEqual({ recordings: 0, bytes: 0, failed: 1 });
    expect(rows('recordings')).toHaveLength(1);
    expect(existsSync(join(outside, 'outside.wav'))).toBe(true);
    expect(existsSync(join(root, 'station.db'))).toBe(true);
    expect(existsSync(join(root, '../outside.wav'))).toBe(true);
  });

  it('is not what a link points to: the link is removed, and not what it leads to', async () => {
    const { root, purge, discarded } = setUp();
    const outside = temporaryFolder();
    writeFileSync(join(outside, 'far.wav'), 'not ours');
    mkdirSync(join(root, 'recorder/mic/data/raw'), { recursive: true });
    symlinkSync(join(outside, 'far.wav'), join(root, 'recorder/mic/data/raw/linked.wav'));
    discarded('a', { rawPath: 'recorder/mic/data/raw/linked.wav' });
    await purge.purge({ selection: all, confirm: '1', reason: REASON }, 'page');
    expect(readdirSync(join(root, 'recorder/mic/data/raw'))).toEqual(['a.wav']);
    expect(existsSync(join(outside, 'far.wav'))).toBe(true);
  });
});
