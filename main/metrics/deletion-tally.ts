import type { Connection } from '../database/connection';
import { counters, type Family } from './family';
import { NewRows } from './new-rows';
import { Tally } from './tally';

interface Row {
  readonly id: number;
  readonly mode: string;
  readonly reason: string;
  readonly safe: 0 | 1 | null;
  readonly bytes: number;
}

const LABELS = ['mode', 'reason', 'safe'];

/** Recordings whose files were removed since the station was opened, from the rows that tell of each. */
export class DeletionTally {
  readonly #rows: NewRows<Row>;
  readonly #deletions = new Tally();
  readonly #bytes = new Tally();

  /** @throws better-sqlite3's SqliteError */
  constructor({ sqlite }: Connection) {
    const newest = sqlite
      .prepare<[], { id: number | null }>('select max(id) as id from deletions')
      .get();
    const read = sqlite.prepare<[number, number], Row>(
      `select id, mode, reason, safe, size_bytes as bytes from deletions
       where id > ? order by id limit ?`,
    );
    this.#rows = new NewRows(newest?.id ?? 0, (after, limit) => read.all(after, limit));
  }

  /** @throws better-sqlite3's SqliteError */
  async families(): Promise<Family[]> {
    await this.#rows.takeIn(({ mode, reason, safe, bytes }) => {
      const labels = [mode, reason, safe === null ? 'unknown' : safe === 1 ? 'yes' : 'no'];
      this.#deletions.add(labels, 1);
      this.#bytes.add(labels, bytes);
    });
    return [
      counters(
        'silvasonic_deletions_total',
        'Recordings whose files were removed, by the janitor or by people, since the station was opened. safe: a copy had been read back, or nobody wanted one.',
        LABELS,
        this.#deletions.samples(),
      ),
      counters(
        'silvasonic_deleted_bytes_total',
        'Bytes of those recordings.',
        LABELS,
        this.#bytes.samples(),
      ),
    ];
  }
}
