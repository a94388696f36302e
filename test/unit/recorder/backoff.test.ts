import { expect, it } from 'vitest';
import { restartDelayMs } from '@main/recorder/backoff';

it('waits two seconds before the first restart, doubling; from the fifth failure on a minute, for ever', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 1000].map(restartDelayMs);
  expect(delays).toEqual([2_000, 4_000, 8_000, 16_000, 60_000, 60_000, 60_000, 60_000]);
});
