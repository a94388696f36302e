/** What the file system says of the data disk. */
export interface DiskRoom {
  readonly freeBytes: number;
  /** Of which recordings can take a share: what is kept for root is none of it. */
  readonly totalBytes: number;
  /** null: it makes inodes as it needs them. */
  readonly freeInodes: number | null;
}

/** What of the data disk is not for imports. */
export interface KeptRoom {
  /** What the janitor is told to keep free; null: nothing. */
  readonly minFreeGb: number | null;
  /** How full imports may make it, percent: beyond it the station removes recordings to go on. */
  readonly limitPercent: number;
}

/** A file that is to be copied. */
interface WantedRoom {
  /** Of the copy. */
  readonly copyBytes: number;
  /** Of the file that it is made of. */
  readonly sourceBytes: number;
}

type RoomVerdict =
  | { readonly kind: 'enough' }
  /** Until there is more room; `detail` is a sentence. */
  | { readonly kind: 'wait'; readonly detail: string }
  /** Others may fit; `detail` is a phrase. */
  | { readonly kind: 'too_large'; readonly detail: string };

const GIB = 1024 ** 3;
/** What recorders write in some minutes must find its place, whatever a person set. */
const LEAST_FREE_BYTES = 1 * GIB;
/** On a small disk no more than this share of it. */
const LARGEST_SHARE = 0.1;
const LEAST_FREE_INODES = 1_000;
/** A sound takes up to so many times the room of the packed file: what promises more may just be damaged. */
const LARGEST_GROWTH = 8;

/** Whether a file may still be imported: recording comes first. */
export function judgeRoom(
  { copyBytes, sourceBytes }: WantedRoom,
  disk: DiskRoom,
  kept: KeptRoom,
): RoomVerdict {
  const detail = lackOfRoom(copyBytes, disk, kept);
  if (detail === null) return { kind: 'enough' };
  const likelyBytes = Math.min(copyBytes, sourceBytes * LARGEST_GROWTH);
  const neverFits = copyBytes > disk.totalBytes - reserveOf(disk, kept);
  // One such file must not keep all that lie behind it from their place.
  if (lackOfRoom(neverFits ? 0 : likelyBytes, disk, kept) !== null) return { kind: 'wait', detail };
  return {
    kind: 'too_large',
    detail: `it promises ${gigabytes(copyBytes)} of sound, and there is room for ${gigabytes(disk.freeBytes - reserveOf(disk, kept))}`,
  };
}

/**
 * @param fileBytes of the copy
 * @returns why there is no room for it, in one sentence; null: there is
 */
export function lackOfRoom(fileBytes: number, disk: DiskRoom, kept: KeptRoom): string | null {
  const reserve = reserveOf(disk, kept);
  if (disk.freeBytes - fileBytes < reserve) {
    return `The data disk has ${gigabytes(disk.freeBytes)} free; ${gigabytes(reserve)} are kept for recording.`;
  }
  if (disk.freeInodes !== null && disk.freeInodes < LEAST_FREE_INODES) {
    return `The data disk has room for ${String(disk.freeInodes)} more files only; they are kept for recording.`;
  }
  return null;
}

/** Bytes. What a person asks to be kept free is never cut down. */
function reserveOf({ totalBytes }: DiskRoom, { minFreeGb, limitPercent }: KeptRoom): number {
  return Math.max(
    Math.min(LEAST_FREE_BYTES, totalBytes * LARGEST_SHARE),
    (minFreeGb ?? 0) * GIB,
    totalBytes * (1 - limitPercent / 100),
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 1)} GB`;
}
