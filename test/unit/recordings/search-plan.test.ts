import { describe, expect, it } from 'vitest';
import type { RecordingFilter } from '@shared/model/recording';
import { type PageRequest, RecordingSearch } from '@main/recordings/search';
import {
  choosePageSource,
  chooseSource,
  type Limits,
  type Source,
  sourcesOf,
  walkInOrder,
} from '@main/recordings/search-plan';
import { watchQueries } from '../../support/query-plans';
import { insertRecordings } from '../../support/sample-library';
import { insertDevice } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const SORTED_BY_HAND = /TEMP B-TREE FOR ORDER/;
const WALKED_WHOLE = /SCAN recordings\b(?!_)|SCAN r\b(?! USING)/;
const NOON = Date.UTC(2026, 4, 1, 12);

interface Query {
  readonly sql: string;
  readonly plan: string;
}

/** Every statement of a page, with its plan. */
function queriesOf(request: Partial<PageRequest>, limits?: Limits): Query[] {
  const connection = stationDatabase();
  insertDevice(connection, 'mic');
  insertRecordings(connection, 3, { device: 'mic', timeMs: NOON, title: 'x' });
  connection.sqlite.exec("insert into tags (name) values ('bat'), ('owl')");
  const search = new RecordingSearch(connection.sqlite, limits);
  return watchQueries(connection).of(() =>
    search.page({ order: 'newest_first', limit: 100, ...request }),
  );
}

/** The statement that finds the rows of a page, with its plan. */
function keysOf(request: Partial<PageRequest>, limits?: Limits): Query {
  const [keys] = queriesOf(request, limits).filter(({ sql }) => sql.startsWith('select r.id'));
  return keys!;
}

/** There is much of everything. */
const NOTHING_IS_FEW: Limits = { handful: -1, few: -1, many: -1, hope: 10 };
/** Each kind can be counted, and is too much to read for a page. */
const NOTHING_IS_A_HANDFUL: Limits = { handful: -1, few: 100, many: 100, hope: 10 };

const orders = ['newest_first', 'oldest_first'] as const;
const cursor = '1767225600000.42';
const time = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };

describe('a page in order of time', () => {
  const requests: { name: string; index: string; request: Partial<PageRequest> }[] = [
    { name: 'the first', index: 'ix_recordings_time', request: {} },
    { name: 'a later one', index: 'ix_recordings_time', request: { cursor } },
    {
      name: 'a later one within a time',
      index: 'ix_recordings_time',
      request: { cursor, ...time },
    },
    {
      name: 'the first of a device',
      index: 'ix_recordings_device_time',
      request: { device: 'mic' },
    },
    {
      name: 'a later one of a device',
      index: 'ix_recordings_device_time',
      request: { device: 'mic', cursor },
    },
    {
      name: 'a later one of a device within a time',
      index: 'ix_recordings_device_time',
      request: { device: 'mic', cursor, ...time },
    },
    { name: 'the first of the bin', index: 'ix_recordings_bin', request: { bin: true } },
    { name: 'a later one of the bin', index: 'ix_recordings_bin', request: { bin: true, cursor } },
  ];

  it.each(orders.flatMap((order) => requests.map((one) => ({ ...one, order }))))(
    '($name, $order) walks $index and sorts nothing',
    ({ index, request, order }) => {
      const { plan } = keysOf({ ...request, order });
      expect(plan).toContain(`USING INDEX ${index}`);
      expect(plan).not.toMatch(SORTED_BY_HAND);
      // Not merely scanned in order: the cursor is where the walk begins.
      if (request.cursor !== undefined) expect(plan).toMatch(/SEARCH .*time_ms/);
    },
  );
});

