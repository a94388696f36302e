import { statfs } from 'node:fs/promises';

/** How full the disk of the data folder is, as `df` counts: what only root may still use is neither free nor used. */
export interface DiskUsage {
  readonly usedBytes: number;
  readonly freeBytes: number;
  /** null where the file system makes inodes as it needs them. */
  readonly inodes: { readonly used: number; readonly free: number } | null;
  /** A file takes a whole number of these. Bytes. */
  readonly blockBytes: number;
}

/** @throws Node's errors */
export async function measureDisk(path: string): Promise<DiskUsage> {
  const disk = await statfs(path);
  return {
    usedBytes: (disk.blocks - disk.bfree) * disk.bsize,
    freeBytes: disk.bavail * disk.bsize,
    inodes: disk.files === 0 ? null : { used: disk.files - disk.ffree, free: disk.ffree },
    blockBytes: Math.max(512, disk.bsize),
  };
}

/** 0 … 100 */
export function percentUsed({
  used,
  free,
}: {
  readonly used: number;
  readonly free: number;
}): number {
  return used + free === 0 ? 0 : (used / (used + free)) * 100;
}

/** The fuller of bytes and inodes, 0 … 100. */
export function worstPercent({ usedBytes, freeBytes, inodes }: DiskUsage): number {
  return Math.max(
    percentUsed({ used: usedBytes, free: freeBytes }),
    inodes === null ? 0 : percentUsed(inodes),
  );
}
