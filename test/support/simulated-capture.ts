import type { Loss, LossMeter } from '@main/recorder/loss-meter';

/** Numbers from 0 to 1, the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Hole {
  /** Real time since the first sample, seconds. */
  readonly atS: number;
  readonly lostS: number;
}

export interface SimulatedCapture {
  readonly rateHz: number;
  /** How much faster than the system's clock the device's runs, parts per million. */
  readonly ppm: number;
  readonly holes?: readonly Hole[];
  /** A look is late by this much in the mean, exponentially, by 0.1 s at most. */
  readonly meanLateS?: number;
  readonly seed?: number;
}

const PACKETS_PER_S = 50;
export const BOOTED_MS = 5_000_000;

/** Frames on disk at a time: whole packets of what was captured until then. */
export function framesAt(
  { rateHz, ppm, holes = [] }: SimulatedCapture,
  timeS: number,
): { frames: number; lostS: number } {
  let lostS = 0;
  for (const hole of holes) {
    lostS += Math.min(hole.lostS, Math.max(0, timeS - hole.atS));
  }
  const packet = rateHz / PACKETS_PER_S;
  const captured = (timeS - lostS) * rateHz * (1 + ppm * 1e-6);
  return { frames: Math.max(0, Math.floor(captured / packet) * packet), lostS };
}

/** Looks at a simulated capture as a recorder does, from one time to another. @returns what the meter reported */
export function watchCapture(
  meter: LossMeter,
  capture: SimulatedCapture,
  range: { readonly fromS: number; readonly toS: number; readonly everyS?: number },
): Loss[] {
  const random = randomNumbers(capture.seed ?? 1);
  const found: Loss[] = [];
  for (let timeS = range.fromS; timeS < range.toS;) {
    const { frames } = framesAt(capture, timeS);
    const lateS = Math.min(0.1, -Math.log(1 - random()) * (capture.meanLateS ?? 0.008));
    const loss = meter.observe(BOOTED_MS + (timeS + lateS) * 1000, frames);
    if (loss !== null) found.push(loss);
    // Now and then the machine has something else to do.
    const busyS = random() < 0.01 ? random() * 3 : 0;
    timeS += (range.everyS ?? 1) + random() * 0.01 + busyS;
  }
  return found;
}
