import type { Integrity, Recording, RecordingFile, Stream } from '@shared/model/recording';
import type { TimeSource } from '@shared/model/import';
import { toInstant } from '@shared/model/instant';

type Bit = 0 | 1;

/** A row of `recordings` with its tags and the number of its detections, as `RECORDING_COLUMNS` asks for it. */
export interface RecordingRow {
  readonly id: number;
  readonly device: string;
  readonly time_ms: number;
  readonly duration_s: number;
  readonly run_id: string | null;
  readonly sequence: number | null;
  readonly raw_path: string | null;
  readonly raw_size_bytes: number | null;
  readonly raw_sample_rate_hz: number | null;
  readonly raw_channels: number | null;
  readonly raw_bits_per_sample: number | null;
  readonly raw_frames: number | null;
  readonly raw_sha256: string | null;
  readonly processed_path: string | null;
  readonly processed_size_bytes: number | null;
  readonly processed_sample_rate_hz: number | null;
  readonly processed_channels: number | null;
  readonly processed_bits_per_sample: number | null;
  readonly processed_frames: number | null;
  readonly processed_sha256: string | null;
  readonly simulated: Bit;
  readonly recovered: Bit;
  readonly clock_unsynced: Bit;
  readonly retimed_at_ms: number | null;
  readonly uploaded: Bit;
  readonly local_deleted: Bit;
  readonly missing_file: Stream | null;
  readonly indexed_at_ms: number;
  readonly source: 'recorder' | 'import';
  readonly original_name: string | null;
  readonly time_source: TimeSource | null;
  readonly title: string | null;
  readonly description: string | null;
  readonly notes: string | null;
  readonly protected: Bit;
  readonly deleted_at_ms: number | null;
  readonly verified_at_ms: number | null;
  readonly integrity: Integrity | null;
  /** JSON array of names, by name. */
  readonly tags: string;
  readonly detections: number;
}

const FILE_COLUMNS = [
  'path',
  'size_bytes',
  'sample_rate_hz',
  'channels',
  'bits_per_sample',
  'frames',
  'sha256',
];

/** Of the table under the name `r`. */
export const RECORDING_COLUMNS = [
  ...['id', 'device', 'time_ms', 'duration_s', 'run_id', 'sequence'].map((name) => `r.${name}`),
  ...['raw', 'processed'].flatMap((stream) => FILE_COLUMNS.map((name) => `r.${stream}_${name}`)),
  ...['simulated', 'recovered', 'clock_unsynced', 'retimed_at_ms'].map((name) => `r.${name}`),
  ...['uploaded', 'local_deleted', 'missing_file', 'indexed_at_ms', 'source'].map(
    (name) => `r.${name}`,
  ),
  ...['original_name', 'time_source', 'title', 'description', 'notes'].map((name) => `r.${name}`),
  ...['protected', 'deleted_at_ms', 'verified_at_ms', 'integrity'].map((name) => `r.${name}`),
  `(select json_group_array(name) from (select t.name from recording_tags k join tags t on t.id = k.tag_id
    where k.recording_id = r.id order by t.name)) as tags`,
  '(select count(*) from detections d where d.recording_id = r.id) as detections',
].join(', ');

export function toRecording(row: RecordingRow): Recording {
  return {
    id: row.id,
    device: row.device,
    time: toInstant(row.time_ms),
    durationS: row.duration_s,
    runId: row.run_id,
    sequence: row.sequence,
    raw: toFile({
      path: row.raw_path,
      sizeBytes: row.raw_size_bytes,
      sampleRateHz: row.raw_sample_rate_hz,
      channels: row.raw_channels,
      bitsPerSample: row.raw_bits_per_sample,
      frames: row.raw_frames,
      sha256: row.raw_sha256,
    }),
    processed: toFile({
      path: row.processed_path,
      sizeBytes: row.processed_size_bytes,
      sampleRateHz: row.processed_sample_rate_hz,
      channels: row.processed_channels,
      bitsPerSample: row.processed_bits_per_sample,
      frames: row.processed_frames,
      sha256: row.processed_sha256,
    }),
    simulated: row.simulated === 1,
    recovered: row.recovered === 1,
    retimedAt: instantOrNull(row.retimed_at_ms),
    clockUnsynced: row.clock_unsynced === 1,
    uploaded: row.uploaded === 1,
    localDeleted: row.local_deleted === 1,
    missingFile: row.missing_file,
    indexedAt: toInstant(row.indexed_at_ms),
    source: row.source,
    originalName: row.original_name,
    timeSource: row.time_source,
    title: row.title,
    description: row.description,
    notes: row.notes,
    tags: JSON.parse(row.tags) as string[],
    protected: row.protected === 1,
    deletedAt: instantOrNull(row.deleted_at_ms),
    verifiedAt: instantOrNull(row.verified_at_ms),
    integrity: row.integrity,
    detections: row.detections,
  };
}

function instantOrNull(utcMs: number | null): string | null {
  return utcMs === null ? null : toInstant(utcMs);
}

function toFile(columns: {
  [Key in keyof RecordingFile]: RecordingFile[Key] | null;
}): RecordingFile | null {
  const { path, sizeBytes, sampleRateHz, channels, bitsPerSample, frames, sha256 } = columns;
  const measured =
    path !== null &&
    sizeBytes !== null &&
    sampleRateHz !== null &&
    channels !== null &&
    bitsPerSample !== null &&
    frames !== null;
  return measured
    ? { path, sizeBytes, sampleRateHz, channels, bitsPerSample, frames, sha256 }
    : null;
}
