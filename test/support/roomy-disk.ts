import type { DiskUsage } from '@main/janitor/disk-usage';

/** A disk that asks nobody to make room, whatever fills that of the machine which the tests run on. */
export const ROOMY_DISK: DiskUsage = {
  usedBytes: 10e9,
  freeBytes: 90e9,
  inodes: { used: 1_000, free: 99_000 },
  blockBytes: 4096,
};

/** A disk of 100 GB that is so full. @param inodesPercent of 100,000 */
export function diskAt(percent: number, inodesPercent = 1): DiskUsage {
  return {
    usedBytes: percent * 1e9,
    freeBytes: (100 - percent) * 1e9,
    inodes: { used: inodesPercent * 1_000, free: (100 - inodesPercent) * 1_000 },
    blockBytes: 4096,
  };
}
