import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTES_PER_DAY, minuteOfDay, type Schedule } from '@shared/model/schedule';
import { toInstant } from '@shared/model/time';
import { spansOf } from '@main/schedule/spans-of';

const HOUR_MS = 3_600_000;

function hours(...windows: string[]): Schedule {
  return {
    kind: 'hours',
    windows: windows.map((window) => {
      const [from = '', to = ''] = window.split('-');
      return { from, to };
    }),
  };
}

/** Spans as pairs of instants, e.g. `2026-05-01T18:00 2026-05-02T06:00`. */
function spans(schedule: Schedule, timezone: string, from: string, to: string): string[] {
  const place = { timezone, latitude: null, longitude: null };
  return spansOf(schedule, Date.parse(from), Date.parse(to), place).map(
    (span) => `${minutes(span.fromMs)} ${minutes(span.toMs)}`,
  );
}

function minutes(utcMs: number): string {
  return toInstant(utcMs).replace(/:00\.000Z$/, '');
}

describe('hours of the day', () => {
  it('are those of the station’s zone', () => {
    expect(
      spans(hours('18:00-22:30'), 'Asia/Kolkata', '2026-05-01T00:00Z', '2026-05-02T00:00Z'),
    ).toEqual(['2026-05-01T12:30 2026-05-01T17:00']);
  });

  it('cross midnight, and a night that has begun the day before counts', () => {
    expect(spans(hours('18:00-06:00'), 'UTC', '2026-05-01T00:00Z', '2026-05-02T00:00Z')).toEqual([
      '2026-05-01T00:00 2026-05-01T06:00',
      '2026-05-01T18:00 2026-05-02T00:00',
    ]);
  });

  it.each([['00:00-00:00'], ['07:30-07:30'], ['23:59-23:59']])('%s is the whole day', (window) => {
    expect(spans(hours(window), 'Europe/Berlin', '2026-03-28T00:00Z', '2026-03-31T00:00Z')).toEqual(
      ['2026-03-28T00:00 2026-03-31T00:00'],
    );
  });

  it('that touch or overlap are one', () => {
    const schedule = hours('10:00-12:00', '12:00-13:00', '12:30-14:00', '11:00-11:30');
    expect(spans(schedule, 'UTC', '2026-05-01T00:00Z', '2026-05-02T00:00Z')).toEqual([
      '2026-05-01T10:00 2026-05-01T14:00',
    ]);
  });

  it('end where the next day’s begin without a crack', () => {
    expect(
      spans(hours('06:00-18:00', '18:00-06:00'), 'UTC', '2026-05-01T00:00Z', '2026-05-09T00:00Z'),
    ).toEqual(['2026-05-01T00:00 2026-05-09T00:00']);
  });
});

describe('when clocks go forward (Berlin, 29 March 2026, 02:00 → 03:00)', () => {
  const day = ['2026-03-28T23:00Z', '2026-03-29T22:00Z'] as const;

  it.each([
    ['02:15-02:45', []], // no clock shows these times that day
    ['01:30-03:30', ['2026-03-29T00:30 2026-03-29T01:30']],
    ['01:00-02:30', ['2026-03-29T00:00 2026-03-29T01:00']],
    ['02:30-04:00', ['2026-03-29T01:00 2026-03-29T02:00']],
    ['18:00-20:00', ['2026-03-29T16:00 2026-03-29T18:00']],
  ])('%s is %j', (window, expected) => {
    expect(spans(hours(window), 'Europe/Berlin', ...day)).toEqual(expected);
  });

  it('a night over it is an hour shorter', () => {
    expect(
      spans(hours('22:00-06:00'), 'Europe/Berlin', '2026-03-28T12:00Z', '2026-03-29T12:00Z'),
    ).toEqual(['2026-03-28T21:00 2026-03-29T04:00']);
  });
});

