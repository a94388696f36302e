/** The meter's lower end; what is quieter shows as nothing. dB below full scale. */
export const METER_FLOOR_DBFS = -80;
/** From here on a sample is taken to have hit full scale. */
export const CLIPPING_DBFS = -0.1;
export const METER_TICKS_DBFS = [-60, -40, -20] as const;

const HOLD_MS = 1_500;
const FALL_DB_PER_S = 24;

/** Where a level stands on the meter, 0 (floor) to 1 (full scale). */
export function meterPosition(dbfs: number): number {
  return Math.min(1, Math.max(0, 1 - dbfs / METER_FLOOR_DBFS));
}

export interface HeldPeak {
  readonly dbfs: number;
  /** Page-monotonic milliseconds at which it was reached. */
  readonly atMs: number;
}

/** The peak mark: stays at the highest peak for a moment, then falls until a higher one lifts it. */
export function holdPeak(held: HeldPeak | null, peakDbfs: number, nowMs: number): HeldPeak {
  if (held === null || peakDbfs >= heldDbfs(held, nowMs)) return { dbfs: peakDbfs, atMs: nowMs };
  return held;
}

/** Where a held peak has fallen to by now, dBFS. */
export function heldDbfs(held: HeldPeak, nowMs: number): number {
  return held.dbfs - (Math.max(0, nowMs - held.atMs - HOLD_MS) / 1000) * FALL_DB_PER_S;
}
