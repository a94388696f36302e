import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRange } from '../../../electron/byte-range';

describe('a Range header', () => {
  it.each([
    ['bytes=0-', { kind: 'part', first: 0, last: 999 }],
    ['bytes=0-0', { kind: 'part', first: 0, last: 0 }],
    ['bytes=10-19', { kind: 'part', first: 10, last: 19 }],
    ['Bytes=10-5000', { kind: 'part', first: 10, last: 999 }],
    ['bytes=999-', { kind: 'part', first: 999, last: 999 }],
    ['bytes=-1', { kind: 'part', first: 999, last: 999 }],
    ['bytes=-5000', { kind: 'part', first: 0, last: 999 }],
    ['bytes=1000-', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    [null, { kind: 'whole' }],
    ['', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['bytes=20-10', { kind: 'whole' }],
    ['bytes=0-1,5-6', { kind: 'whole' }],
    ['lines=0-1', { kind: 'whole' }],
    ['bytes=a-b', { kind: 'whole' }],
    ['bytes=-1-2', { kind: 'whole' }],
  ])('%j of 1000 bytes', (header, expected) => {
    expect(parseRange(header, 1000)).toEqual(expected);
  });

  it('finds nothing in an empty file', () => {
    expect(parseRange('bytes=0-', 0)).toEqual({ kind: 'unsatisfiable' });
    expect(parseRange('bytes=-5', 0)).toEqual({ kind: 'unsatisfiable' });
  });

  it('never leaves the file', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(), fc.nat(), (noise, from, to, size) => {
        for (const header of [noise, `bytes=${from}-${to}`, `bytes=${from}-`, `bytes=-${to}`]) {
          const range = parseRange(header, size);
          if (range.kind !== 'part') continue;
          expect(range.first).toBeGreaterThanOrEqual(0);
          expect(range.last).toBeGreaterThanOrEqual(range.first);
          expect(range.last).toBeLessThan(size);
        }
      }),
    );
  });
});
