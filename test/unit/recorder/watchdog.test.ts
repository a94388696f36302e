import { describe, expect, it } from 'vitest';
import { type CaptureVitals, judgeCapture } from '@main/recorder/watchdog';

const WELL: CaptureVitals = {
  nowMs: 1_000_000,
  startedMs: 900_000,
  lastGrowthMs: 999_000,
  lastValidMs: 995_000,
  promotionBlocked: false,
  segmentDurationS: 10,
};

describe('the watchdog of a capture', () => {
  it('leaves one alone whose audio grows and becomes segments', () => {
    expect(judgeCapture(WELL)).toBeNull();
  });

  it.each([
    [15_000, null],
    [15_001, 'STALLED'],
  ])('after %d ms without growth finds %s', (silentMs, code) => {
    const verdict = judgeCapture({ ...WELL, lastGrowthMs: WELL.nowMs - silentMs });
    expect(verdict?.code ?? null).toBe(code);
  });

  it('gives one that never delivered a sample as long, from its start', () => {
    const young = { ...WELL, lastGrowthMs: null, lastValidMs: null };
    expect(judgeCapture({ ...young, startedMs: WELL.nowMs - 15_000 })).toBeNull();
    expect(judgeCapture({ ...young, startedMs: WELL.nowMs - 15_001 })).toMatchObject({
      code: 'STALLED',
      detail: expect.stringContaining('since its start') as string,
    });
  });

  it.each([
    [1, 15_000],
    [10, 30_000],
    [60, 180_000],
    [600, 1_800_000],
  ])(
    'waits for a valid segment of %d s for three segments, 15 s at least',
    (segmentDurationS, ms) => {
      const late = (sinceMs: number): string | undefined =>
        judgeCapture({
          ...WELL,
          segmentDurationS,
          startedMs: 0,
          nowMs: 10_000_000,
          lastGrowthMs: 10_000_000,
          lastValidMs: 10_000_000 - sinceMs,
        })?.code;
      expect(late(ms)).toBeUndefined();
      expect(late(ms + 1)).toBe('NO_VALID_AUDIO');
    },
  );

  it('does not blame a capture for a disk that takes nothing', () => {
    const blocked = { ...WELL, lastValidMs: null, promotionBlocked: true };
    expect(judgeCapture(blocked)).toBeNull();
  });
});
