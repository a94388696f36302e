import type { Stream } from '@shared/model/recording';
import type { FoundRecording } from './found-file';

/** What a row holds of each file. */
export const FILE_COLUMNS: Readonly<Record<Stream, readonly string[]>> = {
  raw: columnsOf('raw'),
  processed: columnsOf('processed'),
};

function columnsOf(stream: Stream): string[] {
  return ['path', 'size_bytes', 'sample_rate_hz', 'channels', 'bits_per_sample', 'frames'].map(
    (column) => `${stream}_${column}`,
  );
}

/** What a row holds of a found recording, in the order of `valuesOf`. */
export const FOUND_COLUMNS: readonly string[] = [
  'device',
  'time_ms',
  'duration_s',
  'run_id',
  'sequence',
  'first_frame',
  'simulated',
  'recovered',
  'clock_unsynced',
  'clock_unknown',
  'indexed_at_ms',
  ...FILE_COLUMNS.raw,
  ...FILE_COLUMNS.processed,
];

export type Value = string | number | null;

/** In the order of `FOUND_COLUMNS`. */
export function valuesOf(found: FoundRecording, nowMs: number): Value[] {
  const { raw, processed } = found.files;
  const leading = raw ?? processed;
  return [
    found.device,
    Math.round(found.timeMs),
    leading === undefined ? 0 : leading.frames / leading.sampleRateHz,
    found.runId,
    found.sequence,
    found.firstFrame,
    found.simulated ? 1 : 0,
    found.recovered ? 1 : 0,
    found.clockSynced === false ? 1 : 0,
    found.clockSynced === null ? 1 : 0,
    nowMs,
    ...ofFile(raw),
    ...ofFile(processed),
  ];
}

function ofFile(file: FoundRecording['files']['raw']): Value[] {
  if (file === undefined) return [null, null, null, null, null, null];
  const { path, sizeBytes, sampleRateHz, channels, bitsPerSample, frames } = file;
  return [path, sizeBytes, sampleRateHz, channels, bitsPerSample, frames];
}
