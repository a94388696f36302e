import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './clock';

/** The machine's own clocks. The monotonic one is CLOCK_MONOTONIC, so it compares across processes. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal ? { signal } : undefined);
      return true;
    } catch {
      return false;
    }
  },
};
