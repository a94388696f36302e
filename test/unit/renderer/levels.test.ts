import type { Level } from '@shared/model/level';
import { describe, expect, test, vi } from 'vitest';
import { followLevels } from '../../../renderer/components/levels/follow-levels';
import { heldDbfs, holdPeak, meterPosition } from '../../../renderer/components/levels/level-scale';
import { driftPerDayS, isGood, signalFindings } from '../../../renderer/components/signal-findings';

describe('the meter', () => {
  test.each([
    [0, 1],
    [-20, 0.75],
    [-80, 0],
    [-120, 0],
    [3, 1],
  ])('shows %d dBFS at %d of its length', (dbfs, position) => {
    expect(meterPosition(dbfs)).toBeCloseTo(position, 9);
  });

  test('holds a peak for a moment, lets it fall, and lifts it at a louder one', () => {
    const first = holdPeak(null, -10, 0);
    expect(heldDbfs(first, 1_400)).toBe(-10);
    expect(heldDbfs(first, 2_500)).toBe(-34);
    expect(holdPeak(first, -20, 1_000)).toBe(first);
    expect(holdPeak(first, -6, 1_000)).toEqual({ dbfs: -6, atMs: 1_000 });
    // Fallen below what sounds now: what sounds now is the peak.
    expect(holdPeak(first, -20, 2_500)).toEqual({ dbfs: -20, atMs: 2_500 });
  });
});

describe('the level stream', () => {
  const level = (peakDbfs: number): Level => ({
    device: 'a',
    at: '2026-11-21T12:00:00.000Z',
    channels: [{ peakDbfs, rmsDbfs: -60 }],
  });

  test('is asked for again when it ends or fails, until nobody looks', async () => {
    vi.useFakeTimers();
    try {
      const leaving = new AbortController();
      const received: number[] = [];
      let calls = 0;
      const following = followLevels({
        levels: () => {
          calls += 1;
          if (calls === 2) return Promise.reject(new Error('gone'));
          const peak = -calls;
          return Promise.resolve(
            (async function* () {
              await Promise.resolve();
              yield level(peak);
            })(),
          );
        },
        received: ({ channels }) => received.push(channels[0]!.peakDbfs),
        signal: leaving.signal,
      });
      await vi.advanceTimersByTimeAsync(20_000);
      expect(calls).toBeGreaterThan(3);
      expect(received.slice(0, 2)).toEqual([-1, -3]);
      leaving.abort();
      await vi.advanceTimersByTimeAsync(0);
      await following;
      const last = calls;
      await vi.advanceTimersByTimeAsync(60_000);
      expect(calls).toBe(last);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what a segment says of its microphone', () => {
  const well = {
    peakDbfs: -18,
    rmsDbfs: -42,
    dcOffset: 0.001,
    clippedRatio: 0,
    constant: false,
  };
  test.each([
    [{}, ['good']],
    [{ constant: true, peakDbfs: -200 }, ['constant']],
    [{ clippedRatio: 0.0011 }, ['clipping']],
    [{ clippedRatio: 0.001 }, ['good']],
    [{ dcOffset: -0.051 }, ['dc_offset']],
    [{ peakDbfs: -96 }, ['faint']],
    [{ clippedRatio: 0.5, dcOffset: 0.2 }, ['clipping', 'dc_offset']],
  ] as const)('%o reads %o', (changes, findings) => {
    const signal = { ...well, ...changes };
    expect(signalFindings(signal)).toEqual(findings);
    expect(isGood(signal)).toBe(findings[0] === 'good');
  });

  test('a drift is told as seconds a day', () => {
    expect(driftPerDayS(-100)).toBeCloseTo(8.64, 9);
  });
});
