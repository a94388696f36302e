import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataFolder, holdsStation } from '../data-folder';
import { StationError } from '../station-error';
import type { KnownStation, KnownStations } from './known-stations';
import { type Marker, readMarker } from './marker';

/** What there is to go by before anything is opened. */
export interface PlaceFacts {
  /** The station that was here the last time. */
  readonly known: KnownStation | null;
  readonly marker: Marker | 'absent' | 'unreadable';
  /** A database or recordings lie there. */
  readonly holdsData: boolean;
  /** A person asked for a new station. */
  readonly newStation: boolean;
}

export type Recognition =
  | {
      readonly kind: 'open';
      /** The station's id; null: it gets one. */
      readonly stationId: string | null;
      /** Another station was here the last time: the disks were swapped. */
      readonly insteadOf: string | null;
    }
  /** What is there is a bare mount point, or was emptied. */
  | { readonly kind: 'missing'; readonly stationId: string };

/** Which station a data folder holds. An unmounted disk is not taken for a fresh start. */
export function recognise({ known, marker, holdsData, newStation }: PlaceFacts): Recognition {
  if (typeof marker === 'object') {
    const { stationId } = marker;
    const isOther = known !== null && known.stationId !== stationId;
    return { kind: 'open', stationId, insteadOf: isOther ? known.stationId : null };
  }
  const expected = known?.stationId ?? null;
  if (holdsData) return { kind: 'open', stationId: expected, insteadOf: null };
  // A spoilt marker on a disk that holds nothing else is a disk all the same, not a bare mount point.
  if (marker === 'unreadable') return { kind: 'open', stationId: expected, insteadOf: null };
  if (expected === null || newStation) return { kind: 'open', stationId: null, insteadOf: null };
  return { kind: 'missing', stationId: expected };
}

/**
 * Looks at a data folder and touches nothing.
 * @param stations null: nothing is remembered (a demo)
 * @throws StationError DATA_DISK_MISSING
 */
export async function recogniseStation(
  folder: DataFolder,
  stations: KnownStations | null,
  newStation: boolean,
): Promise<Extract<Recognition, { kind: 'open' }>> {
  const recognised = await lookAtPlace(folder, stations, newStation);
  if (recognised.kind === 'open') return recognised;
  throw new StationError(
    'DATA_DISK_MISSING',
    `${missingDisk(folder, recognised.stationId)} Use --new-station to start a new one.`,
  );
}

/** The same for a question that starts nothing. */
export async function lookAtPlace(
  folder: DataFolder,
  stations: KnownStations | null,
  newStation: boolean,
): Promise<Recognition> {
  return recognise({
    known: (await stations?.find(folder.root)) ?? null,
    marker: await readMarker(folder.root),
    holdsData: (await holdsStation(folder)) || (await holdsRecordings(folder.recorderDir)),
    newStation,
  });
}

export function missingDisk(folder: DataFolder, stationId: string): string {
  return `The data folder ${folder.root} holds nothing, and station ${stationId} was expected there: is its disk mounted?`;
}

/** Files, not folders: a capture that was started as its disk went may have left those in a bare mount point. */
async function holdsRecordings(recorderDir: string): Promise<boolean> {
  for (const workspace of await namesIn(recorderDir)) {
    for (const stream of ['raw', 'processed']) {
      const names = await namesIn(join(recorderDir, workspace, 'data', stream));
      if (names.length > 0) return true;
    }
  }
  return false;
}

async function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}
