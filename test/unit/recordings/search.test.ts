import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Recording, type RecordingFilter, recordingPageSchema } from '@shared/model/recording';
import type { Connection } from '@main/database/connection';
import { CursorError } from '@main/recordings/cursor';
import { type PageRequest, RecordingSearch } from '@main/recordings/search';
import { LIMITS } from '@main/recordings/search-plan';
import { addDetections, addTags } from '../../support/sample-library';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const NOON = Date.UTC(2026, 4, 1, 12);

function setUp() {
  const connection = stationDatabase();
  insertDevice(connection, 'mic-a');
  insertDevice(connection, 'mic-b');
  return { connection, search: new RecordingSearch(connection.sqlite) };
}

/** Follows the cursors to the end. */
function everyPage(search: RecordingSearch, request: PageRequest): Recording[][] {
  const pages: Recording[][] = [];
  let cursor: string | undefined;
  do {
    const page = search.page({ ...request, cursor });
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

const sample = fc.record({
  device: fc.constantFrom('mic-a', 'mic-b'),
  // Few times, so that many recordings share one; before 1970 too, for clocks that were never set.
  timeMs: fc.integer({ min: -2, max: 4 }).map((n) => n * 600_000),
  durationS: fc.constantFrom(0, 3.5, 10),
  source: fc.constantFrom('recorder' as const, 'import' as const),
  protected: fc.boolean(),
  uploaded: fc.boolean(),
  localDeleted: fc.boolean(),
  recovered: fc.boolean(),
  clockUnsynced: fc.boolean(),
  integrity: fc.constantFrom(null, 'ok' as const, 'corrupt' as const, 'missing' as const),
  title: fc.constantFrom(null, 'Great tit', 'Blue tit at dawn'),
  notes: fc.constantFrom(null, 'dawn chorus', 'titanic'),
  inBin: fc.boolean(),
  tags: fc.subarray(['bat', 'owl']),
  labels: fc.subarray(['Parus major', 'Strix aluco']),
});
type Sample = typeof sample extends fc.Arbitrary<infer T> ? T : never;

const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(values, { nil: undefined, freq: 3 });
const instant = fc
  .integer({ min: -3, max: 5 })
  .map((n) => new Date(n * 600_000 + 300_000).toISOString());
const filters = fc
  .record({
    device: maybe(fc.constantFrom('mic-a', 'mic-b', 'mic-c')),
    from: maybe(instant),
    to: maybe(instant),
    text: maybe(fc.constantFrom('tit', 'dawn t', 'great', 'nothing', '-')),
    tags: maybe(fc.constantFrom(['bat'], ['owl', 'bat'], ['newt'])),
    minDurationS: maybe(fc.constantFrom(0, 3.5, 5)),
    maxDurationS: maybe(fc.constantFrom(3.5, 9)),
    source: maybe(fc.constantFrom('recorder' as const, 'import' as const)),
    protected: maybe(fc.boolean()),
    uploaded: maybe(fc.boolean()),
    localDeleted: maybe(fc.boolean()),
    recovered: maybe(fc.boolean()),
    clockUnsynced: maybe(fc.boolean()),
    damaged: maybe(fc.constant(true as const)),
    label: maybe(fc.constantFrom('Strix aluco', 'Strix')),
    bin: maybe(fc.boolean()),
  })
  // Three conditions at most, else hardly anything is ever found.
  .chain((filter) =>
    fc
      .shuffledSubarray(Object.keys(filter) as (keyof typeof filter)[], { maxLength: 3 })
      .map((keys): RecordingFilter => Object.fromEntries(keys.map((key) => [key, filter[key]]))),
  );

/** The filter in other words. */
function isFound(one: Sample, filter: RecordingFilter): boolean {
  const words = `${one.title ?? ''} ${one.notes ?? ''}`.toLowerCase().split(/\W+/);
  const asked = filter.text?.split(/\W+/).filter((word) => word !== '');
  const same = <T>(wanted: T | undefined, is: T): boolean => wanted === undefined || wanted === is;
  return (
    one.inBin === (filter.bin ?? false) &&
    same(filter.device, one.device) &&
    (filter.from === undefined || one.timeMs >= Date.parse(filter.from)) &&
    (filter.to === undefined || one.timeMs < Date.parse(filter.to)) &&
    (asked === undefined ||
      (asked.length > 0 &&
        asked.every((word, n) =>
          words.some((own) => (n === asked.length - 1 ? own.startsWith(word) : own === word)),
        ))) &&
    (filter.tags ?? []).every((tag) => one.tags.includes(tag)) &&
    one.durationS >= (filter.minDurationS ?? 0) &&
    one.durationS <= (filter.maxDurationS ?? Infinity) &&
    same(filter.source, one.source) &&
    same(filter.protected, one.protected) &&
    same(filter.uploaded, one.uploaded) &&
    same(filter.localDeleted, one.localDeleted) &&
    same(filter.recovered, one.recovered) &&
    same(filter.clockUnsynced, one.clockUnsynced) &&
    (filter.damaged !== true || (one.integrity !== null && one.integrity !== 'ok')) &&
    (filter.label === undefined || one.labels.includes(filter.label))
  );
}

describe('what a filter finds', () => {
  it('is the same page by page, in number, by day and as a selection, whichever way it is looked for', () => {
    const { connection } = setUp();
    const request = fc.record({
      order: fc.constantFrom('newest_first' as const, 'oldest_first' as const),
      limit: fc.integer({ min: 1, max: 7 }),
    });
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 12 }),
        fc.array(filters, { minLength: 3, maxLength: 3 }),
        request,
        // Nothing is few: everything is walked in order of time, at once or after some hope. All is few: the
        // smallest set is read whole.
        fc.constantFrom(
          LIMITS,
          { handful: 2, few: 3, many: 6, hope: 1 },
          { handful: -1, few: 100, many: 100, hope: 2 },
          { handful: -1, few: -1, many: 100, hope: 2 },
          { handful: -1, few: -1, many: -1, hope: 2 },
          { handful: 100, few: -1, many: -1, hope: 100 },
        ),
        (samples, some, { order, limit }, limits) => {
          if (connection.sqlite.inTransaction) connection.sqlite.exec('rollback'); // the last one failed
          connection.sqlite.exec('begin');
          const rows = samples.map((one, n) => {
            const { inBin, tags, labels, ...columns } = one;
            const id = insertRecording(connection, {
              ...columns,
              // Two or three in each block of numbers, whose spans of time overlap.
              id: 1 + n * 100,
              ...(inBin ? { deletedAtMs: 1 } : {}),
            });
            addTags(connection, id, tags);
            addDetections(connection, id, [...labels, ...labels]);
            return { ...one, id };
          });
          const search = new RecordingSearch(connection.sqlite, limits);
          for (const filter of some) {
            const found = rows
              .filter((one) => isFound(one, filter))
              .sort((a, b) => a.timeMs - b.timeMs || a.id - b.id);
            const inOrder = found.map(({ id }) => id);
            if (order === 'newest_first') inOrder.reverse();
            const pages = everyPage(search, { ...filter, order, limit });
            expect(ids(pages.flat())).toEqual(inOrder);
            for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
            expect(search.count(filter)).toBe(found.length);
            expect([...search.ids({ filter })].sort((a, b) => a - b)).toEqual(
              found.map(({ id }) => id).sort((a, b) => a - b),
            );
            const { from: _from, to: _to, ...anyTime } = filter;
            const days = { timezone: 'UTC', from: '1969-12-31', to: '1970-01-01' };
            const ofDays = rows.filter((one) => isFound(one, anyTime));
            const perDay = new Map<string, number>();
            for (const { timeMs } of ofDays) {
              const day = new Date(timeMs).toISOString().slice(0, 10);
              perDay.set(day, (perDay.get(day) ?? 0) + 1);
            }
            expect(
              search.days(anyTime, days).map(({ day, recordings }) => [day, recordings]),
            ).toEqual([...perDay].sort());
            const doomed = found.filter((one) => one.inBin && !one.protected);
            expect(search.purgePlan({ filter }).recordings).toBe(doomed.length);
            expect(search.purgeable({ filter })).toEqual(
              doomed.map(({ id }) => id).sort((a, b) => a - b),
            );
          }
          connection.sqlite.exec('rollback');
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  }, 30_000);
});

describe('pages of recordings', () => {
  it('by words are in order of number where recordings of one moment lie in different blocks', () => {
    const { connection } = setUp();
    for (const [id, timeMs] of [
      [1, 10],
      [2, 5],
      [3, 5],
      [300, 5],
      [301, 0],
      [600, 0],
    ] as const) {
      insertRecording(connection, { device: 'mic-a', id, timeMs, title: 'owl' });
    }
    const limits = { handful: -1, few: -1, many: -1, hope: 1 };
    const search = new RecordingSearch(connection.sqlite, limits);
    const found = (order: PageRequest['order']): number[][] =>
      everyPage(search, { order, limit: 2, text: 'owl' }).map(ids);
    expect(found('newest_first')).toEqual([
      [1, 300],
      [3, 2],
      [600, 301],
    ]);
    expect(found('oldest_first')).toEqual([
      [301, 600],
      [2, 3],
      [300, 1],
    ]);
  });

  it('neither skip nor double when recordings come in between two of them', () => {
    const { connection, search } = setUp();
    const old = fill(
      connection,
      Array.from({ length: 6 }, (_, n) => ({ device: 'mic-a', timeMs: n })),
    );
    const first = search.page({ order: 'newest_first', limit: 3 });
    fill(connection, [{ device: 'mic-a', timeMs: 100 }]);
    const second = search.page({ order: 'newest_first', limit: 3, cursor: first.nextCursor! });
    expect(ids([...first.items, ...second.items])).toEqual([...old].reverse());
  });

  it('end without a cursor, also when the last is full', () => {
    const { connection, search } = setUp();
    fill(
      connection,
      [1, 2].map((timeMs) => ({ device: 'mic-a', timeMs })),
    );
    expect(search.page({ order: 'oldest_first', limit: 2 }).nextCursor).toBeNull();
    expect(search.page({ order: 'oldest_first', limit: 1 }).nextCursor).not.toBeNull();
  });

  it('are what the contract says', () => {
    const { connection, search } = setUp();
    const id = insertRecording(connection, {
      device: 'mic-a',
      timeMs: NOON,
      runId: 'aaaaaaaa',
      sequence: 3,
      title: 'A title',
      protected: true,
      integrity: 'corrupt',
      verifiedAtMs: NOON + 1000,
    });
    addTags(connection, id, ['zoo', 'bat']);
    addDetections(connection, id, ['a', 'b', 'a']);
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
      source: 'import',
      originalName: 'x.wav',
      timeSource: 'guano',
    });
    const page = search.page({ order: 'newest_first', limit: 10 });
    expect(recordingPageSchema.parse(page)).toEqual(page);
    expect(page.items[0]).toMatchObject({
      device: 'mic-a',
      time: '2026-05-01T12:00:00.000Z',
      runId: 'aaaaaaaa',
      sequence: 3,
      processed: null,
      raw: { frames: 480_000, sha256: null },
      title: 'A title',
      tags: ['bat', 'zoo'],
      detections: 3,
      protected: true,
      integrity: 'corrupt',
      verifiedAt: '2026-05-01T12:00:01.000Z',
      source: 'recorder',
    });
    expect(page.items[1]).toMatchObject({
      raw: null,
      processed: { path: 'p.wav', frames: 0 },
      tags: [],
      detections: 0,
      source: 'import',
      originalName: 'x.wav',
      timeSource: 'guano',
    });
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
    const { search } = setUp();
    expect(() => search.page({ order: 'newest_first', limit: 1, cursor })).toThrow(CursorError);
  });
});

