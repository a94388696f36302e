import type { Connection } from '@main/database/connection';

/** Puts tags on a recording; made where nobody bore them yet. */
export function addTags(
  { sqlite }: Connection,
  recordingId: number,
  names: readonly string[],
): void {
  for (const name of names) {
    sqlite.prepare('insert into tags (name) values (?) on conflict do nothing').run(name);
    sqlite
      .prepare(
        'insert into recording_tags (recording_id, tag_id) select ?, id from tags where name = ?',
      )
      .run(recordingId, name);
  }
}

/** What a worker heard in a recording. */
export function addDetections(
  { sqlite }: Connection,
  recordingId: number,
  labels: readonly string[],
): void {
  for (const label of labels) {
    sqlite
      .prepare(
        `insert into detections (recording_id, worker, worker_version, start_s, end_s, label, confidence, created_at_ms)
         values (?, 'custom', '1', 0, 1, ?, 0.5, 0)`,
      )
      .run(recordingId, label);
  }
}

/** Recordings of one device, one every ten seconds; any number of them at once. @returns their numbers */
export function insertRecordings(
  { sqlite }: Connection,
  count: number,
  columns: { device: string; timeMs?: number; title?: string; deletedAtMs?: number },
): number[] {
  if (count === 0) return [];
  const { device, timeMs = 0, title = null, deletedAtMs = null } = columns;
  return sqlite
    .prepare<unknown[], number>(
      `with recursive n (value) as (select 0 union all select value + 1 from n where value < ?)
       insert into recordings (device, time_ms, duration_s, raw_path, raw_size_bytes, raw_sample_rate_hz, raw_channels,
         raw_bits_per_sample, raw_frames, title, deleted_at_ms, indexed_at_ms)
       select ?, ? + value * 10000, 10, 'many/' || hex(randomblob(8)) || '.wav', 960044, 48000, 1, 16, 480000, ?, ?, 0
       from n returning id`,
    )
    .pluck()
    .all(count - 1, device, timeMs, title, deletedAtMs);
}
