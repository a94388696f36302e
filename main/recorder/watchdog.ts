import type { CaptureFailure } from './capture-failure';

/** What a watchdog looks at; all times monotonic, milliseconds. */
export interface CaptureVitals {
  readonly nowMs: number;
  readonly startedMs: number;
  /** When audio was last seen to grow on disk; null before the first. */
  readonly lastGrowthMs: number | null;
  /** When a valid segment was last promoted; null before the first. */
  readonly lastValidMs: number | null;
  /** Closed segments wait because the disk does not take them: no fault of the capture. */
  readonly promotionBlocked: boolean;
  readonly segmentDurationS: number;
}

const SHORTEST_MS = 15_000;

/**
 * Is this capture to be ended and started again? Two things must go on: audio must grow, and what has grown
 * must become valid segments. The second is judged in segments, so it waits longer where they are longer.
 */
export function judgeCapture(vitals: CaptureVitals): CaptureFailure | null {
  const { nowMs, startedMs, lastGrowthMs, lastValidMs, segmentDurationS } = vitals;
  const silentMs = nowMs - (lastGrowthMs ?? startedMs);
  if (silentMs > SHORTEST_MS) {
    const since = lastGrowthMs === null ? 'since its start' : 'any more';
    return {
      code: 'STALLED',
      detail: `the capture runs, but no audio has come ${since} for ${seconds(silentMs)} s`,
    };
  }
  // Up to the last growth: one that has stopped growing has stalled, whatever its segments were.
  const invalidMs = (lastGrowthMs ?? startedMs) - (lastValidMs ?? startedMs);
  const patienceMs = Math.max(SHORTEST_MS, 3 * segmentDurationS * 1000);
  if (invalidMs > patienceMs && !vitals.promotionBlocked) {
    return {
      code: 'NO_VALID_AUDIO',
      detail: `files grow, but no segment could be kept for ${seconds(invalidMs)} s`,
    };
  }
  return null;
}

function seconds(ms: number): string {
  return String(Math.round(ms / 1000));
}
