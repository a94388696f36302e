import { expect, it } from 'vitest';
import { formatSegmentName } from '@main/files/segment-name';
import { NameSet } from '@main/indexer/name-set';

const nameOf = (n: number): string =>
  formatSegmentName({ startMs: n * 10_000, durationS: 10, runId: 'aaaaaaaa', sequence: n });

it('knows the names that it was given, and no other, of a hundred thousand that differ in a digit', () => {
  const names = new NameSet();
  for (let n = 0; n < 200_000; n += 2) names.add(nameOf(n));
  expect(names.size).toBe(100_000);
  for (let n = 0; n < 200_000; n += 1) {
    if (names.has(nameOf(n)) !== (n % 2 === 0)) throw new Error(nameOf(n));
  }
});

it('counts a name once, however often it is given', () => {
  const names = new NameSet();
  for (let n = 0; n < 5_000; n += 1) names.add(nameOf(n % 7));
  expect(names.size).toBe(7);
});

it('takes any name', () => {
  const names = new NameSet();
  for (const name of ['', 'ä.wav', '\u0000', 'x'.repeat(300)]) {
    expect(names.has(name)).toBe(false);
    names.add(name);
    expect(names.has(name)).toBe(true);
  }
});
