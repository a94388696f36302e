import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEventBus } from '@main/events/bus';
import { CursorError } from '@main/recordings/cursor';
import type { ReadThread } from '@main/recordings/read-thread';
import { RecordingsRepository } from '@main/recordings/repository';
import { NotFoundError } from '@main/request-error';
import { addDetections, insertRecordings } from '../../support/sample-library';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const NOON = Date.UTC(2026, 4, 1, 12);

function setUp(recordings = 0) {
  const connection = stationDatabase();
  insertDevice(connection, 'mic-a');
  const ids = insertRecordings(connection, recordings, { device: 'mic-a' });
  const bus = createEventBus();
  /** What was left to the thread. */
  const asked: string[] = [];
  const thread = {
    ask: (method: string) => {
      asked.push(method);
      return Promise.resolve(null);
    },
  } as unknown as ReadThread;
  const repository = new RecordingsRepository({
    connection,
    dataRoot: '/data',
    bus,
    thread,
    timezone: () => 'Europe/Berlin',
  });
  return { connection, bus, repository, asked, ids };
}

describe('the total', () => {
  it('counts what was there and what the indexer tells of', () => {
    const { bus, repository } = setUp(1);
    expect(repository.total).toBe(1);
    bus.emit('recording.indexed', {
      id: 2,
      device: 'mic-a',
      time: '2026-05-01T12:00:00.000Z',
      source: 'recorder',
    });
    expect(repository.total).toBe(2);
  });

  it('is right at once when recordings go into the bin', () => {
    const { connection, bus, repository, ids } = setUp(1);
    expect(repository.total).toBe(1);
    connection.sqlite.prepare('update recordings set deleted_at_ms = 1 where id = ?').run(ids[0]);
    // Asked by somebody who hears of the change: told before the others.
    let seen = -1;
    bus.on('recordings.changed', () => (seen = repository.total));
    bus.emit('recordings.changed', { recordings: 1 });
    expect(seen).toBe(0);
  });

  it('stays what it was while the database cannot be asked', () => {
    const { connection, bus, repository } = setUp(2);
    connection.sqlite.exec('alter table recording_totals rename to lost');
    bus.emit('recordings.changed', { recordings: 1 });
    expect(repository.total).toBe(2);
    connection.sqlite.exec(
      'alter table lost rename to recording_totals; delete from recording_totals',
    );
    expect(repository.total).toBe(0);
  });
});

describe('what may take its time', () => {
  const order = 'newest_first' as const;

  it('is left to the thread', async () => {
    const { repository, asked } = setUp();
    await repository.page({ order, limit: 10, text: 'owl' });
    await repository.page({ order, limit: 10, protected: true });
    await repository.page({ order, limit: 1000 });
    await repository.count({ tags: ['bat'] });
    await repository.count({ bin: true });
    await repository.days({ uploaded: false }, { from: '2026-05-01', to: '2026-05-02' });
    await repository.days({}, { from: '2020-01-01', to: '2026-05-02' });
    await repository.ids({ filter: {} });
    await repository.purgePlan({ ids: [1] });
    await repository.tags();
    expect(asked).toEqual([
      ...['page', 'page', 'page', 'count', 'count', 'days', 'days', 'ids', 'purgePlan', 'tags'],
    ]);
  });

  it('and only that', async () => {
    const { connection, repository, asked } = setUp();
    const id = insertRecording(connection, { device: 'mic-a', timeMs: NOON });
    const time = { from: '2026-05-01T00:00:00Z', to: '2026-05-02T00:00:00Z' };
    const page = await repository.page({ order, limit: 100, device: 'mic-a', ...time });
    expect(page.items.map((item) => item.id)).toEqual([id]);
    expect(await repository.count({ device: 'mic-a', ...time })).toBe(1);
    expect(await repository.days({}, { from: '2026-05-01', to: '2026-05-31' })).toEqual([
      { day: '2026-05-01', recordings: 1, durationS: 10 },
    ]);
    expect(await repository.ids({ ids: [7, 7, id] })).toEqual([7, id]);
    expect(asked).toEqual([]);
  });

  it('is a plain page, too, where the bin is full', async () => {
    const { connection, repository, asked } = setUp();
    connection.sqlite.pragma('synchronous = OFF');
    insertRecordings(connection, 1001, { device: 'mic-a', deletedAtMs: 1 });
    await repository.page({ order, limit: 10 });
    expect(asked).toEqual(['page']);
  });

  it('is not begun for a cursor that nobody gave out', async () => {
    const { repository, asked } = setUp();
    await expect(
      repository.page({ order, limit: 10, text: 'owl', cursor: 'made up' }),
    ).rejects.toThrow(CursorError);
    expect(asked).toEqual([]);
  });
});

describe('one recording', () => {
  it('is found by its number, in the bin too, or is not there', () => {
    const { connection, repository } = setUp();
    const id = insertRecording(connection, {
      device: 'mic-a',
      indexedAtMs: NOON,
      deletedAtMs: NOON,
    });
    expect(repository.get(id)).toMatchObject({ id, deletedAt: '2026-05-01T12:00:00.000Z' });
    expect(repository.get(id + 1)).toBeNull();
    expect(repository.lastIndexedAtMs()).toBe(NOON);
  });

  it('has its files where they lie', () => {
    const { connection, repository } = setUp();
    const id = insertRecording(connection, {
      device: 'mic-a',
      rawPath: 'recorder/mic-a/data/raw/a.wav',
      rawSizeBytes: 7,
    });
    expect(repository.mediaFile(id, 'raw')).toEqual({
      path: join('/data', 'recorder/mic-a/data/raw/a.wav'),
      sizeBytes: 7,
    });
    expect(repository.mediaFile(id, 'processed')).toBeNull();
    expect(repository.mediaFile(id + 1, 'raw')).toBeNull();
  });

  it('has no files here once they were deleted', () => {
    const { connection, repository } = setUp();
    const id = insertRecording(connection, { device: 'mic-a', localDeleted: true });
    expect(repository.mediaFile(id, 'raw')).toBeNull();
    expect(repository.get(id)).toMatchObject({ localDeleted: true });
  });

  it('tells what was heard in it, in order', () => {
    const { connection, repository } = setUp();
    const id = insertRecording(connection, { device: 'mic-a' });
    addDetections(connection, id, ['b', 'a']);
    expect(repository.detections(id)).toMatchObject([
      { label: 'b', worker: 'custom', startS: 0, endS: 1, confidence: 0.5 },
      { label: 'a' },
    ]);
    expect(() => repository.detections(id + 1)).toThrow(NotFoundError);
  });

  it('that was written last tells when, however old its sound', () => {
    const { connection, repository } = setUp();
    expect(repository.lastIndexedAtMs()).toBeNull();
    insertRecording(connection, { device: 'mic-a', timeMs: NOON, indexedAtMs: 1 });
    insertRecording(connection, { device: 'mic-a', timeMs: 0, indexedAtMs: 2 });
    expect(repository.lastIndexedAtMs()).toBe(2);
  });
});
