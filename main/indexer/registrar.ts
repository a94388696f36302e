import type { Stream } from '@shared/model/recording';
import type { Connection } from '../database/connection';
import type { FoundRecording } from './found-file';
import { FILE_COLUMNS, FOUND_COLUMNS, type Value, valuesOf } from './found-values';
import { keyOf, NewRows } from './new-rows';
import { STREAMS } from './sweep';

/** What became of a pair that was handed in. */
export interface Registered {
  readonly id: number;
  /** false: the row was there already (and perhaps got its second file). */
  readonly isNew: boolean;
  /** The row said that its files were gone, and one of them is there; or that one was, and now it has both. */
  readonly isBack: boolean;
}

interface Known {
  readonly id: number;
  readonly local_deleted: 0 | 1;
  readonly missing_file: Stream | null;
}

/**
 * Writes rows for found recordings. Safe to repeat in any order: one row per (device, run, sequence), and
 * files that arrive apart fill in the same row.
 */
export class Registrar {
  readonly #connection: Connection;
  readonly #newRows: NewRows;
  readonly #upsert;
  readonly #find;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#newRows = new NewRows(connection);
    this.#find = connection.sqlite.prepare<[string, string, number], Known>(
      'select id, local_deleted, missing_file from recordings where device = ? and run_id = ? and sequence = ?',
    );
    // What was gone takes up what is found, wherever it lies now, and keeps its hash: if it is another file, that will be
    // noticed. Half a pair is here, and its row tells which half is not.
    const wasGone = (stream: Stream): string =>
      `(${stream}_path is not null and (local_deleted = 1 or missing_file is '${stream}'))`;
    const isGone = (stream: Stream): string =>
      `(${wasGone(stream)} and excluded.${stream}_path is null)`;
    const found = STREAMS.flatMap((stream) =>
      FILE_COLUMNS[stream].map(
        (name) => `${name} = case when ${wasGone(stream)} and excluded.${stream}_path is not null
          then excluded.${name} else coalesce(${name}, excluded.${name}) end`,
      ),
    );
    const anyWasGone = '(local_deleted = 1 or missing_file is not null)';
    const missing = `case when ${isGone('raw')} then 'raw'
      when ${isGone('processed')} then 'processed' end`;
    this.#upsert = connection.sqlite.prepare<[Value[]], Known>(`
      insert into recordings (${FOUND_COLUMNS.join(', ')}) values (${FOUND_COLUMNS.map(() => '?').join(', ')})
      on conflict (device, run_id, sequence) do update set
        ${found.join(', ')},
        duration_s = case when raw_path is null and excluded.raw_path is not null
          then excluded.duration_s else duration_s end,
        integrity = case when not ${anyWasGone} then integrity
          when (${missing}) is null then null else 'missing' end,
        verified_at_ms = case when ${anyWasGone} then null else verified_at_ms end,
        missing_file = ${missing},
        local_deleted = 0, local_deleted_at_ms = null, local_deleted_reason = null
      returning id, local_deleted, missing_file`);
  }

  /**
   * Registers all in one transaction.
   * @throws better-sqlite3's SqliteError; then nothing of the batch is registered
   */
  register(batch: readonly FoundRecording[], nowMs: number): Registered[] {
    return this.#connection.sqlite.transaction(() => this.#all(batch, nowMs))();
  }

  #all(batch: readonly FoundRecording[], nowMs: number): Registered[] {
    const keys = batch.map(keyOf);
    /** Of what has no row: the first of a batch makes it, another one finds it there. */
    const first = new Map<string, number>();
    const known = batch.map(({ device, runId, sequence }, i) => {
      const row = this.#find.get(device, runId, sequence);
      const key = keys[i] ?? '';
      if (row === undefined && !first.has(key)) first.set(key, i);
      return row;
    });
    const isFirst = (_: FoundRecording, i: number): boolean => first.get(keys[i] ?? '') === i;
    const ids = this.#newRows.insert(batch.filter(isFirst), nowMs);
    return batch.map((found, i) => {
      const id = isFirst(found, i) ? ids.get(keys[i] ?? '') : undefined;
      if (id !== undefined) return { id, isNew: true, isBack: false };
      const row = this.#upsert.get(valuesOf(found, nowMs));
      if (row === undefined) throw new Error('the database returned no row for an insert');
      const isBack =
        known[i]?.local_deleted === 1 ||
        ((known[i]?.missing_file ?? null) !== null && row.missing_file === null);
      return { id: row.id, isNew: false, isBack };
    });
  }
}
