import { expect, it } from 'vitest';
import { SlicePace } from '@main/indexer/slice-pace';

/** How many rows are written at once where each takes so long, and others hinder it so much. */
function paceAt(msPerRow: number, hindrance: (slice: number) => number = () => 1): number {
  let nowMs = 0;
  const clock = {
    monotonicMs: () => nowMs,
    wallMs: () => 0,
    sleep: () => Promise.resolve(true),
  };
  const pace = new SlicePace(clock);
  for (let n = 0; n < 50; n += 1) {
    pace.measure(pace.files, () => {
      nowMs += pace.files * msPerRow * hindrance(n);
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

it('writes no fewer because somebody else had the processor now and then', () => {
  expect(paceAt(0.1, (slice) => (slice % 5 === 0 ? 1 : 20))).toBe(paceAt(0.1));
});

it('writes fewer when each of them has become slower', () => {
  const slower = paceAt(0.1, (slice) => (slice < 10 ? 1 : 2));
  expect(slower).toBe(Math.floor(paceAt(0.1) / 2));
});

it('hands on what was written, and what went wrong', () => {
  const pace = new SlicePace({
    monotonicMs: () => 0,
    wallMs: () => 0,
    sleep: () => Promise.resolve(true),
  });
  expect(pace.measure(1, () => 7)).toBe(7);
  expect(() =>
    pace.measure(1, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
});
