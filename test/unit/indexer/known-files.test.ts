import { describe, expect, it } from 'vitest';
import { KnownFiles } from '@main/indexer/known-files';

const name = (sequence: number | string, run = 'aaaaaaaa', suffix = ''): string =>
  `2026-05-01T12-00-00Z_10s_${run}_${String(sequence).padStart(8, '0')}${suffix}.wav`;

describe('the files that have their row', () => {
  it('are those that were added: each of its workspace, stream, run and sequence', () => {
    const known = new KnownFiles();
    const added = [0, 1, 7, 8, 1023, 1024, 4_000_000, 123_456_789_012_345];
    for (const sequence of added) known.add('mic', 'raw', name(sequence));
    for (const sequence of added) expect(known.has('mic', 'raw', name(sequence))).toBe(true);
    for (const sequence of [2, 6, 9, 1022, 1025, 2048, 3_999_999]) {
      expect(known.has('mic', 'raw', name(sequence))).toBe(false);
    }
    expect(known.has('mic', 'processed', name(0))).toBe(false);
    expect(known.has('mic2', 'raw', name(0))).toBe(false);
    expect(known.has('mic', 'raw', name(0, 'bbbbbbbb'))).toBe(false);
  });

  it('are the same by another time in their name: the database has one row for them', () => {
    const known = new KnownFiles();
    known.add('mic', 'raw', name(5));
    const renamed = name(5, 'aaaaaaaa', '.2').replace('12-00-00', '15-00-00');
    expect(known.has('mic', 'raw', renamed)).toBe(true);
  });

  it('are so no more when they are taken out, and the others stay', () => {
    const known = new KnownFiles();
    for (const sequence of [5, 6, 2000]) known.add('mic', 'raw', name(sequence));
    known.remove('mic', 'raw', name(5));
    known.remove('mic', 'raw', name(4_000_000));
    known.remove('mic', 'raw', 'rain.wav');
    expect([5, 6, 2000].map((n) => known.has('mic', 'raw', name(n)))).toEqual([false, true, true]);
    known.clear();
    expect(known.has('mic', 'raw', name(6))).toBe(false);
  });

  it('are never of a foreign name', () => {
    const known = new KnownFiles();
    known.add('mic', 'raw', 'rain.wav');
    expect(known.has('mic', 'raw', 'rain.wav')).toBe(false);
  });
});