describe('a page of a state that few recordings have', () => {
  const states: [RecordingFilter, string][] = [
    [{ damaged: true }, 'ix_recordings_damaged'],
    [{ protected: true }, 'ix_recordings_protected'],
    [{ recovered: true }, 'ix_recordings_recovered'],
    [{ clockUnsynced: true }, 'ix_recordings_clock_unsynced'],
    [{ source: 'import' }, 'ix_recordings_imported'],
    [{ localDeleted: true }, 'ix_recordings_absent'],
    [{ localDeleted: false }, 'ix_recordings_analysis_pending'],
    [{ uploaded: true }, 'ix_recordings_uploaded'],
    [{ uploaded: false }, 'ix_recordings_uploaded'],
  ];

  it.each(states)('%j walks %s and sorts nothing', (filter, index) => {
    for (const order of orders) {
      const { plan } = keysOf({ ...filter, order, cursor });
      expect(plan).toMatch(new RegExp(`SEARCH r USING (COVERING )?INDEX ${index}`));
      expect(plan).not.toMatch(SORTED_BY_HAND);
    }
  });

  it.each(states)('%j walks %s, too, where many have it', (filter, index) => {
    const { plan } = keysOf({ ...filter, device: 'mic', cursor }, NOTHING_IS_FEW);
    expect(plan).toMatch(new RegExp(`SEARCH r USING (COVERING )?INDEX ${index}`));
    expect(plan).not.toMatch(SORTED_BY_HAND);
  });
});

