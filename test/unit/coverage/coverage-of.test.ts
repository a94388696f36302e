import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceCoverageSchema, type GapReason } from '@shared/model/coverage';
import { type CoverageFacts, coverageOf } from '@main/coverage/coverage-of';

const NOON = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;

const at = (s: number): number => NOON + s * 1000;
const instant = (s: number): string => new Date(at(s)).toISOString();

/** An hour that is over, on duty throughout. */
function facts(columns: Partial<CoverageFacts> = {}): CoverageFacts {
  return {
    device: 'mic',
    displayName: 'Mic',
    simulated: false,
    fromMs: NOON,
    toMs: NOON + HOUR,
    nowMs: NOON + 2 * HOUR,
    duties: [duty(-10, null)],
    dutiesSinceMs: at(-10),
    recordings: [],
    gaps: [],
    pending: null,
    ...columns,
  };
}

const duty = (fromS: number, toS: number | null, desired = true) => ({
  fromMs: at(fromS),
  toMs: toS === null ? null : at(toS),
  seenMs: NOON + 2 * HOUR,
  desired,
});
const recording = (fromS: number, durationS: number, clockUnsynced = false) => ({
  id: 0,
  timeMs: at(fromS),
  durationS,
  clockUnsynced,
  clockUnknown: false,
  runId: null as string | null,
  sequence: null as number | null,
});
const gap = (fromS: number, toS: number | null, reason: GapReason, detail = '') => ({
  fromMs: at(fromS),
  toMs: toS === null ? null : at(toS),
  reason,
  detail,
});
/** Ten-second segments that join. */
const segments = (fromS: number, toS: number) =>
  Array.from({ length: (toS - fromS) / 10 }, (_, i) => recording(fromS + i * 10, 10));

describe('an hour of which nobody knows what was scheduled', () => {
  it('counts as scheduled where there are recordings, and as it was from the first duty on', () => {
    const coverage = coverageOf(
      facts({
        duties: [duty(2000, null)],
        dutiesSinceMs: at(2000),
        recordings: [...segments(0, 500), ...segments(800, 3000)],
      }),
    );
    expect(coverage).toMatchObject({
      scheduledS: 500 + 1200 + 1600,
      scheduledFromRecordingsS: 1700,
      recordedS: 2700,
      gaps: [{ seconds: 600 }],
    });
  });

  it('is said for no moment in which a capture was faster than its duty', () => {
    const coverage = coverageOf(
      facts({ duties: [duty(0.4, null)], dutiesSinceMs: at(0.4), recordings: segments(0, 3600) }),
    );
    expect(coverage).not.toHaveProperty('scheduledFromRecordingsS');
    expect(coverage.coverage).toBe(1);
  });
});

