import type { Recording, Stream } from '@shared/model/recording';
import type { Bundle } from './bundle';
import type { Position } from './data-package';
import type { Records } from './records';
import { SoundFiles } from './sound-files';

/** One way to fill a bundle with recordings, one after the other. */
export interface Recipe {
  /** @throws Node's errors when nothing can be written; DataDiskAwayError */
  add(recording: Recording): Promise<void>;
  /** When all were added. */
  finish(): Promise<void>;
}

export interface RecipeParts {
  readonly bundle: Bundle;
  readonly dataRoot: string;
  readonly streams: readonly Stream[];
  readonly records: Records;
  /** A recording as it is now. */
  readonly get: (id: number) => Recording | null;
  /** Is the disk with the recordings there, looked at now? */
  readonly diskIsThere: () => Promise<boolean>;
  readonly station: { readonly name: string; readonly position: Position | null };
  /** Name and version of what exports. */
  readonly software: string;
  readonly exportId: string;
  /** When the export began, UTC milliseconds. */
  readonly atMs: number;
}

/** @param folder the one in the bundle that takes the files */
export function soundFiles(parts: RecipeParts, folder: string, asFlac: boolean): SoundFiles {
  const { bundle, dataRoot, streams, get, diskIsThere } = parts;
  return new SoundFiles({ bundle, dataRoot, streams, asFlac, folder, get, diskIsThere });
}
