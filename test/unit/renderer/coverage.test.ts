import type { Gap, GapReason } from '@shared/model/coverage';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certificateStretches } from '../../../renderer/components/coverage/certificate-stretch';
import {
  gapNear,
  hasJustBegun,
  layoutCoverage,
  layoutSpans,
} from '../../../renderer/components/coverage/coverage-layout';

const DAY = {
  from: '2026-11-20T23:00:00.000Z',
  to: '2026-11-21T23:00:00.000Z',
  at: '2026-11-21T11:00:00.000Z',
};
const at = (hour: number): string =>
  new Date(Date.parse(DAY.from) + hour * 3_600_000).toISOString();
const span = (from: number, to: number) => ({ from: at(from), to: at(to) });
const gap = (from: number, to: number | null, reason: GapReason = 'unplugged'): Gap => ({
  device: 'a',
  from: at(from),
  to: to === null ? null : at(to),
  seconds: ((to ?? 12) - from) * 3600,
  reason,
  detail: '',
});

describe('a recorder that began a moment ago', () => {
  test('is not shown a share of its first second; one that failed is', () => {
    expect(hasJustBegun({ scheduledS: 0.1, gaps: [gap(0, 1, 'restart')] })).toBe(true);
    expect(hasJustBegun({ scheduledS: 0.1, gaps: [gap(0, 1, 'device_busy')] })).toBe(false);
    expect(hasJustBegun({ scheduledS: 11, gaps: [gap(0, 1, 'restart')] })).toBe(false);
    expect(hasJustBegun({ scheduledS: 0, gaps: [] })).toBe(false);
  });
});

describe('a day as a bar', () => {
  test('has everything at its share of the day, and now where the station’s clock is', () => {
    const layout = layoutCoverage(
      { scheduled: [span(0, 24)], recorded: [span(0, 6), span(9, 12)], gaps: [gap(6, 9)] },
      DAY,
      Date.parse(at(12.6)),
    );
    expect(layout.recorded).toEqual([
      { from: 0, to: 0.25 },
      { from: 0.375, to: 0.5 },
    ]);
    expect(layout.marks).toEqual([{ from: 0.25, to: 0.375 }]);
    expect(layout.ahead).toEqual([{ from: 0, to: 1 }]);
    expect(layout.now).toBeCloseTo(0.525, 6);
  });

  test('has no now on another day', () => {
    const empty = { scheduled: [], recorded: [], gaps: [] };
    expect(layoutCoverage(empty, DAY, Date.parse(at(25))).now).toBeNull();
    expect(layoutCoverage(empty, DAY, Date.parse(at(-1))).now).toBeNull();
    expect(layoutCoverage(empty, DAY, Number.POSITIVE_INFINITY).now).toBeNull();
  });

  test('draws a gap that lasts up to where the day was judged', () => {
    const layout = layoutCoverage({ scheduled: [], recorded: [], gaps: [gap(6, null)] }, DAY, null);
    expect(layout.marks).toEqual([{ from: 0.25, to: 0.5 }]);
  });

  test('clips what reaches over its ends, and leaves out what is beyond them or broken', () => {
    expect(layoutSpans([span(-5, 6), span(30, 31), span(8, 8), span(20, 40)], DAY)).toEqual([
      { from: 0, to: 0.25 },
      { from: 20 / 24, to: 1 },
    ]);
    expect(layoutSpans([{ from: 'never', to: at(3) }], DAY)).toEqual([]);
  });

  test('draws a day of a thousand dropouts as few marks, and still knows each of them', () => {
    const gaps = Array.from({ length: 5000 }, (_, index) => {
      const from = (index * 24) / 5000;
      return gap(from, from + 0.0005);
    });
    const layout = layoutCoverage({ scheduled: [], recorded: [], gaps }, DAY, null);
    expect(layout.marks.length).toBeLessThan(20);
    expect(layout.gaps).toHaveLength(5000);
  });

  test('keeps all pieces on the bar, in order, none over another, whatever the spans', () => {
    const spans = fc.array(
      fc
        .tuple(
          fc.double({ min: -30, max: 50, noNaN: true }),
          fc.double({ min: 0, max: 30, noNaN: true }),
        )
        .map(([from, length]) => span(from, from + length)),
    );
    fc.assert(
      fc.property(spans, (given) => {
        const pieces = layoutSpans(given, DAY);
        for (const [index, piece] of pieces.entries()) {
          expect(piece.from).toBeGreaterThanOrEqual(0);
          expect(piece.to).toBeLessThanOrEqual(1);
          expect(piece.to).toBeGreaterThan(piece.from);
          const before = pieces[index - 1];
          if (before !== undefined) expect(piece.from).toBeGreaterThan(before.to);
        }
      }),
    );
  });
});

describe('a tap on the bar', () => {
  const { gaps } = layoutCoverage(
    { scheduled: [], recorded: [], gaps: [gap(10, 10.1), gap(6, 6.001, 'overrun'), gap(6.2, 7)] },
    DAY,
    null,
  );
  test('finds the gap under it, or the nearest that a finger covers', () => {
    expect(gapNear(gaps, 6.5 / 24, 0.03)?.from).toBe(at(6.2));
    expect(gapNear(gaps, 5.9 / 24, 0.03)?.reason).toBe('overrun');
    expect(gapNear(gaps, 9.8 / 24, 0.03)?.from).toBe(at(10));
  });

  test('finds nothing where no gap is near', () => {
    expect(gapNear(gaps, 18 / 24, 0.03)).toBeNull();
    expect(gapNear([], 0.5, 1)).toBeNull();
  });
});

describe('what can be certified', () => {
  const zone = 'Europe/Berlin';
  test('of a day that is over: all of it, and the night that began on it, noon to noon', () => {
    expect(certificateStretches('2026-11-20', zone, Date.parse('2026-11-22T00:00:00Z'))).toEqual([
      {
        kind: 'day',
        from: '2026-11-19T23:00:00.000Z',
        to: '2026-11-20T23:00:00.000Z',
        soFar: false,
      },
      {
        kind: 'night',
        from: '2026-11-20T11:00:00.000Z',
        to: '2026-11-21T11:00:00.000Z',
        soFar: false,
      },
    ]);
  });

  test('of today: up to the last full minute, and no night before noon', () => {
    expect(
      certificateStretches('2026-11-21', zone, Date.parse('2026-11-21T08:14:33.250Z')),
    ).toEqual([
      {
        kind: 'day',
        from: '2026-11-20T23:00:00.000Z',
        to: '2026-11-21T08:14:00.000Z',
        soFar: true,
      },
    ]);
  });

  test('of a day that has not begun: nothing; of none: nothing', () => {
    expect(certificateStretches('2026-11-30', zone, Date.parse('2026-11-21T08:14:00Z'))).toEqual(
      [],
    );
    expect(certificateStretches('', zone, Date.parse('2026-11-21T08:14:00Z'))).toEqual([]);
  });

  test('of the night in which clocks go back: twenty-five hours', () => {
    const [, night] = certificateStretches('2026-10-24', zone, Date.parse('2026-11-01T00:00:00Z'));
    expect(Date.parse(night!.to) - Date.parse(night!.from)).toBe(25 * 3_600_000);
  });
});
