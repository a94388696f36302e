import { describe, expect, it } from 'vitest';
import type { JanitorMode } from '@shared/model/janitor';
import { demandsOf, modeOf } from '@main/janitor/demand';
import { diskAt } from '../../support/roomy-disk';

const THRESHOLDS = { warning: 70, critical: 80, emergency: 90 };
const GB = 1e9;

describe('the mode', () => {
  it.each<[JanitorMode, number, JanitorMode]>([
    ['quiet', 60, 'quiet'],
    ['quiet', 70, 'quiet'],
    ['quiet', 70.1, 'housekeeping'],
    ['quiet', 75, 'housekeeping'],
    ['quiet', 85, 'defensive'],
    ['quiet', 95, 'panic'],
    ['housekeeping', 69.5, 'housekeeping'],
    ['housekeeping', 69, 'quiet'],
    ['defensive', 79.5, 'defensive'],
    ['defensive', 79, 'housekeeping'],
    ['panic', 89.5, 'panic'],
    ['panic', 88.9, 'defensive'],
    ['panic', 79.5, 'defensive'],
    ['panic', 20, 'quiet'],
    ['housekeeping', 89.5, 'defensive'],
  ])('after %s, at %d %%, is %s', (before, percent, mode) => {
    expect(modeOf(before, diskAt(percent), THRESHOLDS)).toBe(mode);
  });

  it('follows the inodes where they are scarcer, and knows disks that have no fixed number of them', () => {
    expect(modeOf('quiet', diskAt(20, 91), THRESHOLDS)).toBe('panic');
    expect(modeOf('quiet', { ...diskAt(20), inodes: null }, THRESHOLDS)).toBe('quiet');
  });
});

describe('what is demanded', () => {
  it('is nothing while all is quiet', () => {
    expect(demandsOf('quiet', diskAt(60), THRESHOLDS, null)).toEqual([]);
  });

  it('is for each threshold as much as leaves its mode', () => {
    expect(demandsOf('panic', diskAt(95), THRESHOLDS, null)).toEqual([
      { severity: 'housekeeping', reason: 'disk_space', bytes: 26 * GB, files: 0 },
      { severity: 'defensive', reason: 'disk_space', bytes: 16 * GB, files: 0 },
      { severity: 'panic', reason: 'disk_space', bytes: 6 * GB, files: 0 },
    ]);
    expect(demandsOf('defensive', diskAt(85), THRESHOLDS, null)).toHaveLength(2);
  });

  it('is files where inodes are scarce', () => {
    expect(demandsOf('housekeeping', diskAt(20, 75), THRESHOLDS, null)).toEqual([
      { severity: 'housekeeping', reason: 'inodes', bytes: 0, files: 6_000 },
    ]);
  });

  it('leads out of the mode, and no further than to the next byte', () => {
    for (const percent of [70.5, 75, 81, 95, 99.9]) {
      const usage = diskAt(percent);
      const mode = modeOf('quiet', usage, THRESHOLDS);
      const [mildest] = demandsOf(mode, usage, THRESHOLDS, null);
      const bytes = mildest?.bytes ?? 0;
      const relieved = (by: number) => ({
        ...usage,
        usedBytes: usage.usedBytes - by,
        freeBytes: usage.freeBytes + by,
      });
      expect(modeOf(mode, relieved(bytes), THRESHOLDS)).toBe('quiet');
      expect(modeOf(mode, relieved(bytes - 1e6), THRESHOLDS)).toBe('housekeeping');
    }
  });

  it('is a floor of free bytes, too, as strict as what is uploaded', () => {
    expect(demandsOf('quiet', diskAt(60), THRESHOLDS, 40 * GB)).toEqual([]);
    expect(demandsOf('quiet', diskAt(60), THRESHOLDS, 45 * GB)).toEqual([
      { severity: 'defensive', reason: 'min_free', bytes: 6 * GB, files: 0 },
    ]);
    const panic = demandsOf('panic', diskAt(95), THRESHOLDS, 45 * GB);
    expect(panic.map(({ severity }) => severity)).toEqual([
      'housekeeping',
      'defensive',
      'defensive',
      'panic',
    ]);
  });
});