describe('a filter', () => {
  it('takes the first moment in and the last one not', () => {
    const { connection, search } = setUp();
    const [, second, third] = fill(
      connection,
      [0, 1000, 1999, 2000].map((ms) => ({ device: 'mic-a', timeMs: NOON + ms })),
    );
    const filter = { from: '2026-05-01T12:00:01Z', to: '2026-05-01T12:00:02.000Z' };
    const { items } = search.page({ order: 'oldest_first', limit: 10, ...filter });
    expect(ids(items)).toEqual([second, third]);
    expect(search.count(filter)).toBe(2);
  });

  it('of a time that ends before it begins finds nothing', () => {
    const { connection, search } = setUp();
    fill(connection, [{ device: 'mic-a', timeMs: NOON }]);
    const filter = { from: '2026-05-02T12:00:00Z', to: '2026-05-01T00:00:00Z' };
    expect(search.count(filter)).toBe(0);
    expect(search.page({ order: 'oldest_first', limit: 10, ...filter }).items).toEqual([]);
  });

  it('by device takes exactly that device', () => {
    const { connection, search } = setUp();
    fill(connection, [
      { device: 'mic-a', timeMs: 1 },
      { device: 'mic-b', timeMs: 2 },
    ]);
    expect(search.count({ device: 'mic-a' })).toBe(1);
    expect(search.count({ device: 'mic-' })).toBe(0);
    expect(search.count({ device: "mic-a' or '1'='1" })).toBe(0);
    expect(search.count({})).toBe(2);
  });

  it('by text takes every word, and the last one as the start of one', () => {
    const { connection, search } = setUp();
    const of = (title: string): number =>
      insertRecording(connection, { device: 'mic-a', title, timeMs: 1 });
    const nightingale = of('Nachtigall im Röhricht');
    const night = of('Nacht am See');
    const found = (text: string): number[] => search.ids({ filter: { text } });
    expect(found('nacht').sort()).toEqual([nightingale, night].sort());
    expect(found('nacht see')).toEqual([night]);
    expect(found('nachtigal im')).toEqual([]);
    expect(found('rohricht')).toEqual([nightingale]);
    expect(found('im nachtigall ro')).toEqual([nightingale]);
  });

  it('by text finds no row that was written otherwise since, and the words that are there now', () => {
    const { connection, search } = setUp();
    const id = insertRecording(connection, { device: 'mic-a', title: 'owl' });
    connection.sqlite.prepare('update recordings set title = ? where id = ?').run('bat', id);
    expect(search.ids({ filter: { text: 'owl' } })).toEqual([]);
    expect(search.ids({ filter: { text: 'bat' } })).toEqual([id]);
  });
});

