import { readFileSync } from 'node:fs';
import type { Clock } from './clock';

/** Every clock of the machine at one moment, milliseconds. */
export interface ClockLook {
  readonly wallMs: number;
  readonly monotonicMs: number;
  /** Time since boot, with the time that the machine was suspended; null where it cannot be read. */
  readonly uptimeMs: number | null;
}

/** What happened between two looks. 0: nothing. */
export interface ClockChange {
  /** By how much the wall clock was set, milliseconds. */
  readonly stepMs: number;
  /** For how long the machine was suspended, milliseconds. */
  readonly suspendMs: number;
}

/** Smaller than this is not told from a late look. */
const STEP_MS = 250;
/** No clock is slewed faster than this: adjtimex's own bound. */
const SLEW = 500e-6;
/** Between the readings of one look; more, and it was interrupted. */
const ONE_MOMENT_MS = 5;

/** Reads all clocks as one: a process that is stopped between two readings must not see a step. */
export function takeLook(clock: Clock, uptimeMs: () => number | null): ClockLook {
  for (let attempt = 1; ; attempt += 1) {
    const before = clock.monotonicMs();
    const wallMs = clock.wallMs();
    const uptime = uptimeMs();
    const after = clock.monotonicMs();
    if (after - before <= ONE_MOMENT_MS || attempt === 5) {
      return { wallMs, monotonicMs: before, uptimeMs: uptime };
    }
  }
}

/**
 * Tells a step of the wall clock from slewing and from a suspended machine, whose monotonic clock stands still while
 * its wall clock goes on.
 */
export function compareLooks(before: ClockLook, now: ClockLook): ClockChange {
  const elapsedMs = now.monotonicMs - before.monotonicMs;
  const sleptMs =
    before.uptimeMs === null || now.uptimeMs === null
      ? 0
      : now.uptimeMs - before.uptimeMs - elapsedMs;
  const suspendMs = sleptMs > STEP_MS ? sleptMs : 0;
  const jumpMs = now.wallMs - before.wallMs - elapsedMs - suspendMs;
  const slewedMs = Math.max(0, elapsedMs) * SLEW;
  return { stepMs: Math.abs(jumpMs) > STEP_MS + slewedMs ? jumpMs : 0, suspendMs };
}

/** Milliseconds since boot with suspended time, to the hundredth of a second. Source: /proc/uptime. */
export function readUptimeMs(procRoot = '/proc'): number | null {
  try {
    const seconds = Number(readFileSync(`${procRoot}/uptime`, 'utf8').split(' ')[0]);
    return Number.isFinite(seconds) ? seconds * 1000 : null;
  } catch {
    return null;
  }
}
