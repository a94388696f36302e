import { describe, expect, it } from 'vitest';
import type { DataDiskState } from '@shared/model/station';
import { type DiskFacts, judgeDisk } from '@main/data-disk/disk-state';

const MB = 1024 * 1024;
const WELL: DiskFacts = {
  marker: 'here',
  otherStation: null,
  space: { freeBytes: 10_000 * MB, totalBytes: 30_000 * MB },
  inodes: { free: 1_000_000, total: 2_000_000 },
  writeErrorCode: null,
};
const free = (mb: number): Partial<DiskFacts> => ({
  space: { freeBytes: mb * MB, totalBytes: 30_000 * MB },
});
const inodes = (left: number): Partial<DiskFacts> => ({ inodes: { free: left, total: 2_000_000 } });

const CASES: readonly [string, Partial<DiskFacts>, DataDiskState, DataDiskState, RegExp][] = [
  ['all is well', {}, 'ok', 'ok', /^$/],
  ['its marker is gone', { marker: 'gone' }, 'ok', 'missing', /not mounted, or removed\.$/],
  [
    'another station’s disk lies there',
    { otherStation: '0a' },
    'ok',
    'missing',
    /another station \(0a\)/,
  ],
  ['it cannot be asked', { marker: { errorCode: 'EIO' } }, 'ok', 'failed', /error \(EIO\)\.$/],
  ['it hangs', { marker: { errorCode: 'ETIMEDOUT' } }, 'ok', 'failed', /does not answer\.$/],
  ['it is mounted read-only', { writeErrorCode: 'EROFS' }, 'ok', 'read_only', /read-only\.$/],
  ['a write fails', { writeErrorCode: 'EIO' }, 'ok', 'failed', /error \(EIO\)\.$/],
  ['a write is not allowed', { writeErrorCode: 'EACCES' }, 'ok', 'failed', /permission is denied/],
  ['an error nobody knows', { writeErrorCode: 'EWEIRD' }, 'ok', 'failed', /EWEIRD\.$/],
  ['less than the reserve is free', free(63.9), 'ok', 'full', /full: 67\.0 MB are free\.$/],
  ['just the reserve is free', free(64), 'ok', 'ok', /^$/],
  ['it was full and has little room again', free(95), 'full', 'full', /full/],
  ['it was full and has room again', free(96), 'full', 'ok', /^$/],
  ['it was something else and has little room', free(70), 'missing', 'ok', /^$/],
  [
    'a write finds no room where there should be some',
    { writeErrorCode: 'ENOSPC' },
    'ok',
    'full',
    /full/,
  ],
  ['a quota is used up', { writeErrorCode: 'EDQUOT' }, 'ok', 'full', /full/],
  ['few inodes are left', inodes(499), 'ok', 'no_inodes', /499 inodes are free\.$/],
  ['enough inodes are left', inodes(500), 'ok', 'ok', /^$/],
  ['it had no inodes and has a few more', inodes(700), 'no_inodes', 'no_inodes', /inodes/],
  ['it had no inodes and has enough', inodes(750), 'no_inodes', 'ok', /^$/],
  [
    'no inode is left and a write fails for it',
    { ...inodes(0), writeErrorCode: 'ENOSPC' },
    'ok',
    'no_inodes',
    /0 inodes/,
  ],
  ['it makes inodes as it needs them', { inodes: null }, 'ok', 'ok', /^$/],
  ['it does not tell its space', { space: null, inodes: null }, 'ok', 'ok', /^$/],
  [
    'read-only counts for more than full',
    { ...free(1), writeErrorCode: 'EROFS' },
    'ok',
    'read_only',
    /./,
  ],
  [
    'gone counts for more than all',
    { ...free(1), marker: 'gone', writeErrorCode: 'EROFS' },
    'ok',
    'missing',
    /./,
  ],
];

describe('a data disk', () => {
  it.each(CASES)('%s', (_what, facts, before, state, detail) => {
    const verdict = judgeDisk('/data', { ...WELL, ...facts }, before);
    expect(verdict.state).toBe(state);
    expect(verdict.detail).toMatch(detail);
  });

  it('that is small keeps a tenth free, not all of it', () => {
    const small = (freeMb: number, before: DataDiskState = 'ok'): string =>
      judgeDisk(
        '/data',
        { ...WELL, space: { freeBytes: freeMb * MB, totalBytes: 100 * MB } },
        before,
      ).state;
    expect([small(11), small(9), small(11, 'full'), small(16, 'full')]).toEqual([
      'ok',
      'full',
      'full',
      'ok',
    ]);
  });
});
