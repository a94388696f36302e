/** When a run's first frame was captured, on both clocks. */
export interface RunAnchor {
  /** UTC milliseconds, fractional. */
  readonly wallMs: number;
  /** CLOCK_MONOTONIC, milliseconds. */
  readonly monotonicMs: number;
  /** `input`: stamped by the sound input itself; `process_start`: the input has no clock of its own. */
  readonly source: 'input' | 'process_start';
  /** Was the system clock synchronised? null: the system does not tell. */
  readonly synced: boolean | null;
}

/** No input takes longer from the start of its process to its first sample. */
const LONGEST_START_MS = 120_000;
/** By how much the two clocks may be read apart. */
const TOLERANCE_MS = 1_000;

/**
 * Anchors a run by the wall time that its input stamped on the first sample, brought onto the monotonic clock by the
 * pair that was read when the process was started. A stamp that does not lie shortly after that start comes from a clock
 * that was set in between: it tells nothing, and the run is anchored at its start, as not synchronised.
 * @param startWallMs the input's stamp, UTC milliseconds; null: it has no clock
 */
export function anchorRun(
  started: { readonly startedWallMs: number; readonly startedMonotonicMs: number },
  startWallMs: number | null,
  synced: boolean | null,
): RunAnchor {
  const atStart = {
    wallMs: started.startedWallMs,
    monotonicMs: started.startedMonotonicMs,
    source: 'process_start',
  } as const;
  if (startWallMs === null) return { ...atStart, synced };
  const delayMs = startWallMs - started.startedWallMs;
  if (delayMs < -TOLERANCE_MS || delayMs > LONGEST_START_MS) return { ...atStart, synced: false };
  return {
    wallMs: startWallMs,
    monotonicMs: started.startedMonotonicMs + delayMs,
    source: 'input',
    synced,
  };
}

/**
 * Was the clock synchronised when a run of this boot began, if nobody noted it then? That it is right now tells nothing:
 * it may have been set since. That it is not, that it was not then either.
 */
export function syncedEarlier(syncedNow: boolean | null): false | null {
  return syncedNow === false ? false : null;
}
