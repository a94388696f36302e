import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Recording, recordingPageSchema } from '@shared/model/recording';
import type { Connection } from '@main/database/connection';
import { createEventBus } from '@main/events/bus';
import { CursorError, type PageRequest, RecordingsRepository } from '@main/recordings/repository';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const NOON = Date.UTC(2026, 4, 1, 12);

function setUp() {
  const connection = stationDatabase();
  insertDevice(connection, 'mic-a');
  insertDevice(connection, 'mic-b');
  const bus = createEventBus();
  return { connection, bus, repository: new RecordingsRepository(connection, '/data', bus) };
}

/** Follows the cursors to the end. */
function everyPage(repository: RecordingsRepository, request: PageRequest): Recording[][] {
  const pages: Recording[][] = [];
  let cursor: string | undefined;
  do {
    const page = repository.page({ ...request, cursor });
    pages.push(page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && pages.length < 1000);
  return pages;
}

const ids = (recordings: Recording[]): number[] => recordings.map((recording) => recording.id);

function fill(
  connection: Connection,
  rows: readonly { device: string; timeMs: number }[],
): number[] {
  return connection.sqlite.transaction(() => rows.map((row) => insertRecording(connection, row)))();
}

describe('pages of recordings', () => {
  it('hold every recording once, in order, however many share a time and whatever their size', () => {
    const row = fc.record({
      device: fc.constantFrom('mic-a', 'mic-b'),
      // Few times, so that many recordings share one; before 1970 too, for clocks that were never set.
      timeMs: fc.integer({ min: -2, max: 4 }),
    });
    const request = fc.record({
      order: fc.constantFrom('newest_first' as const, 'oldest_first' as const),
      limit: fc.integer({ min: 1, max: 7 }),
      device: fc.constantFrom('mic-a', 'mic-b', undefined),
    });
    const { connection, repository } = setUp();
    connection.sqlite.pragma('synchronous = OFF');
    fc.assert(
      fc.property(fc.array(row, { maxLength: 25 }), request, (rows, { order, limit, device }) => {
        connection.sqlite.exec('delete from recordings');
        const inserted = fill(connection, rows).map((id, i) => ({ ...rows[i]!, id }));
        const expected = inserted
          .filter((one) => device === undefined || one.device === device)
          .sort((a, b) => a.timeMs - b.timeMs || a.id - b.id)
          .map((one) => one.id);
        if (order === 'newest_first') expected.reverse();
        const pages = everyPage(repository, {
          order,
          limit,
          ...(device === undefined ? {} : { device }),
        });
        expect(ids(pages.flat())).toEqual(expected);
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
      }),
      { numRuns: 100 },
    );
  });

  it('neither skip nor double when recordings come in between two of them', () => {
    const { connection, repository } = setUp();
    const old = fill(
      connection,
      Array.from({ length: 6 }, (_, n) => ({ device: 'mic-a', timeMs: n })),
    );
    const first = repository.page({ order: 'newest_first', limit: 3 });
    fill(connection, [{ device: 'mic-a', timeMs: 100 }]);
    const second = repository.page({ order: 'newest_first', limit: 3, cursor: first.nextCursor! });
    expect(ids([...first.items, ...second.items])).toEqual([...old].reverse());
  });

  it('end without a cursor, also when the last is full', () => {
    const { connection, repository } = setUp();
    fill(
      connection,
      [1, 2].map((timeMs) => ({ device: 'mic-a', timeMs })),
    );
    expect(repository.page({ order: 'oldest_first', limit: 2 }).nextCursor).toBeNull();
    expect(repository.page({ order: 'oldest_first', limit: 1 }).nextCursor).not.toBeNull();
  });

  it('are what the contract says', () => {
    const { connection, repository } = setUp();
    insertRecording(connection, { device: 'mic-a', timeMs: NOON, runId: 'aaaaaaaa', sequence: 3 });
    insertRecording(connection, {
      device: 'mic-a',
      rawPath: null,
      processedPath: 'p.wav',
      processedSizeBytes: 44,
      processedSampleRateHz: 48_000,
      processedChannels: 1,
      processedBitsPerSample: 16,
      processedFrames: 0,
      processedSha256: 'a'.repeat(64),
    });
    const page = repository.page({ order: 'newest_first', limit: 10 });
    expect(recordingPageSchema.parse(page)).toEqual(page);
    expect(page.items[0]).toMatchObject({
      device: 'mic-a',
      time: '2026-05-01T12:00:00.000Z',
      runId: 'aaaaaaaa',
      sequence: 3,
      processed: null,
      raw: { frames: 480_000, sha256: null },
    });
    expect(page.items[1]).toMatchObject({ raw: null, processed: { path: 'p.wav', frames: 0 } });
  });

  it.each([
    '',
    'x',
    '1',
    '1.',
    '.1',
    '1.2.3',
    '1e3.4',
    ' 1.2',
    '1.2 ',
    "1.2' or 1=1",
    '99999999999999999.1',
  ])('are not to be had with the cursor %j', (cursor) => {
    const { repository } = setUp();
    expect(() => repository.page({ order: 'newest_first', limit: 1, cursor })).toThrow(CursorError);
  });
});

describe('a filter', () => {
  it('takes the first moment in and the last one not', () => {
    const { connection, repository } = setUp();
    const [, second, third] = fill(
      connection,
      [0, 1000, 1999, 2000].map((ms) => ({ device: 'mic-a', timeMs: NOON + ms })),
    );
    const filter = { from: '2026-05-01T12:00:01Z', to: '2026-05-01T12:00:02.000Z' };
    const { items } = repository.page({ order: 'oldest_first', limit: 10, ...filter });
    expect(ids(items)).toEqual([second, third]);
    expect(repository.count(filter)).toBe(2);
  });

  it('by device takes exactly that device', () => {
    const { connection, repository } = setUp();
    fill(connection, [
      { device: 'mic-a', timeMs: 1 },
      { device: 'mic-b', timeMs: 2 },
    ]);
    expect(repository.count({ device: 'mic-a' })).toBe(1);
    expect(repository.count({ device: 'mic-' })).toBe(0);
    expect(repository.count({ device: "mic-a' or '1'='1" })).toBe(0);
    expect(repository.count({})).toBe(2);
  });
});

describe('the total', () => {
  it('counts what was there and what the indexer tells of', () => {
    const { connection, bus } = setUp();
    fill(connection, [{ device: 'mic-a', timeMs: 1 }]);
    const repository = new RecordingsRepository(connection, '/data', bus);
    expect(repository.total).toBe(1);
    bus.emit('recording.indexed', { id: 2, device: 'mic-a', time: '2026-05-01T12:00:00.000Z' });
    expect(repository.total).toBe(2);
  });
});

describe('one recording', () => {
  it('is found by its number, or is not there', () => {
    const { connection, repository } = setUp();
    const id = insertRecording(connection, { device: 'mic-a', indexedAtMs: NOON });
    expect(repository.get(id)?.id).toBe(id);
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

  it('that was written last tells when, however old its sound', () => {
    const { connection, repository } = setUp();
    expect(repository.lastIndexedAtMs()).toBeNull();
    insertRecording(connection, { device: 'mic-a', timeMs: NOON, indexedAtMs: 1 });
    insertRecording(connection, { device: 'mic-a', timeMs: 0, indexedAtMs: 2 });
    expect(repository.lastIndexedAtMs()).toBe(2);
  });
});
