import { describe, expect, it } from 'vitest';
import { LossWatch } from '@main/analysis/loss-watch';
import { permissionOf, type RecordingFacts } from '@main/analysis/permission';
import {
  FAILING_AFTER,
  LONGEST_RETRY_MS,
  restAfter,
  retryAfter,
} from '@main/analysis/retry-policy';

const WELL: RecordingFacts = { diskUsable: true, lossAgoMs: null, loadPerCore: 0.5 };

describe('analysis', () => {
  it.each([
    [{}, 'everything'],
    [{ lossAgoMs: 121_000 }, 'everything'],
    [{ lossAgoMs: 119_000 }, 'nothing'],
    [{ loadPerCore: 3.5 }, 'wanted'],
    [{ loadPerCore: 3.5, lossAgoMs: 0 }, 'nothing'],
    [{ diskUsable: false }, 'nothing'],
  ] as const)('with %o may do %s, and says why not more', (facts, may) => {
    const permission = permissionOf({ ...WELL, ...facts });
    expect(permission.may).toBe(may);
    expect(permission.why === '').toBe(may === 'everything');
  });

  it('notices a loss of sound when it grows, not when it is told for the first time', () => {
    let recorders = [{ device: 'mic', runId: 'a', overruns: 7, lostS: 1 }];
    const watch = new LossWatch(() => recorders);
    expect(watch.lossAgoMs(0)).toBeNull();
    expect(watch.lossAgoMs(1000)).toBeNull();
    recorders = [{ device: 'mic', runId: 'a', overruns: 7, lostS: 1.5 }];
    expect(watch.lossAgoMs(2000)).toBe(0);
    expect(watch.lossAgoMs(5000)).toBe(3000);
    // A new run begins with nothing lost, and what another console's run lost is long ago.
    recorders = [{ device: 'mic', runId: 'b', overruns: 0, lostS: 0 }];
    expect(watch.lossAgoMs(6000)).toBe(4000);
    recorders = [{ device: 'mic', runId: 'b', overruns: 1, lostS: 0 }];
    expect(watch.lossAgoMs(7000)).toBe(0);
  });
});

describe('what fails', () => {
  it('is tried again later and later, and then no more', () => {
    expect([1, 2, 3, 4].map(retryAfter)).toEqual([60_000, LONGEST_RETRY_MS, null, null]);
  });

  it('makes a worker rest once it fails at everything, twice as long each time, an hour at most', () => {
    expect(restAfter(FAILING_AFTER - 1)).toBe(0);
    expect(restAfter(FAILING_AFTER)).toBe(60_000);
    expect(restAfter(FAILING_AFTER + 1)).toBe(120_000);
    expect(restAfter(1000)).toBe(3_600_000);
  });
});
