import type { Recording } from '@shared/model/recording';
import { describe, expect, test } from 'vitest';
import {
  addMonths,
  daysOf,
  shareOf,
  stepDay,
  weekdayNames,
  weekdayOfFirst,
} from '../../../renderer/features/recordings/days/month-days';
import {
  countMarked,
  isMarked,
  markRange,
  MOST_IDS,
  NOTHING_MARKED,
  selectionOf,
  toggleMark,
  type Marked,
} from '../../../renderer/features/recordings/marked-rows';
import {
  holdsUltrasound,
  mediaAddress,
} from '../../../renderer/features/recordings/player/media-address';
import { seekStep, zoomStep } from '../../../renderer/features/recordings/player/seek-step';
import {
  changeRows,
  toRows,
  withoutRows,
  type RecordingPages,
} from '../../../renderer/features/recordings/recording-rows';
import {
  NO_FILTER,
  toRecordingFilter,
  usableOf,
} from '../../../renderer/features/recordings/recording-filter';
import { retagged } from '../../../renderer/features/recordings/use-library-actions';

const row = (id: number): Recording =>
  ({ id, time: new Date(id * 10_000).toISOString(), tags: [] as string[] }) as Recording;
const rows = [9, 8, 7, 6, 5].map(row);
const ids = (marked: Marked): number[] => (marked.kind === 'some' ? [...marked.ids] : []);

describe('marking rows', () => {
  test('goes on and off one by one', () => {
    const one = toggleMark(NOTHING_MARKED, 7, rows);
    expect(isMarked(one, 7)).toBe(true);
    expect(ids(toggleMark(one, 7, rows))).toEqual([]);
  });

  test('takes a range in either direction, and keeps what was marked', () => {
    const one = toggleMark(NOTHING_MARKED, 5, rows);
    expect(ids(markRange(one, 8, 6, rows))).toEqual([5, 8, 7, 6]);
    expect(ids(markRange(one, 6, 8, rows))).toEqual([5, 8, 7, 6]);
    // The row that the range began with is not loaded any more.
    expect(ids(markRange(one, 1, 8, rows))).toEqual([5, 8]);
  });

  test('of everything is said as the filter, however many there are', () => {
    const all: Marked = { kind: 'all' };
    expect(isMarked(all, 1)).toBe(true);
    expect(countMarked(all, 2_000_000)).toBe(2_000_000);
    expect(countMarked(all, null)).toBeNull();
    expect(selectionOf(all, { device: 'a', bin: true })).toEqual({
      filter: { device: 'a', bin: true },
    });
    // Without one row it is the loaded ones, and said so by their number.
    expect(ids(toggleMark(all, 7, rows))).toEqual([9, 8, 6, 5]);
  });

  test('sends no more numbers than the station takes, and none when none is marked', () => {
    const many: Marked = {
      kind: 'some',
      ids: new Set(Array.from({ length: MOST_IDS + 1 }, (_, id) => id)),
    };
    expect(selectionOf(many, {})).toBeNull();
    expect(selectionOf(NOTHING_MARKED, {})).toBeNull();
  });
});

describe('loaded rows', () => {
  const pages: RecordingPages = {
    pages: [
      { items: [row(9), row(8)], nextCursor: 'a' },
      { items: [row(7)], nextCursor: null },
    ],
    pageParams: [undefined, 'a'],
  };

  test('lose what was deleted, on every page', () => {
    expect(toRows(withoutRows(pages, new Set([9, 7]))).map(({ id }) => id)).toEqual([8]);
  });

  test('are changed in place', () => {
    const tagged = changeRows(pages, new Set([7]), (one) => ({ ...one, tags: ['owl'] }));
    expect(toRows(tagged).map(({ tags }) => tags)).toEqual([[], [], ['owl']]);
  });

  test('show their tags as the station will', () => {
    expect(retagged(['owl', 'rain'], { add: ['bat', 'owl'], remove: ['rain'] })).toEqual([
      'bat',
      'owl',
    ]);
  });
});

describe('the month', () => {
  test('has its days, and begins on its weekday', () => {
    expect(daysOf('2028-02')).toHaveLength(29);
    expect(daysOf('2026-11').at(-1)).toBe('2026-11-30');
    expect(weekdayOfFirst('2026-11')).toBe(6); // a Sunday
    expect(weekdayOfFirst('2026-06')).toBe(0); // a Monday
    expect(addMonths('2026-01', -1)).toBe('2025-12');
    expect(addMonths('2026-12', 1)).toBe('2027-01');
  });

  test.each([
    ['ArrowRight', 29, 29],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 3, 10],
    ['ArrowUp', 3, 0],
    ['Home', 12, 0],
    ['End', 12, 29],
    ['x', 12, null],
  ])('is walked through by %s from %d to %s', (key, from, to) => {
    expect(stepDay(key, from, 30, 7)).toBe(to);
  });

  test('a day’s share is what was recorded of what should have been', () => {
    const day = '2026-05-01';
    expect(shareOf({ day, scheduledS: 400, recordedS: 389, gaps: 1 })).toEqual({
      share: 389 / 400,
      gaps: 1,
    });
    expect(shareOf({ day, scheduledS: 10, recordedS: 10.01, gaps: 0 }).share).toBe(1);
    expect(shareOf({ day, scheduledS: 0, recordedS: 0, gaps: 0 }).share).toBeNull();
  });

  test('a week begins on Monday, in the reader’s language', () => {
    expect(weekdayNames('de-DE')).toEqual(['Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So']);
    expect(weekdayNames('en-GB').at(-1)).toBe('Sun');
  });
});

describe('the player', () => {
  test.each([
    ['ArrowRight', false, 5.1],
    ['ArrowLeft', false, 4.9],
    ['ArrowRight', true, 5.01],
    ['PageUp', false, 6],
    ['Home', false, 0],
    ['End', false, 10],
    ['q', false, null],
  ])('%s (shift: %s) leads to %s', (key, shift, to) => {
    const at = seekStep(key, 5, 10, shift);
    if (to === null) expect(at).toBeNull();
    else expect(at).toBeCloseTo(to, 6);
  });

  test('never leaves the sound', () => {
    expect(seekStep('PageUp', 9.99, 10, false)).toBe(10);
    expect(seekStep('ArrowLeft', 0, 10, false)).toBe(0);
    expect(seekStep('ArrowLeft', 0, 0, false)).toBe(0);
  });

  test('zooms in steps between its ends', () => {
    expect(zoomStep(1, 1)).toBe(2);
    expect(zoomStep(1, -1)).toBe(1);
    expect(zoomStep(32, 1)).toBe(32);
  });

  test('asks for a slowed sound by its address, where there is ultrasound', () => {
    expect(mediaAddress(7, 'raw', 1)).toBe('media://recording/7/raw');
    expect(mediaAddress(7, 'raw', 10)).toBe('media://recording/7/raw?slow=10');
    expect(holdsUltrasound(384_000)).toBe(true);
    expect(holdsUltrasound(48_000)).toBe(false);
  });
});

describe('a filter that is wrong for a moment', () => {
  test('never means everything: what was chosen before it holds', () => {
    const bat = { ...NO_FILTER, device: 'bat' };
    const slip = { ...bat, fromDay: '2026-11-21', fromTime: '7 o’clock' };
    const used = usableOf(slip, bat);
    expect(toRecordingFilter(used, 'UTC')).toEqual({ device: 'bat' });
    expect(usableOf({ ...slip, fromTime: '07:00' }, used)).toMatchObject({ fromTime: '07:00' });
  });
});
