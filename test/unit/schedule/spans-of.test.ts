import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schedule } from '@shared/model/schedule';
import { lacksPosition, type Place, spansOf } from '@main/schedule/spans-of';
import { anySchedule } from '../../support/any-schedule';

const DAY_MS = 86_400_000;

const anyPlace: fc.Arbitrary<Place> = fc.record({
  timezone: fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'UTC'),
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});
const anyInstant = fc.integer({ min: Date.UTC(1970, 0, 2), max: Date.UTC(2060, 0, 1) });
const anyLength = fc.integer({ min: 1, max: 9 * DAY_MS });

describe('the spans of any schedule at any place', () => {
  it('lie inside, in order, apart from each other, and none is empty', () => {
    fc.assert(
      fc.property(anySchedule, anyPlace, anyInstant, anyLength, (schedule, place, from, length) => {
        const spans = spansOf(schedule, from, from + length, place);
        for (const [n, span] of spans.entries()) {
          expect(span.toMs).toBeGreaterThan(span.fromMs);
          expect(span.fromMs).toBeGreaterThanOrEqual(from);
          expect(span.toMs).toBeLessThanOrEqual(from + length);
          if (n > 0) expect(span.fromMs).toBeGreaterThan(spans[n - 1]!.toMs);
          expect(Number.isInteger(span.fromMs) && Number.isInteger(span.toMs)).toBe(true);
        }
      }),
    );
  });

  it('are the same whether they are asked for at once or in pieces', () => {
    fc.assert(
      fc.property(
        anySchedule,
        anyPlace,
        anyInstant,
        fc.array(fc.integer({ min: 1, max: 2 * DAY_MS }), { minLength: 2, maxLength: 6 }),
        (schedule, place, from, lengths) => {
          let at = from;
          const pieces = lengths.flatMap((length) => {
            const piece = spansOf(schedule, at, at + length, place);
            at += length;
            return piece;
          });
          expect(joined(pieces)).toEqual(spansOf(schedule, from, at, place));
        },
      ),
    );
  });

  it('of no time are none', () => {
    const place = { timezone: 'UTC', latitude: 0, longitude: 0 };
    expect(spansOf({ kind: 'always' }, 1000, 1000, place)).toEqual([]);
    expect(spansOf({ kind: 'always' }, 2000, 1000, place)).toEqual([]);
  });
});

describe('a sun schedule', () => {
  const schedule: Schedule = {
    kind: 'sun',
    windows: [
      { from: { event: 'dusk', offsetMinutes: 0 }, to: { event: 'dawn', offsetMinutes: 0 } },
    ],
  };

  it.each([
    [null, null],
    [52.5, null],
    [null, 13.4],
  ])('at %s, %s records always, and says so', (latitude, longitude) => {
    const place = { timezone: 'UTC', latitude, longitude };
    expect(spansOf(schedule, 0, DAY_MS, place)).toEqual([{ fromMs: 0, toMs: DAY_MS }]);
    expect(lacksPosition(schedule, place)).toBe(true);
    expect(lacksPosition({ kind: 'always' }, place)).toBe(false);
  });

  it('on the equator and the prime meridian is a position like any other', () => {
    const place = { timezone: 'UTC', latitude: 0, longitude: 0 };
    expect(lacksPosition(schedule, place)).toBe(false);
    expect(spansOf(schedule, 0, DAY_MS, place)).toHaveLength(2);
  });
});

/** Those that touch made one. */
function joined(spans: readonly { fromMs: number; toMs: number }[]) {
  const result: { fromMs: number; toMs: number }[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last?.toMs === span.fromMs) last.toMs = span.toMs;
    else result.push({ ...span });
  }
  return result;
}