describe('a page of what an index of its own finds', () => {
  it.each<[RecordingFilter, RegExp]>([
    [{ maxDurationS: 5 }, /SEARCH r USING COVERING INDEX ix_recordings_duration \(duration_s</],
    [
      { minDurationS: 1, maxDurationS: 5 },
      /SEARCH r USING COVERING INDEX ix_recordings_duration \(duration_s>/,
    ],
    [
      { tags: ['bat'] },
      /SEARCH k USING COVERING INDEX ix_recording_tags_tag .*SEARCH r USING COVERING INDEX ix_recordings_place \(id=\?\)/,
    ],
    [
      { label: 'Parus major' },
      /SEARCH detections USING COVERING INDEX ix_detections_label .*SEARCH r USING COVERING INDEX ix_recordings_place \(id=\?\)/,
    ],
    [
      { text: 'owl' },
      /SCAN recordings_fts VIRTUAL TABLE INDEX.*SEARCH r USING COVERING INDEX ix_recordings_place \(id=\?\)/,
    ],
  ])('%j reads just these', (filter, expected) => {
    const { plan } = keysOf(filter);
    expect(plan).toMatch(expected);
    expect(plan).not.toMatch(WALKED_WHOLE);
  });

  it('is walked past in order of time where there is much that has a length', () => {
    const { plan } = keysOf({ maxDurationS: 5, cursor }, NOTHING_IS_FEW);
    expect(plan).toContain('USING INDEX ix_recordings_time');
    expect(plan).not.toMatch(SORTED_BY_HAND);
  });

  it.each<[RecordingFilter, RegExp]>([
    [
      { tags: ['bat', 'owl'] },
      /SEARCH k USING COVERING INDEX ix_recording_tags_tag \(tag_id=\? AND recording_id>\? AND recording_id<\?\)/,
    ],
    [
      { label: 'Parus major' },
      /SEARCH detections USING COVERING INDEX ix_detections_label \(label=\? AND recording_id>\? AND recording_id<\?\)/,
    ],
    [{ text: 'owl' }, /SCAN recordings_fts VIRTUAL TABLE INDEX 0:M4></],
  ])('%j is read block by block of numbers where there is much of it', (filter, expected) => {
    for (const limits of [NOTHING_IS_FEW, NOTHING_IS_A_HANDFUL]) {
      const { plan } = keysOf(filter, limits);
      expect(plan).toMatch(expected);
      expect(plan).toMatch(/SEARCH r USING COVERING INDEX ix_recordings_place \(id=\?\)/);
      expect(plan).not.toMatch(WALKED_WHOLE);
    }
  });

  it.each(orders)('finds the next blocks (%s) on an index', (order) => {
    const queries = queriesOf({ text: 'owl', order, cursor }, NOTHING_IS_FEW);
    const [blocks] = queries.filter(({ sql }) => sql.startsWith('select block, '));
    expect(blocks!.plan).toMatch(/SEARCH recording_blocks USING COVERING INDEX/);
    expect(blocks!.plan).not.toMatch(SORTED_BY_HAND);
  });

  it('reads a recording at once where more of it is asked for than its time', () => {
    const { plan } = keysOf({ text: 'owl', device: 'mic' }, NOTHING_IS_FEW);
    expect(plan).toContain('SEARCH r USING INTEGER PRIMARY KEY');
  });
});

describe('the rows of a page', () => {
  it('are read by their numbers, with their tags and detections', () => {
    const connection = stationDatabase();
    const search = new RecordingSearch(connection.sqlite);
    const [query] = watchQueries(connection).of(() => search.byIds([1, 2]));
    expect(query!.plan).toContain('SEARCH r USING INTEGER PRIMARY KEY');
    expect(query!.plan).toContain('SEARCH d USING COVERING INDEX ix_detections_recording');
    expect(query!.plan).toMatch(/SEARCH k USING .*\(recording_id=\?\)/);
  });
});

describe('counting', () => {
  it.each<[RecordingFilter, RegExp]>([
    // All there ever was: a row for each device, whatever the years.
    [{}, /^SCAN recording_totals$/],
    [{ device: 'mic' }, /^SEARCH recording_totals .*\(device=\?\)$/],
    [time, /SEARCH recording_quarters/],
    [{ ...time, device: 'mic' }, /SEARCH recording_quarters .*\(device=\? AND quarter_ms/],
  ])('%j adds up what is counted already and reads no recording', (filter, plan) => {
    const connection = stationDatabase();
    const search = new RecordingSearch(connection.sqlite);
    const queries = watchQueries(connection).of(() => search.count(filter));
    expect(queries).toHaveLength(1);
    expect(queries[0]!.plan).toMatch(plan);
  });

  it('reads the recordings of a begun quarter by their time', () => {
    const connection = stationDatabase();
    const search = new RecordingSearch(connection.sqlite);
    const queries = watchQueries(connection).of(() =>
      search.count({ device: 'mic', from: '2026-01-01T00:01:00Z', to: '2026-02-01T00:01:00Z' }),
    );
    expect(queries).toHaveLength(3);
    for (const { plan } of queries.slice(1)) {
      expect(plan).toMatch(
        /SEARCH r USING INDEX ix_recordings_device_time \(device=\? AND time_ms>\? AND time_ms<\?\)/,
      );
    }
  });

  it('by day adds up quarters of an hour', () => {
    const connection = stationDatabase();
    const search = new RecordingSearch(connection.sqlite);
    const days = { timezone: 'Europe/Berlin', from: '2026-05-01', to: '2026-05-31' };
    for (const filter of [{}, { device: 'mic' }]) {
      const queries = watchQueries(connection).of(() => search.days(filter, days));
      expect(queries).toHaveLength(1);
      expect(queries[0]!.plan).toMatch(/SEARCH recording_quarters/);
      expect(queries[0]!.plan).not.toMatch(/TEMP B-TREE/);
    }
  });
});

describe('which rows are walked', () => {
  const looked = { filter: { protected: true, tags: ['bat'] }, tagIds: [1], match: null };
  const inOrder = walkInOrder(looked.filter);
  const [protectedOnes, tagged] = sourcesOf(looked) as [Source, Source];
  const sampled = (inTime: number, marked: number, borne: number) => [
    { source: inOrder, rows: inTime },
    { source: protectedOnes, rows: marked },
    { source: tagged, rows: borne },
  ];

  it.each([
    ['those with the tag, the fewest', sampled(101, 50, 3), tagged],
    ['those in the state, the fewest', sampled(101, 2, 3), protectedOnes],
    ['those in the time, the fewest', sampled(1, 2, 3), inOrder],
    ['those in the state, in order, where none are few', sampled(101, 101, 101), protectedOnes],
    ['in order of time where as many', sampled(3, 3, 3), inOrder],
    ['few of one kind, however many there are of others', sampled(101, 101, 100), tagged],
  ])('%s', (_, rows, expected) => {
    expect(chooseSource(rows, inOrder, 100)).toBe(expected);
  });

  it.each([
    ['those with the tag, by number, where none are few', sampled(101, 101, 101), tagged],
    ['those in the state, where they are the fewest', sampled(101, 2, 101), protectedOnes],
    ['those in the time, where they are the fewest', sampled(1, 101, 101), inOrder],
  ])('for one page: %s', (_, rows, expected) => {
    expect(choosePageSource(rows, inOrder, 100)).toBe(expected);
  });

  it('for one page: those with the words rather than those with the tag', () => {
    const both = { filter: { tags: ['bat'], text: 'owl' }, tagIds: [1], match: '"owl"*' };
    const sources = [inOrder, ...sourcesOf(both)];
    const much = sources.map((source) => ({ source, rows: 101 }));
    expect(choosePageSource(much, inOrder, 100).name).toBe('text');
  });
});
