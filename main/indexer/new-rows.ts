import type Sqlite from 'better-sqlite3';
import type { Connection } from '../database/connection';
import type { FoundRecording } from './found-file';
import { FOUND_COLUMNS, type Value, valuesOf } from './found-values';

/** Rows that one statement inserts. */
const SIZES = [64, 8, 1] as const;

interface Inserted {
  readonly id: number;
  readonly device: string;
  readonly run_id: string;
  readonly sequence: number;
}

/** Tells a recording of ours from all others. */
export function keyOf({ device, runId, sequence }: FoundRecording): string {
  return keyFrom(device, runId, sequence);
}

function keyFrom(device: string, runId: string, sequence: number): string {
  return `${device}/${runId}/${String(sequence)}`;
}

/**
 * Inserts recordings that have no row yet, many with one statement: SQLite keeps a copy of every page that a statement
 * with triggers changes until it is done, and with all our indexes that copy of a single row is already so large that it
 * goes to a temporary file. Row by row that costs four times as much.
 */
export class NewRows {
  readonly #statements: readonly {
    readonly size: number;
    readonly statement: Sqlite.Statement<[Value[]], Inserted>;
  }[];

  constructor({ sqlite }: Connection) {
    const row = `(${FOUND_COLUMNS.map(() => '?').join(', ')})`;
    this.#statements = SIZES.map((size) => ({
      size,
      statement: sqlite.prepare<[Value[]], Inserted>(
        `insert into recordings (${FOUND_COLUMNS.join(', ')}) values ${Array<string>(size).fill(row).join(', ')}
         returning id, device, run_id, sequence`,
      ),
    }));
  }

  /**
   * To be called within a transaction.
   * @param found none of them has a row, and none is there twice
   * @returns their ids by `keyOf`
   * @throws better-sqlite3's SqliteError
   */
  insert(found: readonly FoundRecording[], nowMs: number): ReadonlyMap<string, number> {
    const ids = new Map<string, number>();
    let from = 0;
    for (const { size, statement } of this.#statements) {
      for (; from + size <= found.length; from += size) {
        const values: Value[] = [];
        for (const one of found.slice(from, from + size)) values.push(...valuesOf(one, nowMs));
        // By what they are: SQLite promises no order of what it returns.
        for (const row of statement.all(values)) {
          ids.set(keyFrom(row.device, row.run_id, row.sequence), row.id);
        }
      }
    }
    return ids;
  }
}
