import type { SignalHealth } from '@shared/model/recorder';

export type SignalFinding = 'constant' | 'clipping' | 'dc_offset' | 'faint' | 'good';

/** The limits beyond which the station raises an alert, too. */
const MOST_CLIPPED_RATIO = 0.001;
const MOST_DC_OFFSET = 0.05;
/** Below this even a quiet night is below the noise of any microphone. dBFS. */
const FAINT_DBFS = -90;

/** What the newest segment says of the microphone, worst first; `good` when there is nothing to say. */
export function signalFindings(signal: SignalHealth): readonly SignalFinding[] {
  const findings: SignalFinding[] = [];
  if (signal.constant) findings.push('constant');
  if (signal.clippedRatio > MOST_CLIPPED_RATIO) findings.push('clipping');
  if (Math.abs(signal.dcOffset) > MOST_DC_OFFSET) findings.push('dc_offset');
  if (!signal.constant && signal.peakDbfs < FAINT_DBFS) findings.push('faint');
  return findings.length === 0 ? ['good'] : findings;
}

/** Seconds per day that a clock off by so many parts per million gains or loses. */
export function driftPerDayS(ppm: number): number {
  return (Math.abs(ppm) * 86_400) / 1e6;
}

export function isGood(signal: SignalHealth): boolean {
  return signalFindings(signal).includes('good');
}
