/** What the file system says of the data disk. */
export interface DiskRoom {
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** null: it makes inodes as it needs them. */
  readonly freeInodes: number | null;
}

const GIB = 1024 ** 3;
/** What recorders write in an hour or two must find its place, whatever is imported. */
const LEAST_FREE_BYTES = 1 * GIB;
/** On a small disk no more than this share of it. */
const LARGEST_SHARE = 0.1;
const LEAST_FREE_INODES = 1_000;

/**
 * Whether a file may still be imported: recording comes first.
 * @param fileBytes of the copy
 * @param minFreeGb what the janitor is told to keep free; null: nothing
 * @returns why not, in one sentence; null: it may
 */
export function lackOfRoom(
  fileBytes: number,
  disk: DiskRoom,
  minFreeGb: number | null,
): string | null {
  const wanted = Math.max(LEAST_FREE_BYTES, (minFreeGb ?? 0) * GIB);
  const reserve = Math.min(wanted, disk.totalBytes * LARGEST_SHARE);
  if (disk.freeBytes - fileBytes < reserve) {
    return `The data disk has ${gigabytes(disk.freeBytes)} free; ${gigabytes(reserve)} of it are kept for recording.`;
  }
  if (disk.freeInodes !== null && disk.freeInodes < LEAST_FREE_INODES) {
    return `The data disk has room for ${String(disk.freeInodes)} more files only; they are kept for recording.`;
  }
  return null;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 1)} GB`;
}
