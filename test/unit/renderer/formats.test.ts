import { describe, expect, test } from 'vitest';
import { formatDay, parseDay } from '../../../renderer/app/format/days';
import { formatAge, formatLength } from '../../../renderer/app/format/durations';
import { formatInstant, startOfDay } from '../../../renderer/app/format/instants';
import {
  formatBytes,
  formatPlainNumber,
  formatRate,
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
