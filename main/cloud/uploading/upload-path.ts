import { posix } from 'node:path';
import slugify from '@sindresorhus/slugify';
import { toInstant } from '@shared/model/time';
import { safeNamePart } from '../../files/safe-name-part';

/** A station whose name has no letter that could stand in a path. */
const NAMELESS = 'station';

/** Names that the station gives, which are safe as they are. */
const OWN_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.|$)){0,120}$/;

export interface UploadPathFacts {
  /** As `stationSlug` makes it. */
  readonly station: string;
  readonly device: string;
  /** Start of the recording, UTC milliseconds. */
  readonly timeMs: number;
  /** Of the file in the data folder, `/`-separated. */
  readonly localPath: string;
  readonly extension: '.flac' | '.wav';
}

/**
 * A name as part of a path: lower case, ä→ae, everything else that is no letter or digit is a hyphen. It takes
 * milliseconds: not for each recording.
 */
export function stationSlug(name: string): string {
  const slug = slugify(name, { decamelize: false, customReplacements: [['&', ' ']] });
  return slug === '' ? NAMELESS : slug;
}

/**
 * Where a recording lies on every remote, relative to the remote's base path:
 * `<station-slug>/<device>/<YYYY-MM-DD>/<name>.flac`. The date is the one of its start in UTC, as in its name.
 */
export function uploadPath(facts: UploadPathFacts): string {
  const { station, device, timeMs, localPath, extension } = facts;
  const day = toInstant(timeMs).slice(0, 10);
  const { name: localName } = posix.parse(localPath);
  const name = OWN_NAME.test(localName) ? localName : safeNamePart(localName);
  return posix.join(station, safeNamePart(device), day, name + extension);
}

/** The same place under another extension. */
export function withExtension(path: string, extension: string): string {
  const { dir, name } = posix.parse(path);
  return posix.join(dir, name + extension);
}

/** The same place for another recording that bears the same name. */
export function withNumber(path: string, recordingId: number): string {
  const { dir, name, ext } = posix.parse(path);
  return posix.join(dir, `${name}_${String(recordingId)}${ext}`);
}
