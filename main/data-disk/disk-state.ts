import type { DataDiskState } from '@shared/model/station';

/** What one look at the data disk found. */
export interface DiskFacts {
  /** The station's marker; an error's code when it could not even be asked for. */
  readonly marker: 'here' | 'gone' | { readonly errorCode: string };
  /** Another station's marker lies in its place. */
  readonly otherStation: string | null;
  /** null: the file system does not tell. */
  readonly space: { readonly freeBytes: number; readonly totalBytes: number } | null;
  /** null: the file system does not tell, or makes inodes as it needs them. */
  readonly inodes: { readonly free: number; readonly total: number } | null;
  /** Code of the error with which the last attempt to write ended; null: it went well. */
  readonly writeErrorCode: string | null;
}

/** How much must stay free for the database, the log and the last segments. */
export interface DiskReserve {
  /** Below this it counts as full … */
  readonly fullBelowBytes: number;
  /** … and above this as cured. */
  readonly curedAboveBytes: number;
  readonly fullBelowInodes: number;
}

export const RESERVE: DiskReserve = {
  fullBelowBytes: 64 * 1024 * 1024,
  curedAboveBytes: 96 * 1024 * 1024,
  fullBelowInodes: 500,
};

/** On a small disk the reserve is no more than this share of it. */
const LARGEST_SHARE = 0.1;

export interface DiskVerdict {
  readonly state: DataDiskState;
  /** One English sentence; empty while all is well. */
  readonly detail: string;
}

/**
 * Can the station write where its recordings belong?
 * @param before the last verdict: what was full counts as cured only with some room to spare
 */
export function judgeDisk(
  root: string,
  facts: DiskFacts,
  before: DataDiskState,
  reserve: DiskReserve = RESERVE,
): DiskVerdict {
  const { marker, otherStation, space, inodes, writeErrorCode } = facts;
  if (marker === 'gone') {
    return missing(`Nothing of this station lies in ${root}: its disk is not mounted, or removed.`);
  }
  if (otherStation !== null) {
    return missing(`The disk of another station (${otherStation}) lies in ${root}.`);
  }
  if (marker !== 'here') return failed(root, marker.errorCode);
  if (writeErrorCode === 'EROFS') {
    return { state: 'read_only', detail: `The disk that holds ${root} is mounted read-only.` };
  }
  const fewInodes = inodes !== null && inodes.free < inodeLimit(inodes.total, before, reserve);
  const littleSpace =
    space !== null && space.freeBytes < byteLimit(space.totalBytes, before, reserve);
  const refusesMore = writeErrorCode === 'ENOSPC' || writeErrorCode === 'EDQUOT';
  if (littleSpace || (refusesMore && !fewInodes)) {
    const free = space === null ? '' : `: ${(space.freeBytes / 1e6).toFixed(1)} MB are free`;
    return { state: 'full', detail: `The disk that holds ${root} is full${free}.` };
  }
  if (fewInodes) {
    const free = String(inodes.free);
    return {
      state: 'no_inodes',
      detail: `The disk that holds ${root} has no room for more files: ${free} inodes are free.`,
    };
  }
  if (writeErrorCode !== null) return failed(root, writeErrorCode);
  return { state: 'ok', detail: '' };
}

function byteLimit(totalBytes: number, before: DataDiskState, reserve: DiskReserve): number {
  const wanted = before === 'full' ? reserve.curedAboveBytes : reserve.fullBelowBytes;
  return scaled(wanted, totalBytes, before === 'full');
}

function inodeLimit(total: number, before: DataDiskState, reserve: DiskReserve): number {
  const wanted = before === 'no_inodes' ? reserve.fullBelowInodes * 1.5 : reserve.fullBelowInodes;
  return scaled(wanted, total, before === 'no_inodes');
}

function scaled(wanted: number, total: number, wasShort: boolean): number {
  return Math.min(wanted, total * LARGEST_SHARE * (wasShort ? 1.5 : 1));
}

function missing(detail: string): DiskVerdict {
  return { state: 'missing', detail };
}

function failed(root: string, code: string): DiskVerdict {
  const words: Readonly<Record<string, string>> = {
    EACCES: 'permission is denied',
    EPERM: 'permission is denied',
    EIO: 'the disk reports an error (EIO)',
    ETIMEDOUT: 'the disk does not answer',
  };
  return { state: 'failed', detail: `Nothing can be written to ${root}: ${words[code] ?? code}.` };
}