describe('when clocks go back (Berlin, 25 October 2026, 03:00 → 02:00)', () => {
  const day = ['2026-10-24T22:00Z', '2026-10-25T23:00Z'] as const;

  it.each([
    ['02:15-02:45', ['2026-10-25T00:15 2026-10-25T00:45', '2026-10-25T01:15 2026-10-25T01:45']],
    ['02:00-03:00', ['2026-10-25T00:00 2026-10-25T02:00']], // both passes, without a crack
    ['01:30-02:30', ['2026-10-24T23:30 2026-10-25T00:30', '2026-10-25T01:00 2026-10-25T01:30']],
    ['02:30-03:30', ['2026-10-25T00:30 2026-10-25T01:00', '2026-10-25T01:30 2026-10-25T02:30']],
    ['18:00-20:00', ['2026-10-25T17:00 2026-10-25T19:00']],
  ])('%s is %j', (window, expected) => {
    expect(spans(hours(window), 'Europe/Berlin', ...day)).toEqual(expected);
  });

  it('a night over it is an hour longer', () => {
    expect(
      spans(hours('22:00-06:00'), 'Europe/Berlin', '2026-10-24T12:00Z', '2026-10-25T12:00Z'),
    ).toEqual(['2026-10-24T20:00 2026-10-25T05:00']);
  });
});

describe('zones that do it differently', () => {
  it('half an hour of summer time (Lord Howe, 4 October 2026, 02:00 → 02:30)', () => {
    expect(
      spans(hours('01:45-02:45'), 'Australia/Lord_Howe', '2026-10-03T12:00Z', '2026-10-04T12:00Z'),
    ).toEqual(['2026-10-03T15:15 2026-10-03T15:45']);
  });

  it('midnight that does not exist (Santiago, 6 September 2026, 00:00 → 01:00)', () => {
    expect(
      spans(hours('00:00-02:00'), 'America/Santiago', '2026-09-05T12:00Z', '2026-09-06T12:00Z'),
    ).toEqual(['2026-09-06T04:00 2026-09-06T05:00']);
  });

  it('a day that does not exist (Samoa, 30 December 2011)', () => {
    expect(
      spans(hours('12:00-13:00'), 'Pacific/Apia', '2011-12-29T12:00Z', '2011-12-31T12:00Z'),
    ).toEqual(['2011-12-29T22:00 2011-12-29T23:00', '2011-12-30T22:00 2011-12-30T23:00']);
  });
});

const ZONES = [
  ['Europe/Berlin'],
  ['America/New_York'],
  ['Australia/Lord_Howe'],
  ['Africa/Casablanca'],
  ['America/St_Johns'],
  ['Pacific/Chatham'],
  ['UTC'],
] as const;

const timeOfDay = fc
  .integer({ min: 0, max: MINUTES_PER_DAY - 1 })
  .map((m) => `${pad(Math.floor(m / 60))}:${pad(m % 60)}`);
const window = fc.record({ from: timeOfDay, to: timeOfDay });

describe('an instant is inside exactly when the clock on the wall shows a time within a window', () => {
  // An oracle that shares nothing with the code: it asks for each instant's time of day, and compares texts.
  it.each(ZONES)('in %s', (timezone) => {
    const face = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hourCycle: 'h23',
      hour: '2-digit',
      minute: '2-digit',
    });
    const place = { timezone, latitude: null, longitude: null };
    fc.assert(
      fc.property(
        fc.array(window, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...clockChanges(timezone)),
        (windows, nearMs) => {
          const from = nearMs - 14 * HOUR_MS;
          const to = nearMs + 14 * HOUR_MS;
          const found = spansOf({ kind: 'hours', windows }, from, to, place);
          for (let at = from; at < to; at += 11 * 60_000) {
            const shown = minuteOfDay(face.format(at));
            const expected = windows.some((w) => {
              const [a, b] = [minuteOfDay(w.from), minuteOfDay(w.to)];
              return b > a ? shown >= a && shown < b : shown >= a || shown < b;
            });
            expect(found.some((span) => at >= span.fromMs && at < span.toMs)).toBe(expected);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

/** Instants within a year around which clocks change, and one quiet one. */
function clockChanges(timezone: string): number[] {
  const zone = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' });
  const offset = (at: number): string =>
    zone.formatToParts(at).find(({ type }) => type === 'timeZoneName')!.value;
  const start = Date.UTC(2026, 0, 1);
  const changes = [start];
  for (let at = start; at < start + 366 * 24 * HOUR_MS; at += HOUR_MS) {
    if (offset(at) !== offset(at + HOUR_MS)) changes.push(at + HOUR_MS);
  }
  return changes;
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}
