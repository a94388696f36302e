import type { Recording, RecordingFile } from '@shared/model/recording';
import { type Cell, csvLine, listCell } from './csv';
import type { ExportedFile } from './sound-files';

const FILE_COLUMNS = [
  'path',
  'size_bytes',
  'sample_rate_hz',
  'channels',
  'bits_per_sample',
  'frames',
  'sha256',
] as const;

/** The columns of `recordings.csv`. Others may follow them one day; none of these moves or changes its meaning. */
export const RECORDING_COLUMNS = [
  'id',
  'device',
  'time_utc',
  'duration_s',
  'source',
  'original_name',
  'time_source',
  'run_id',
  'sequence',
  ...FILE_COLUMNS.map((column) => `raw_${column}`),
  ...FILE_COLUMNS.map((column) => `processed_${column}`),
  'title',
  'description',
  'notes',
  'tags',
  'protected',
  'uploaded',
  'local_deleted',
  'deleted_at_utc',
  'simulated',
  'recovered',
  'clock_unsynced',
  'retimed_at_utc',
  'verified_at_utc',
  'integrity',
  'detections',
  'indexed_at_utc',
  'exported_raw',
  'exported_processed',
] as const;

export const RECORDINGS_HEADING = csvLine(RECORDING_COLUMNS);

/** @param exported the files of it that lie beside the table */
export function recordingLine(recording: Recording, exported: readonly ExportedFile[]): string {
  const placeOf = (wanted: ExportedFile['stream']): Cell =>
    exported.find(({ stream }) => stream === wanted)?.path ?? null;
  return csvLine([
    recording.id,
    recording.device,
    recording.time,
    recording.durationS,
    recording.source,
    recording.originalName,
    recording.timeSource,
    recording.runId,
    recording.sequence,
    ...fileCells(recording.raw),
    ...fileCells(recording.processed),
    recording.title,
    recording.description,
    recording.notes,
    listCell(recording.tags),
    recording.protected,
    recording.uploaded,
    recording.localDeleted,
    recording.deletedAt,
    recording.simulated,
    recording.recovered,
    recording.clockUnsynced,
    recording.retimedAt,
    recording.verifiedAt,
    recording.integrity,
    recording.detections,
    recording.indexedAt,
    placeOf('raw'),
    placeOf('processed'),
  ]);
}

function fileCells(file: RecordingFile | null): Cell[] {
  if (file === null) return FILE_COLUMNS.map(() => null);
  const { path, sizeBytes, sampleRateHz, channels, bitsPerSample, frames, sha256 } = file;
  return [path, sizeBytes, sampleRateHz, channels, bitsPerSample, frames, sha256];
}
