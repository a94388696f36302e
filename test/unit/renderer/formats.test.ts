import { describe, expect, test } from 'vitest';
import {
  addDays,
  addMinutes,
  formatDay,
  parseDay,
  parseTimeOfDay,
} from '../../../renderer/app/format/days';
import { formatAge, formatLength, formatMeasured } from '../../../renderer/app/format/durations';
import {
  dayOf,
  formatInstant,
  formatMoment,
  instantOf,
  startOfDay,
} from '../../../renderer/app/format/instants';
import {
  formatBytes,
  formatDbfs,
  formatPlainNumber,
  formatRate,
  formatShare,
  parseNumber,
} from '../../../renderer/app/format/numbers';

test.each([
  [0, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [3599, '59 min'],
  [3600, '1 h'],
  [5400, '1 h 30 min'],
  [90_000, '1 d 1 h'],
  [-3, '0 s'],
])('an age of %d s reads %s', (seconds, text) => {
  expect(formatAge(seconds, 'en')).toBe(text);
});

test('ages speak German', () => {
  expect(formatAge(5400, 'de')).toBe('1 Std. 30 Min.');
});

test.each([
  [10, '10 s', '10 s'],
  [9.96, '10 s', '10 s'],
  [3.72, '3.7 s', '3,7 s'],
  [65, '1:05', '1:05'],
  [3600, '1:00:00', '1:00:00'],
])('a length of %d s reads %s and %s', (seconds, en, de) => {
  expect(formatLength(seconds, 'en')).toBe(en);
  expect(formatLength(seconds, 'de')).toBe(de);
});

test.each([
  [0, '0 bytes', '0 Byte'],
  [999, '999 bytes', '999 Byte'],
  [1000, '1 kB', '1 kB'],
  [8_640_088, '8.6 MB', '8,6 MB'],
  [512_000_000_000, '512 GB', '512 GB'],
  [999_950_000, '1 GB', '1 GB'],
])('%d bytes read %s and %s', (bytes, en, de) => {
  expect(formatBytes(bytes, 'en').replace('\u00a0', ' ')).toBe(en);
  expect(formatBytes(bytes, 'de').replace('\u00a0', ' ')).toBe(de);
});

test('rates are kHz by locale', () => {
  expect(formatRate(384_000, 'en')).toBe('384 kHz');
  expect(formatRate(44_100, 'en')).toBe('44.1 kHz');
  expect(formatRate(44_100, 'de')).toBe('44,1 kHz');
});

describe('numbers that people type', () => {
  test.each([
    ['47.5', 47.5],
    ['47,5', 47.5],
    [' -8 ', -8],
    ['−8', -8],
    ['.5', 0.5],
    ['', null],
    ['12a', null],
    ['1.2.3', null],
    ['1e5', null],
  ])('%j', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  test('what is shown can be read back', () => {
    for (const language of ['en', 'de'] as const) {
      for (const value of [47.123456, -179.9, 0, 12345.5]) {
        expect(parseNumber(formatPlainNumber(value, language))).toBe(value);
      }
    }
  });
});

describe('instants', () => {
  test('are shown in the zone that is asked for, with 24 hours', () => {
    const instant = '2026-07-01T22:05:09.123Z';
    expect(formatInstant(instant, 'dateTime', { language: 'en', timeZone: 'Europe/Berlin' })).toBe(
      '02/07/2026, 00:05:09',
    );
    expect(formatInstant(instant, 'dateTime', { language: 'de', timeZone: 'UTC' })).toBe(
      '01.07.2026, 22:05:09',
    );
    expect(formatInstant(instant, 'timeMs', { language: 'en', timeZone: 'UTC' })).toBe(
      '22:05:09.123',
    );
  });

  test('what is no instant is a dash, not a crash', () => {
    expect(formatInstant('yesterday', 'time', { language: 'en', timeZone: 'UTC' })).toBe('–');
  });
});

describe('the bounds of a day', () => {
  test.each([
    ['2026-07-01', 'Europe/Berlin', 0, '2026-06-30T22:00:00.000Z'],
    ['2026-01-01', 'Europe/Berlin', 0, '2025-12-31T23:00:00.000Z'],
    ['2026-07-01', 'UTC', 1, '2026-07-02T00:00:00.000Z'],
    // The clocks go forward on 29 March and back on 25 October.
    ['2026-03-29', 'Europe/Berlin', 0, '2026-03-28T23:00:00.000Z'],
    ['2026-03-29', 'Europe/Berlin', 1, '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', 'Europe/Berlin', 1, '2026-10-25T23:00:00.000Z'],
    ['2026-12-31', 'Pacific/Auckland', 1, '2026-12-31T11:00:00.000Z'],
  ])('%s in %s, +%d', (day, zone, addDays, instant) => {
    expect(startOfDay(day, zone, addDays)).toBe(instant);
  });

  test('a half-typed day is none', () => {
    expect(startOfDay('2026-07', 'UTC')).toBeNull();
  });
});

describe('a day that people type', () => {
  test.each([
    ['21.11.2026', '2026-11-21'],
    ['21/11/2026', '2026-11-21'],
    [' 1.2.2026 ', '2026-02-01'],
    ['2026-11-21', '2026-11-21'],
    ['31.02.2026', null],
    ['29.02.2028', '2028-02-29'],
    ['21.11.26', null],
    ['yesterday', null],
  ])('%j', (text, day) => {
    expect(parseDay(text)).toBe(day);
  });

  test('is shown as it can be typed', () => {
    for (const language of ['en', 'de'] as const) {
      expect(parseDay(formatDay('2026-01-09', language))).toBe('2026-01-09');
    }
    expect(formatDay('', 'de')).toBe('');
  });
});

describe('a time of day', () => {
  test.each([
    ['18:30', '18:30'],
    ['6', '06:00'],
    ['1830', '18:30'],
    [' 7.05 ', '07:05'],
    ['24:00', null],
    ['12:60', null],
    ['half past', null],
  ])('typed as %j', (text, time) => {
    expect(parseTimeOfDay(text)).toBe(time);
  });

  test('steps round the clock, in both directions', () => {
    expect(addMinutes('23:50', 15)).toBe('00:05');
    expect(addMinutes('00:05', -15)).toBe('23:50');
  });

  test('is an instant on a day, also where clocks change', () => {
    expect(instantOf('2026-07-01', '18:30', 'Europe/Berlin')).toBe('2026-07-01T16:30:00.000Z');
    expect(instantOf('2026-03-29', '12:00', 'Europe/Berlin')).toBe('2026-03-29T10:00:00.000Z');
    expect(instantOf('2026-07-01', '1830', 'UTC')).toBeNull();
  });
});

test('days are counted on the calendar', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
  expect(addDays('', 1)).toBe('');
  expect(dayOf(Date.parse('2026-06-30T22:30:00Z'), 'Europe/Berlin')).toBe('2026-07-01');
  expect(dayOf(Date.parse('2026-06-30T22:30:00Z'), 'America/New_York')).toBe('2026-06-30');
});

test('a moment is told by its time alone while it is today', () => {
  const reader = { language: 'en', timeZone: 'Europe/Berlin' } as const;
  const now = Date.parse('2026-11-21T16:00:00Z');
  expect(formatMoment('2026-11-21T19:14:00.000Z', now, reader)).toBe('20:14');
  expect(formatMoment('2026-11-21T23:30:00.000Z', now, reader)).toContain('22/11');
  expect(formatMoment('2026-11-21T19:14:00.000Z', null, reader)).toContain('21/11');
});

test('a share is 100 % only of what is whole', () => {
  expect(formatShare(1, 'en')).toBe('100%');
  expect(formatShare(0.99999, 'en')).toBe('99.9%');
  expect(formatShare(0.9505, 'en')).toBe('95.0%');
  expect(formatShare(0, 'en')).toBe('0%');
  expect(formatShare(0.5, 'de')).toBe('50,0\u00a0%');
});

test('a measured stretch keeps its digits while they matter', () => {
  expect(formatMeasured(0.384, 'en')).toBe('0.38 s');
  expect(formatMeasured(4.26, 'de')).toBe('4,3 s');
  expect(formatMeasured(847, 'en')).toBe('14 min');
  expect(formatDbfs(-18.25, 'de')).toBe('−18,3 dBFS');
});
