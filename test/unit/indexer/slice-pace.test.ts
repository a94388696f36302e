import { expect, it } from 'vitest';
import { SlicePace } from '@main/indexer/slice-pace';

/** A pace on a machine that takes so long for one row. */
function paceAt(msPerRow: number): number {
  let nowMs = 0;
  const clock = {
    monotonicMs: () => nowMs,
    wallMs: () => 0,
    sleep: () => Promise.resolve(true),
  };
  const pace = new SlicePace(clock);
  for (let n = 0; n < 50; n += 1) {
    pace.measure(() => {
      nowMs += pace.files * msPerRow;
    });
  }
  return pace.files;
}

it('writes as many rows at once as a few milliseconds allow', () => {
  expect(paceAt(0.01)).toBe(200);
  expect(paceAt(0.1) * 0.1).toBeGreaterThan(2);
  expect(paceAt(0.1) * 0.1).toBeLessThan(10);
  expect(paceAt(5)).toBe(25);
});

it('hands on what was written, and what went wrong', () => {
  const pace = new SlicePace({
    monotonicMs: () => 0,
    wallMs: () => 0,
    sleep: () => Promise.resolve(true),
  });
  expect(pace.measure(() => 7)).toBe(7);
  expect(() =>
    pace.measure(() => {
      throw new Error('no');
    }),
  ).toThrow('no');
});
