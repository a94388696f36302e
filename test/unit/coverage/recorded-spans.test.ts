import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordedSpans } from '@main/coverage/recorded-spans';
import { lengthMs } from '@main/clock/spans';

const NOON = Date.UTC(2026, 10, 21, 12);

/** Segments of one run; before each one but the first lies a hole of so many milliseconds (or an overlap). */
function run(durationS: number, holesMs: readonly number[]) {
  let timeMs = NOON;
  return [0, ...holesMs].map((holeMs, sequence) => {
    timeMs += sequence === 0 ? 0 : durationS * 1000 + holeMs;
    return { timeMs, durationS, runId: 'aaaaaaaa', sequence };
  });
}

const loss = (fromMs: number, toMs: number) => ({ fromMs: NOON + fromMs, toMs: NOON + toMs });

describe('segments of one run', () => {
  it('join where only whole milliseconds or a slow crystal lie between', () => {
    // 500 parts in a million of ten seconds, and of an hour.
    expect(recordedSpans(run(10, [1, 2, 5, 7, 0, -1]))).toHaveLength(1);
    expect(recordedSpans(run(3600, [1800, 900]))).toHaveLength(1);
  });

  it('do not join over lost sound, however little it is each time', () => {
    const spans = recordedSpans(run(10, Array<number>(100).fill(12)));
    expect(spans).toHaveLength(101);
    expect(lengthMs(spans)).toBe(101 * 10_000);
  });

  it('do not join over a loss that was told, though a slow crystal could explain it', () => {
    const recordings = run(60, [12, 12]);
    expect(recordedSpans(recordings)).toHaveLength(1);
    const told = recordedSpans(recordings, [loss(60_000, 60_010)]);
    expect(told).toEqual([loss(0, 60_002), loss(60_012, 180_024)]);
    // One that was told elsewhere says nothing of this seam.
    expect(recordedSpans(recordings, [loss(30_000, 30_010)])).toHaveLength(1);
  });

  it('leave no hole for sound that was thought lost and came after all', () => {
    const spans = recordedSpans(run(10, [2000, 0, -2000, 0]), [loss(10_000, 12_000)]);
    expect(spans).toEqual([loss(0, 50_000)]);
    // As far as it came: the rest is lost.
    expect(recordedSpans(run(10, [2000, -500]))).toEqual([loss(0, 10_500), loss(12_000, 31_500)]);
  });

  it('do not fill the hole before their run', () => {
    const before = { timeMs: NOON - 60_000, durationS: 10, runId: 'bbbbbbbb', sequence: 7 };
    const spans = recordedSpans([before, ...run(10, [-3000])]);
    expect(spans).toEqual([loss(-60_000, -50_000), loss(0, 17_000)]);
  });
});

it('recordings of two runs join at a packet, and never over what was not recorded', () => {
  const other = (timeMs: number) => ({ timeMs, durationS: 10, runId: null, sequence: null });
  expect(recordedSpans([other(0), other(10_020)])).toHaveLength(1);
  expect(recordedSpans([other(0), other(10_021)])).toHaveLength(2);
});

it('recorded time is in order and without overlaps, whatever the recordings', () => {
  const anyRecording = fc.record({
    timeMs: fc.integer({ min: 0, max: 100_000 }),
    durationS: fc.double({ min: 0, max: 20, noNaN: true }),
    runId: fc.constantFrom(null, 'a', 'b'),
    sequence: fc.integer({ min: 0, max: 10 }),
  });
  fc.assert(
    fc.property(fc.array(anyRecording, { maxLength: 30 }), (recordings) => {
      const ordered = recordings.sort((a, b) => a.timeMs - b.timeMs);
      const spans = recordedSpans(ordered);
      for (const [i, span] of spans.entries()) {
        expect(span.toMs).toBeGreaterThan(span.fromMs);
        expect(span.fromMs).toBeGreaterThan(spans[i - 1]?.toMs ?? -1);
      }
    }),
  );
});
