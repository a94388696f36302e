import { cleanText } from '../files/clean-text';
import { safeNamePart } from '../files/safe-name-part';
import type { SoundMetadata } from '../wav/metadata';
import type { Sidecar } from './sidecar';

/** What everything is of that does not say what it was recorded with. */
const UNKNOWN: Sidecar['device'] = { name: 'imported', displayName: 'Imported' };

/**
 * Which microphone a file says that it was recorded with: by GUANO's serial number, make and model, else by what an
 * AudioMoth writes of itself.
 */
export function importedDevice(
  metadata: Pick<SoundMetadata, 'guano' | 'comment' | 'artist'>,
  fileName: string,
): Sidecar['device'] {
  const { guano } = metadata;
  const model = text(guano?.get('Model'));
  const make = text(guano?.get('Make'));
  const serial = text(guano?.get('Serial'));
  const kind = model ?? make;
  if (kind !== null) {
    const name = [kind.toLowerCase(), serial].filter((part) => part !== null).join('-');
    return { name: safeNamePart(name), displayName: [kind, serial].filter(Boolean).join(' ') };
  }
  const audiomoth = audiomothSerial(metadata, fileName);
  if (audiomoth === null) return UNKNOWN;
  return { name: `audiomoth-${audiomoth}`, displayName: `AudioMoth ${audiomoth}` };
}

/** Sixteen hexadecimal digits: in the comment, in the artist's place, or before the date of the file's name. */
function audiomothSerial(
  { comment, artist }: Pick<SoundMetadata, 'comment' | 'artist'>,
  fileName: string,
): string | null {
  const told = /AudioMoth ([0-9A-F]{16})\b/i;
  const serial =
    told.exec(comment ?? '')?.[1] ??
    told.exec(artist ?? '')?.[1] ??
    /^([0-9A-F]{16})_\d{8}_\d{6}/i.exec(fileName)?.[1];
  return serial?.toUpperCase() ?? null;
}

/** Others wrote it: one line, bounded. */
function text(value: string | undefined): string | null {
  return cleanText(value)?.slice(0, 60) ?? null;
}
