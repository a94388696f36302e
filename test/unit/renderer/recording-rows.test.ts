import type { Recording } from '@shared/model/recording';
import { describe, expect, test } from 'vitest';
import { stepRow } from '../../../renderer/components/step-row';
import {
  rangeIsBackwards,
  toRecordingFilter,
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

test('a range of days is whole days of the zone, end exclusive', () => {
  expect(
    toRecordingFilter({ device: 'a', fromDay: '2026-07-01', toDay: '2026-07-01' }, 'Europe/Berlin'),
  ).toEqual({
    device: 'a',
    from: '2026-06-30T22:00:00.000Z',
    to: '2026-07-01T22:00:00.000Z',
  });
  expect(toRecordingFilter({ device: null, fromDay: '', toDay: '' }, 'UTC')).toEqual({});
  expect(rangeIsBackwards({ device: null, fromDay: '2026-07-02', toDay: '2026-07-01' })).toBe(true);
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
