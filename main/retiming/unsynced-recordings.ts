import type { Connection } from '../database/connection';

/** A recording whose time is known to be wrong. */
export interface UnsyncedRecording {
  readonly id: number;
  readonly sequence: number;
  readonly timeMs: number;
  readonly firstFrame: number | null;
  readonly frames: number;
  readonly sampleRateHz: number;
  /** Relative to the data folder. */
  readonly paths: { readonly raw: string | null; readonly processed: string | null };
  readonly localDeleted: boolean;
}

/** What is to be true of a recording from now on. */
export interface Retimed {
  readonly id: number;
  readonly timeMs: number;
  readonly atMs: number;
  readonly paths: { readonly raw: string | null; readonly processed: string | null };
  /** Bytes; null: as before. */
  readonly sizes: { readonly raw: number | null; readonly processed: number | null };
  /** Files whose bytes are others now: their hashes are made anew. */
  readonly changed: { readonly raw: boolean; readonly processed: boolean };
}

/** The rows of recordings that were made by a clock that was wrong. */
export class UnsyncedRecordings {
  readonly #select;
  readonly #missing;
  readonly #update;

  constructor(connection: Connection) {
    const { sqlite } = connection;
    this.#select = sqlite.prepare<[string, string, number, number], Row>(
      `select id, sequence, time_ms, first_frame, local_deleted, raw_path, processed_path,
              coalesce(raw_frames, processed_frames) as frames,
              coalesce(raw_sample_rate_hz, processed_sample_rate_hz) as rate
       from recordings
       where device = ? and run_id = ? and sequence > ? and clock_unsynced = 1
       order by sequence limit ?`,
    );
    this.#missing = sqlite
      .prepare<[{ device: string; run: string; sequences: string }], number>(
        `select value from json_each(@sequences) as wanted where not exists (
           select 1 from recordings where device = @device and run_id = @run and sequence = wanted.value)`,
      )
      .pluck();
    // Whoever reads the row while its file is being hashed tells by `retimed_at_ms` that it is another one now.
    this.#update = sqlite.prepare<[Record<string, unknown>]>(
      `update recordings set
         original_time_ms = case when time_ms = @time_ms then original_time_ms
           else coalesce(original_time_ms, time_ms) end,
         retimed_at_ms = case when time_ms = @time_ms and not @raw_changed and not @processed_changed
           then retimed_at_ms else max(@at_ms, coalesce(retimed_at_ms, 0) + 1) end,
         time_ms = @time_ms,
         clock_unsynced = 0,
         raw_path = @raw_path,
         processed_path = @processed_path,
         raw_size_bytes = coalesce(@raw_size, raw_size_bytes),
         processed_size_bytes = coalesce(@processed_size, processed_size_bytes),
         raw_sha256 = case when @raw_changed then null else raw_sha256 end,
         processed_sha256 = case when @processed_changed then null else processed_sha256 end
       where id = @id and clock_unsynced = 1`,
    );
  }

  /** Of a run, in order, those after a sequence. */
  after(device: string, runId: string, sequence: number, limit: number): UnsyncedRecording[] {
    return this.#select.all(device, runId, sequence, limit).map((row) => ({
      id: row.id,
      sequence: row.sequence,
      timeMs: row.time_ms,
      firstFrame: row.first_frame,
      frames: row.frames ?? 0,
      sampleRateHz: row.rate ?? 0,
      paths: { raw: row.raw_path, processed: row.processed_path },
      localDeleted: row.local_deleted === 1,
    }));
  }

  /** Those segments of a run that have no recording (yet). */
  missing(device: string, run: string, sequences: readonly number[]): number[] {
    if (sequences.length === 0) return [];
    return this.#missing.all({ device, run, sequences: JSON.stringify(sequences) });
  }

  /** @throws better-sqlite3's SqliteError */
  update(retimed: Retimed): void {
    const { id, timeMs, atMs, paths, sizes, changed } = retimed;
    this.#update.run({
      id,
      time_ms: timeMs,
      at_ms: atMs,
      raw_path: paths.raw,
      processed_path: paths.processed,
      raw_size: sizes.raw,
      processed_size: sizes.processed,
      raw_changed: Number(changed.raw),
      processed_changed: Number(changed.processed),
    });
  }
}

interface Row {
  readonly id: number;
  readonly sequence: number;
  readonly time_ms: number;
  readonly first_frame: number | null;
  readonly local_deleted: 0 | 1;
  readonly raw_path: string | null;
  readonly processed_path: string | null;
  readonly frames: number | null;
  readonly rate: number | null;
}
