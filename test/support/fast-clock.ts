import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@main/clock/clock';

/** Real time that runs so many times faster: for real processes behind patience that is measured in seconds. */
export function fastClock(factor: number): Clock {
  return {
    wallMs: () => Date.now() * factor,
    monotonicMs: () => performance.now() * factor,
    sleep: async (ms, signal) =>
      delay(ms / factor, true, signal === undefined ? {} : { signal }).catch(() => false),
  };
}
