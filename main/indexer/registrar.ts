import type { Connection } from '../database/connection';
import type { FoundRecording } from './found-file';

/** What became of a pair that was handed in. */
export interface Registered {
  readonly id: number;
  /** false: the row was there already (and perhaps got its second file). */
  readonly isNew: boolean;
  /** The row said that its files were gone, and all of them are there. */
  readonly isBack: boolean;
}

interface Known {
  readonly id: number;
  readonly local_deleted: 0 | 1;
}

/**
 * Writes rows for found recordings. Safe to repeat in any order: one row per (device, run, sequence), and
 * files that arrive apart fill in the same row.
 */
export class Registrar {
  readonly #connection: Connection;
  readonly #upsert;
  readonly #find;

  constructor(connection: Connection) {
    this.#connection = connection;
    const columns = [
      'path',
      'size_bytes',
      'sample_rate_hz',
      'channels',
      'bits_per_sample',
      'frames',
    ];
    const names = ['raw', 'processed'].flatMap((stream) =>
      columns.map((name) => `${stream}_${name}`),
    );
    this.#find = connection.sqlite.prepare<[string, string, number], Known>(
      'select id, local_deleted from recordings where device = ? and run_id = ? and sequence = ?',
    );
    // A row whose files were gone takes up what is found, wherever it lies now, and keeps their hashes: if it is another
    // file, that will be noticed. It is here again when every file that it knows of is: half a pair is not.
    const found = names.map(
      (name) => `${name} = case when local_deleted = 1 and excluded.${name} is not null
        then excluded.${name} else coalesce(${name}, excluded.${name}) end`,
    );
    const isBack = `((raw_path is null or excluded.raw_path is not null)
      and (processed_path is null or excluded.processed_path is not null))`;
    this.#upsert = connection.sqlite.prepare<[Record<string, unknown>], Known>(`
      insert into recordings (
        device, time_ms, duration_s, run_id, sequence, first_frame, simulated, recovered,
        clock_unsynced, clock_unknown, indexed_at_ms, ${names.join(', ')}
      ) values (
        @device, @time_ms, @duration_s, @run_id, @sequence, @first_frame, @simulated, @recovered,
        @clock_unsynced, @clock_unknown, @indexed_at_ms, ${names.map((name) => `@${name}`).join(', ')}
      )
      on conflict (device, run_id, sequence) do update set
        ${found.join(', ')},
        duration_s = case when raw_path is null and excluded.raw_path is not null
          then excluded.duration_s else duration_s end,
        integrity = case when local_deleted = 1 and ${isBack} then null else integrity end,
        verified_at_ms = case when local_deleted = 1 and ${isBack} then null else verified_at_ms end,
        local_deleted = case when ${isBack} then 0 else local_deleted end,
        local_deleted_at_ms = case when ${isBack} then null else local_deleted_at_ms end,
        local_deleted_reason = case when ${isBack} then null else local_deleted_reason end
      returning id, local_deleted`);
  }

  /**
   * Registers all in one transaction.
   * @throws better-sqlite3's SqliteError; then nothing of the batch is registered
   */
  register(batch: readonly FoundRecording[], nowMs: number): Registered[] {
    return this.#connection.sqlite.transaction(() =>
      batch.map((found) => this.#one(found, nowMs)),
    )();
  }

  #one(found: FoundRecording, nowMs: number): Registered {
    const known = this.#find.get(found.device, found.runId, found.sequence);
    const { raw, processed } = found.files;
    const leading = raw ?? processed;
    const row = this.#upsert.get({
      device: found.device,
      time_ms: Math.round(found.timeMs),
      duration_s: leading === undefined ? 0 : leading.frames / leading.sampleRateHz,
      run_id: found.runId,
      sequence: found.sequence,
      first_frame: found.firstFrame,
      simulated: found.simulated ? 1 : 0,
      recovered: found.recovered ? 1 : 0,
      clock_unsynced: found.clockSynced === false ? 1 : 0,
      clock_unknown: found.clockSynced === null ? 1 : 0,
      indexed_at_ms: nowMs,
      ...columnsOf('raw', raw),
      ...columnsOf('processed', processed),
    });
    if (row === undefined) throw new Error('the database returned no row for an insert');
    return {
      id: row.id,
      isNew: known === undefined,
      isBack: known?.local_deleted === 1 && row.local_deleted === 0,
    };
  }
}

function columnsOf(stream: string, file: FoundRecording['files']['raw']): Record<string, unknown> {
  return {
    [`${stream}_path`]: file?.path ?? null,
    [`${stream}_size_bytes`]: file?.sizeBytes ?? null,
    [`${stream}_sample_rate_hz`]: file?.sampleRateHz ?? null,
    [`${stream}_channels`]: file?.channels ?? null,
    [`${stream}_bits_per_sample`]: file?.bitsPerSample ?? null,
    [`${stream}_frames`]: file?.frames ?? null,
  };
}