describe('an hour', () => {
  it('that lies in recordings is covered, whatever the seams of packets and milliseconds', () => {
    const coverage = coverageOf(
      facts({
        recordings: segments(0, 3600).map((one, i) => ({
          ...one,
          timeMs: one.timeMs + (i % 3),
          durationS: one.durationS - 0.015,
        })),
      }),
    );
    expect(coverage).toMatchObject({
      scheduledS: 3600,
      recordedS: 3600,
      coverage: 1,
      gaps: [],
      recordings: 360,
      unsyncedS: 0,
    });
    expect(coverage.recorded).toHaveLength(1);
  });

  it('without a recording is one gap, unknown where nobody knows why', () => {
    const coverage = coverageOf(facts());
    expect(coverage).toMatchObject({ scheduledS: 3600, recordedS: 0, coverage: 0 });
    expect(coverage.gaps).toEqual([
      {
        device: 'mic',
        from: instant(0),
        to: instant(3600),
        seconds: 3600,
        reason: 'unknown',
        detail: '',
      },
    ]);
  });

  it('without a duty has no coverage and no gap, though there be recordings', () => {
    const coverage = coverageOf(
      facts({ duties: [duty(-10, null, false)], recordings: segments(100, 200) }),
    );
    expect(coverage).toMatchObject({ scheduledS: 0, recordedS: 0, coverage: null, gaps: [] });
    expect(coverage.recorded).toEqual([{ from: instant(100), to: instant(200) }]);
    expect(coverageOf(facts({ duties: [] })).coverage).toBeNull();
  });

  it('is judged only as far as its duties reach, and as far as it is over', () => {
    const partly = { duties: [duty(0, 600), duty(600, 1200, false), duty(1200, 1800)] };
    expect(coverageOf(facts({ ...partly, recordings: segments(0, 600) }))).toMatchObject({
      scheduledS: 1200,
      recordedS: 600,
      coverage: 0.5,
    });
    expect(coverageOf(facts({ nowMs: at(900), recordings: segments(0, 900) }))).toMatchObject({
      scheduledS: 900,
      coverage: 1,
    });
    expect(coverageOf(facts({ nowMs: at(-900) }))).toMatchObject({ scheduledS: 0, coverage: null });
  });

  it('counts a recording that reaches in from before, and out of it, by what lies within', () => {
    const coverage = coverageOf(facts({ recordings: [recording(-5, 10), recording(3590, 20)] }));
    expect(coverage).toMatchObject({ recordedS: 15, recordings: 2 });
  });

  it('counts what was recorded twice once', () => {
    const recordings = [...segments(0, 100), ...segments(50, 150)];
    expect(coverageOf(facts({ recordings })).recordedS).toBe(150);
  });

  it('does not judge what is being recorded now', () => {
    const now = facts({
      nowMs: at(607),
      recordings: segments(0, 600),
      pending: { fromMs: at(600), toMs: at(607) },
    });
    expect(coverageOf(now)).toMatchObject({ scheduledS: 600, coverage: 1, gaps: [] });
    expect(coverageOf({ ...now, pending: null }).gaps).toHaveLength(1);
  });

  it('with a little lost at each cut is not covered whole', () => {
    const recordings = Array.from({ length: 359 }, (_, i) => ({
      ...recording(0, 10),
      timeMs: NOON + i * 10_015,
      runId: 'aaaaaaaa',
      sequence: i,
    }));
    const coverage = coverageOf(facts({ recordings, toMs: NOON + 358 * 10_015 + 10_000 }));
    expect(coverage.recordedS).toBe(3590);
    expect(coverage.gaps).toHaveLength(358);
    expect(coverage.gaps[0]).toMatchObject({ seconds: 0.015, reason: 'unknown' });
    expect(coverage.coverage).toBeCloseTo(3590 / (3590 + 358 * 0.015), 9);
  });

  it('tells how much comes from a clock of which nobody knows whether it was right', () => {
    const recordings = [...segments(0, 3000), { ...recording(3000, 600), clockUnknown: true }];
    expect(coverageOf(facts({ recordings }))).toMatchObject({
      clockUnknownS: 600,
      unsyncedS: 0,
      coverage: 1,
    });
  });

  it('tells how much comes from a clock that was not synchronised', () => {
    const recordings = [
      ...segments(0, 3000),
      recording(3000, 300, true),
      recording(3300, 300, true),
    ];
    expect(coverageOf(facts({ recordings }))).toMatchObject({ unsyncedS: 600, coverage: 1 });
  });
});