describe('tags', () => {
  it('are told with how often they are used outside the bin', () => {
    const { connection, search } = setUp();
    const [a, b, c] = fill(
      connection,
      [1, 2, 3].map((timeMs) => ({ device: 'mic-a', timeMs })),
    );
    addTags(connection, a!, ['owl', 'bat']);
    addTags(connection, b!, ['bat']);
    addTags(connection, c!, ['bat', 'newt']);
    connection.sqlite.prepare('update recordings set deleted_at_ms = 1 where id = ?').run(c);
    expect(search.tags()).toEqual([
      { name: 'bat', recordings: 2 },
      { name: 'owl', recordings: 1 },
    ]);
  });
});

describe('the plan of a purge', () => {
  it('tells files and bytes that are here, and what is nowhere else', () => {
    const { connection, search } = setUp();
    const inBin = { device: 'mic-a', deletedAtMs: 5, rawSizeBytes: 100 };
    const [first, , third, ...others] = [
      insertRecording(connection, { ...inBin, timeMs: NOON }),
      insertRecording(connection, {
        ...inBin,
        timeMs: NOON + 1000,
        uploaded: true,
        processedPath: 'q.wav',
        processedSizeBytes: 10,
      }),
      // Its file is gone already.
      insertRecording(connection, { ...inBin, timeMs: NOON + 2000, localDeleted: true }),
      insertRecording(connection, { ...inBin, protected: true }),
      insertRecording(connection, { ...inBin, deletedAtMs: null }),
    ];
    expect(search.purgePlan({ filter: { bin: true } })).toEqual({
      recordings: 3,
      files: 3,
      bytes: 210,
      notUploaded: 2,
      from: '2026-05-01T12:00:00.000Z',
      to: '2026-05-01T12:00:02.000Z',
    });
    expect(search.purgePlan({ ids: [third, first, ...others] })).toMatchObject({ recordings: 2 });
    expect(search.purgePlan({ filter: {} })).toEqual({
      recordings: 0,
      files: 0,
      bytes: 0,
      notUploaded: 0,
      from: null,
      to: null,
    });
  });
});
