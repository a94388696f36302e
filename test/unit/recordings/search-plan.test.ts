import { describe, expect, it } from 'vitest';
import type { RecordingFilter } from '@shared/model/recording';
import { type PageRequest, RecordingSearch } from '@main/recordings/search';
import {
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

/** The statement that finds the rows of a page, with its plan. */
function keysOf(request: Partial<PageRequest>, limits?: Limits): { sql: string; plan: string } {
  const connection = stationDatabase();
  insertDevice(connection, 'mic');
  insertRecordings(connection, 3, { device: 'mic', timeMs: NOON, title: 'x' });
  connection.sqlite.exec("insert into tags (name) values ('bat'), ('owl')");
  const search = new RecordingSearch(connection.sqlite, limits);
  const queries = watchQueries(connection).of(() =>
    search.page({ order: 'newest_first', limit: 100, ...request }),
  );
  const [keys] = queries.filter(({ sql }) => sql.startsWith('select r.id'));
  return keys!;
}

/** There is much of everything. */
const NOTHING_IS_FEW: Limits = { few: -1, many: -1, hope: 10 };

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

  it.each<RecordingFilter>([
    { maxDurationS: 5 },
    { tags: ['bat', 'owl'] },
    { label: 'Parus major' },
    { text: 'owl' },
  ])('%j is walked past in order of time where there is much of it', (filter) => {
    const { plan } = keysOf({ ...filter, cursor }, NOTHING_IS_FEW);
    expect(plan).toContain('USING INDEX ix_recordings_time');
    expect(plan).not.toMatch(SORTED_BY_HAND);
    // Each row on the way is asked for its tag or label by index.
    expect(plan).not.toMatch(/SCAN (k|d)\b/);
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
    [{}, /SEARCH recording_quarters/],
    [{ device: 'mic' }, /SEARCH recording_quarters .*\(device=\? AND quarter_ms/],
    [time, /SEARCH recording_quarters/],
  ])('%j adds up quarters of an hour and reads no recording', (filter, plan) => {
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
});