describe('the cause of a gap', () => {
  const causes = (columns: Partial<CoverageFacts>): [number, GapReason][] =>
    coverageOf(facts(columns)).gaps.map(({ seconds, reason }) => [seconds, reason]);

  it('is that of the row over it; where causes change, the gap is split', () => {
    expect(
      causes({
        recordings: [...segments(0, 600), ...segments(1800, 3600)],
        gaps: [gap(600, 700, 'unplugged'), gap(700, 1800, 'device_busy')],
      }),
    ).toEqual([
      [100, 'unplugged'],
      [1100, 'device_busy'],
    ]);
  });

  it('is unknown where no row tells', () => {
    expect(
      causes({
        recordings: [...segments(0, 600), ...segments(900, 3600)],
        gaps: [gap(700, 800, 'stalled')],
      }),
    ).toEqual([
      [100, 'unknown'],
      [100, 'stalled'],
      [100, 'unknown'],
    ]);
  });

  it('is the same for the moment between what happened and its being written down', () => {
    expect(
      causes({
        recordings: [...segments(0, 600), ...segments(900, 3600)],
        gaps: [gap(601.2, 899, 'unplugged')],
      }),
    ).toEqual([[300, 'unplugged']]);
  });

  it('does not make a gap where there are recordings', () => {
    expect(causes({ recordings: segments(0, 3600), gaps: [gap(100, 200, 'unplugged')] })).toEqual(
      [],
    );
  });

  it('of rows that overlap is that of the later one', () => {
    expect(
      causes({
        recordings: segments(0, 3000),
        gaps: [gap(3000, 3600, 'capture_failed'), gap(3300, null, 'device_busy')],
      }),
    ).toEqual([
      [300, 'capture_failed'],
      [300, 'device_busy'],
    ]);
  });

  it('has no end while it lasts', () => {
    const coverage = coverageOf(
      facts({
        nowMs: at(1000),
        recordings: segments(0, 600),
        gaps: [gap(600, null, 'unplugged', 'no such device')],
      }),
    );
    expect(coverage.gaps).toEqual([
      {
        device: 'mic',
        from: instant(600),
        to: null,
        seconds: 400,
        reason: 'unplugged',
        detail: 'no such device',
      },
    ]);
  });

  it('is that no console ran, from when the last one looked in', () => {
    const left = { ...duty(0, null), seenMs: at(1800) };
    expect(causes({ duties: [left], recordings: segments(0, 1850) })).toEqual([
      [1750, 'console_stopped'],
    ]);
  });
});

describe('recorded and missing time', () => {
  const span = fc.tuple(fc.integer({ min: -100, max: 4000 }), fc.integer({ min: 0, max: 900 }));
  const reason = fc.constantFrom<GapReason>('unplugged', 'lost', 'power_loss', 'unknown');

  it('add up to the scheduled time, and no gap lies in a recording, whatever there is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(span, fc.boolean()), { maxLength: 8 }),
        fc.array(
          fc.tuple(
            fc.double({ min: -50, max: 3700, noNaN: true }),
            fc.double({ min: 0, max: 300, noNaN: true }),
            fc.boolean(),
          ),
          { maxLength: 30 },
        ),
        fc.array(fc.tuple(span, reason, fc.boolean()), { maxLength: 8 }),
        fc.integer({ min: -100, max: 5000 }),
        fc.option(span, { nil: null }),
        (duties, recordings, gaps, nowS, pending) => {
          const coverage = coverageOf(
            facts({
              nowMs: at(nowS),
              duties: duties.map(([[fromS, lengthS], desired]) =>
                duty(fromS, fromS + lengthS, desired),
              ),
              recordings: recordings.map(([fromS, lengthS, unsynced]) => ({
                ...recording(0, lengthS, unsynced),
                timeMs: Math.round(at(fromS)),
              })),
              gaps: gaps.map(([[fromS, lengthS], why, lasts]) =>
                gap(fromS, lasts ? null : fromS + lengthS, why),
              ),
              pending:
                pending === null
                  ? null
                  : { fromMs: at(pending[0]), toMs: at(pending[0] + pending[1]) },
            }),
          );
          expect(deviceCoverageSchema.safeParse(coverage).success).toBe(true);
          const missingS = coverage.gaps.reduce((sum, { seconds }) => sum + seconds, 0);
          expect(Math.abs(coverage.recordedS + missingS - coverage.scheduledS)).toBeLessThan(
            0.001 * (coverage.gaps.length + 1),
          );
          let endMs = -Infinity;
          for (const { from, to, seconds } of coverage.gaps) {
            const toMs = to === null ? at(nowS) : Date.parse(to);
            expect(toMs - Date.parse(from)).toBe(Math.round(seconds * 1000));
            expect(Date.parse(from)).toBeGreaterThanOrEqual(endMs);
            endMs = toMs;
            for (const kept of coverage.recorded) {
              expect(Date.parse(kept.from) >= toMs || Date.parse(kept.to) <= Date.parse(from)).toBe(
                true,
              );
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
