import type { Stream } from '@shared/model/recording';

/** What a copied file is named after. */
export interface NamedRecording {
  readonly id: number;
  readonly device: string;
  readonly timeMs: number;
}

const UMLAUTS: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
  ß: 'ss',
};
/** Names that Windows keeps for itself. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;
const LONGEST = 60;

/** Any text as a name that every file system takes and no shell minds: letters, digits, `_` and `-`. */
export function safeName(text: string, fallback: string): string {
  const plain = text
    .replaceAll(/[äöüÄÖÜß]/g, (letter) => UMLAUTS[letter] ?? '')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_]+/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, '');
  if (plain === '') return fallback;
  return RESERVED.test(plain) ? `${fallback}-${plain}` : plain;
}

/**
 * Where a copy goes, relative to the export: a folder for each microphone and each day, because no file system likes a
 * million files in one. `mic/2026-11-21/mic_20261121_180000Z_4711.wav`: what other programs read time and place from,
 * and the recording's number, which makes it unique.
 * @param extension with its dot
 */
export function copyPath(recording: NamedRecording, stream: Stream, extension: string): string {
  const device = safeName(recording.device, 'device');
  const [day = '', time = ''] = new Date(recording.timeMs).toISOString().split('T');
  const stamp = `${day.replaceAll('-', '')}_${time.slice(0, 8).replaceAll(':', '')}Z`;
  const suffix = stream === 'processed' ? '_processed' : '';
  return `${device}/${day}/${device}_${stamp}_${String(recording.id)}${suffix}${extension}`;
}

/** A new folder's name: `waldstation_flac_20261121_180000Z`. */
export function exportFolderName(station: string, format: string, atMs: number): string {
  const stamp = new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
  return `${safeName(station, 'station')}_${format}_${stamp}Z`;
}
