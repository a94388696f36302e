import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uploadHours } from '@main/cloud/uploading/upload-hours';

const at = (text: string): number => Date.parse(text);
const NIGHT = { startHour: 22, endHour: 6 };

describe('the hours of a remote', () => {
  it.each([
    [{ startHour: 9, endHour: 17 }, '2026-05-01T08:59:59Z', false, '2026-05-01T09:00:00Z'],
    [{ startHour: 9, endHour: 17 }, '2026-05-01T09:00:00Z', true, '2026-05-01T17:00:00Z'],
    [NIGHT, '2026-05-01T23:30:00Z', true, '2026-05-02T06:00:00Z'],
    [NIGHT, '2026-05-02T00:00:00Z', true, '2026-05-02T06:00:00Z'],
    [NIGHT, '2026-05-02T12:00:00Z', false, '2026-05-02T22:00:00Z'],
  ])('%j at %s: open is %s, until %s', (window, now, open, until) => {
    expect(uploadHours(window, 'UTC', at(now))).toEqual({ open, untilMs: at(until) });
  });

  it('are always without a window', () => {
    expect(uploadHours(null, 'UTC', 0)).toEqual({ open: true, untilMs: null });
  });

  it.each([
    // The clock jumps from 2 to 3: an hour less of night.
    ['2026-03-28T21:30:00Z', { open: true, untilMs: at('2026-03-29T04:00:00Z') }],
    // It shows 2 twice: an hour more.
    ['2026-10-24T20:30:00Z', { open: true, untilMs: at('2026-10-25T05:00:00Z') }],
  ])('follow the clocks of the place when they are changed, at %s', (now, hours) => {
    expect(uploadHours(NIGHT, 'Europe/Berlin', at(now))).toEqual(hours);
  });

  it('do not open in an hour that the clock jumps over', () => {
    const window = { startHour: 2, endHour: 3 };
    const { open, untilMs } = uploadHours(window, 'Europe/Berlin', at('2026-03-29T00:30:00Z'));
    expect([open, untilMs]).toEqual([false, at('2026-03-30T00:00:00Z')]);
  });

  it('change exactly when they say, in any zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 1, max: 23 }),
        fc.constantFrom(
          'UTC',
          'Europe/Berlin',
          'Asia/Kathmandu',
          'America/St_Johns',
          'Australia/Lord_Howe',
        ),
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        (startHour, length, zone, nowMs) => {
          const window = { startHour, endHour: (startHour + length) % 24 };
          const { open, untilMs } = uploadHours(window, zone, nowMs);
          const until = untilMs ?? NaN;
          expect(until).toBeGreaterThan(nowMs);
          expect(uploadHours(window, zone, until).open).toBe(!open);
          expect(uploadHours(window, zone, Math.max(nowMs, until - 1)).open).toBe(open);
        },
      ),
      { numRuns: 30 },
    );
  });
});
