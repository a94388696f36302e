import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { FakeClock } from './fake-clock';
import { testStation, type TestStation } from './test-station';

export interface HeldStation extends TestStation {
  readonly clock: FakeClock;
  /**
   * Lets the station's time pass in steps, and after each real time for real processes, until something holds.
   * @throws after `mostMs` of the station's time
   */
  passUntil(holds: () => boolean, mostMs: number, stepMs?: number): Promise<void>;
}

/** A station whose time stands still until it is told to pass, over processes that live in real time. */
export async function heldStation(
  options: Omit<Parameters<typeof testStation>[0] & object, 'clock'> = {},
): Promise<HeldStation> {
  const clock = new FakeClock(Date.now());
  const test = await testStation({ ...options, clock });
  onTestFinished(async () => {
    const stopped = new AbortController();
    const stopping = test.station.stop().finally(() => {
      stopped.abort();
    });
    // What it ends is ended step by step, each of which waits for time to pass.
    while (!stopped.signal.aborted) {
      await clock.advance(25);
      await delay(2);
    }
    await stopping;
  });
  return {
    ...test,
    clock,
    passUntil: async (holds, mostMs, stepMs = 100) => {
      for (let passedMs = 0; !holds(); passedMs += stepMs) {
        if (passedMs > mostMs) throw new Error(`not within ${String(mostMs)} ms`);
        await clock.advance(stepMs);
        await delay(5);
      }
    },
  };
}
