import type { Recording } from '@shared/model/recording';
import { describe, expect, test } from 'vitest';
import { stepRow } from '../../../renderer/components/step-row';
import {
  chooseDay,
  chosenDay,
  filterProblem,
  NO_FILTER,
  partsOf,
  toggleState,
  toRecordingFilter,
  without,
  type ChosenFilter,
} from '../../../renderer/features/recordings/recording-filter';
import {
  findNews,
  hasUpdates,
  mergeNewest,
  toRows,
  type RecordingPages,
} from '../../../renderer/features/recordings/recording-rows';

const row = (id: number, changes: Partial<Recording> = {}): Recording =>
  ({
    id,
    time: new Date(id * 10_000).toISOString(),
    device: 'a',
    uploaded: false,
    ...changes,
  }) as Recording;
const pages = (...lists: number[][]): RecordingPages => ({
  pages: lists.map((ids) => ({ items: ids.map((id) => row(id)), nextCursor: null })),
  pageParams: lists.map(() => undefined),
});
const ids = (rows: readonly Recording[]): number[] => rows.map(({ id }) => id);

describe('new recordings', () => {
  const rows = toRows(pages([9, 8, 7], [6, 5]));
  const part = { newestIsAll: false, rowsReachEnd: false };

  test('are those that are not loaded yet', () => {
    expect(ids(findNews(rows, [row(11), row(10), row(9)], part).fresh)).toEqual([11, 10]);
  });

  test('leave a gap when none of the newest is known', () => {
    expect(findNews(rows, [row(30), row(29)], part).gap).toBe(true);
    expect(findNews(rows, [row(10), row(9)], part).gap).toBe(false);
    expect(findNews([], [row(30)], part).gap).toBe(false);
    // All there is was asked for: nothing can lie between.
    expect(findNews(rows, [row(30)], { ...part, newestIsAll: true }).gap).toBe(false);
  });

  test('that are older than what is loaded come with their own page', () => {
    expect(findNews(rows, [row(9), row(3)], part).fresh).toEqual([]);
    expect(ids(findNews(rows, [row(9), row(3)], { ...part, rowsReachEnd: true }).fresh)).toEqual([
      3,
    ]);
  });

  test('go in where their time puts them, each once', () => {
    const merged = mergeNewest(pages([9, 7], [6]), [row(10), row(8)], [row(10), row(8)]);
    expect(ids(toRows(merged))).toEqual([10, 9, 8, 7, 6]);
    expect(ids(toRows(mergeNewest(merged, [row(10)], [row(10)])))).toEqual([10, 9, 8, 7, 6]);
  });

  test('bring known ones up to date in place', () => {
    const uploaded = row(7, { uploaded: true });
    expect(hasUpdates(rows, [uploaded])).toBe(true);
    expect(hasUpdates(rows, [row(7)])).toBe(false);
    const merged = toRows(mergeNewest(pages([9, 8, 7]), [uploaded], []));
    expect(merged.find(({ id }) => id === 7)?.uploaded).toBe(true);
  });
});

test('recordings of the same moment keep one order', () => {
  const same = { time: '2026-07-01T00:00:00.000Z' };
  const merged = mergeNewest(pages([]), [], [row(1, same), row(2, same)]);
  expect(ids(toRows(merged))).toEqual([2, 1]);
});

describe('a chosen filter', () => {
  const chosen = (changes: Partial<ChosenFilter>): ChosenFilter => ({ ...NO_FILTER, ...changes });
  const oneDay = { fromDay: '2026-07-01', toDay: '2026-07-01' };

  test('of a range of days is whole days of the zone, end exclusive', () => {
    expect(toRecordingFilter(chosen({ device: 'a', ...oneDay }), 'Europe/Berlin')).toEqual({
      device: 'a',
      from: '2026-06-30T22:00:00.000Z',
      to: '2026-07-01T22:00:00.000Z',
    });
    expect(toRecordingFilter(NO_FILTER, 'UTC')).toEqual({});
  });

  test('is cut by a time of day', () => {
    const night = chosen({ ...oneDay, fromTime: '20:30', toTime: '2330' });
    expect(toRecordingFilter(night, 'UTC')).toEqual({
      from: '2026-07-01T20:30:00.000Z',
      to: '2026-07-01T23:30:00.000Z',
    });
    expect(filterProblem(night)).toBeNull();
    expect(filterProblem(chosen({ ...oneDay, fromTime: '23:00', toTime: '22:00' }))).toBe('range');
  });

  test('says what is wrong with it, and is not sent then', () => {
    expect(filterProblem(chosen({ fromDay: '2026-07-02', toDay: '2026-07-01' }))).toBe('range');
    expect(filterProblem(chosen({ fromTime: '25:00' }))).toBe('time');
    expect(filterProblem(chosen({ minDurationS: '-1' }))).toBe('number');
    expect(filterProblem(chosen({ maxDurationS: 'x' }))).toBe('number');
    expect(filterProblem(chosen({ minDurationS: '5', maxDurationS: '4,5' }))).toBe('duration');
    expect(filterProblem(chosen({ minDurationS: '4,5', maxDurationS: '5' }))).toBeNull();
  });

  test('goes part by part', () => {
    const full = chosen({
      text: ' owl ',
      tags: ['night'],
      ...oneDay,
      maxDurationS: '4,5',
      states: ['protected', 'notHere'],
      source: 'import',
    });
    expect(toRecordingFilter(full, 'UTC')).toEqual({
      text: 'owl',
      tags: ['night'],
      from: '2026-07-01T00:00:00.000Z',
      to: '2026-07-02T00:00:00.000Z',
      maxDurationS: 4.5,
      protected: true,
      localDeleted: true,
      source: 'import',
    });
    expect(partsOf(full).reduce(without, full)).toEqual(NO_FILTER);
  });

  test('cannot ask for a state and its opposite', () => {
    const gone = toggleState(toggleState(NO_FILTER, 'here'), 'notHere');
    expect(gone.states).toEqual(['notHere']);
    expect(toggleState(gone, 'notHere')).toEqual(NO_FILTER);
  });

  test.each([
    ['Europe/Berlin', 'Europe/Berlin', '2026-03-29'],
    ['Europe/Berlin', 'UTC', '2026-03-29'],
    ['Asia/Kolkata', 'UTC', '2026-10-25'],
    ['America/St_Johns', 'Europe/Berlin', '2026-11-01'],
  ])(
    'of one day of the station in %s, shown in %s, is exactly that day',
    (stationZone, shownZone, day) => {
      const filter = toRecordingFilter(
        chooseDay(NO_FILTER, day, { stationZone, shownZone }),
        shownZone,
      );
      expect(chosenDay(filter, stationZone)).toBe(day);
      expect(filter).toEqual(
        toRecordingFilter(
          chooseDay(NO_FILTER, day, { stationZone, shownZone: stationZone }),
          stationZone,
        ),
      );
    },
  );

  test('of other ranges is no day', () => {
    expect(
      chosenDay(toRecordingFilter(chosen({ ...oneDay, fromTime: '1:00' }), 'UTC'), 'UTC'),
    ).toBeNull();
    expect(chosenDay({}, 'UTC')).toBeNull();
  });
});

test.each([
  ['ArrowDown', 4, 5],
  ['ArrowUp', 0, 0],
  ['PageDown', 95, 99],
  ['PageUp', 20, 11],
  ['Home', 50, 0],
  ['End', 50, 99],
  ['a', 50, null],
])('%s leads from row %d to %s', (key, from, to) => {
  expect(stepRow(key, from, 100, 10)).toBe(to);
});
