import { describe, expect, it } from 'vitest';
import { dayBounds } from '@main/recordings/day-bounds';
import { RecordingSearch } from '@main/recordings/search';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const HOUR_MS = 3_600_000;
const lengths = (timezone: string, from: string, to: string): number[] =>
  dayBounds(timezone, from, to).map(({ fromMs, toMs }) => (toMs - fromMs) / HOUR_MS);

describe('the days of a zone', () => {
  it('follow each other without a gap', () => {
    const days = dayBounds('Europe/Berlin', '2026-01-01', '2026-12-31');
    expect(days).toHaveLength(365);
    days.slice(1).forEach((day, n) => {
      expect(day.fromMs).toBe(days[n]!.toMs);
    });
    expect(days[0]).toEqual({
      day: '2026-01-01',
      fromMs: Date.UTC(2025, 11, 31, 23),
      toMs: Date.UTC(2026, 0, 1, 23),
    });
  });

  it.each([
    ['Europe/Berlin', '2026-03-28', '2026-03-30', [24, 23, 24]],
    ['Europe/Berlin', '2026-10-24', '2026-10-26', [24, 25, 24]],
    // Half an hour of summer time.
    ['Australia/Lord_Howe', '2026-10-03', '2026-10-05', [24, 23.5, 24]],
    ['Australia/Lord_Howe', '2026-04-04', '2026-04-06', [24, 24.5, 24]],
    // Clocks are set at midnight, which some days do not have.
    ['America/Havana', '2026-03-07', '2026-03-09', [24, 23, 24]],
    ['Asia/Kathmandu', '2026-05-01', '2026-05-02', [24, 24]],
    ['UTC', '2024-02-28', '2024-03-01', [24, 24, 24]],
  ])('in %s from %s to %s are as long as clocks say', (timezone, from, to, expected) => {
    expect(lengths(timezone, from, to)).toEqual(expected);
  });

  it('begin when clocks there show midnight', () => {
    const [day] = dayBounds('Asia/Kathmandu', '2026-05-01', '2026-05-01');
    expect(new Date(day!.fromMs).toISOString()).toBe('2026-04-30T18:15:00.000Z');
    const [other] = dayBounds('America/St_Johns', '2026-01-10', '2026-01-10');
    expect(new Date(other!.fromMs).toISOString()).toBe('2026-01-10T03:30:00.000Z');
  });

  it('are none where the end comes first', () => {
    expect(dayBounds('UTC', '2026-05-02', '2026-05-01')).toEqual([]);
  });
});

describe('what was recorded on each day', () => {
  const around = [-1000, 0, 12 * HOUR_MS];

  it.each(['Asia/Kathmandu', 'Australia/Lord_Howe', 'Europe/Berlin', 'America/St_Johns', 'UTC'])(
    'is told by the clocks of %s, from the counted quarters as from the recordings',
    (timezone) => {
      const connection = stationDatabase();
      insertDevice(connection, 'mic');
      // A second before midnight, at midnight, and in the middle of the day; also where clocks are set.
      const days = [
        ...dayBounds(timezone, '2026-03-28', '2026-03-30'),
        ...dayBounds(timezone, '2026-10-03', '2026-10-05'),
      ];
      for (const { fromMs } of days) {
        for (const ms of around) {
          insertRecording(connection, { device: 'mic', timeMs: fromMs + ms, durationS: 2 });
        }
      }
      const search = new RecordingSearch(connection.sqlite);
      const span = { timezone, from: '2026-03-27', to: '2026-10-05' };
      const expected = [
        { day: '2026-03-27', recordings: 1, durationS: 2 },
        { day: '2026-03-28', recordings: 3, durationS: 6 },
        { day: '2026-03-29', recordings: 3, durationS: 6 },
        { day: '2026-03-30', recordings: 2, durationS: 4 },
        { day: '2026-10-02', recordings: 1, durationS: 2 },
        { day: '2026-10-03', recordings: 3, durationS: 6 },
        { day: '2026-10-04', recordings: 3, durationS: 6 },
        { day: '2026-10-05', recordings: 2, durationS: 4 },
      ];
      expect(search.days({}, span)).toEqual(expected);
      expect(search.days({ device: 'mic' }, span)).toEqual(expected);
      // Asked of the recordings themselves.
      expect(search.days({ protected: false }, span)).toEqual(expected);
      expect(search.days({ protected: true }, span)).toEqual([]);
    },
  );
});
