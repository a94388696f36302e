import { setImmediate as nextTurn } from 'node:timers/promises';

/** Rows that are read in one go: a few milliseconds on a slow computer. */
const SLICE = 500;
/** What nobody asked for in weeks is taken in over several scrapes. */
const SLICES = 40;

/**
 * Reads what was added to a table that only grows, by its primary key and in slices between which everything else has
 * its turn.
 * @param read rows with a greater id, the smallest first, `limit` at most; throws better-sqlite3's SqliteError
 */
export class NewRows<Row extends { readonly id: number }> {
  readonly #read: (afterId: number, limit: number) => readonly Row[];
  #afterId: number;

  constructor(afterId: number, read: (afterId: number, limit: number) => readonly Row[]) {
    this.#afterId = afterId;
    this.#read = read;
  }

  /** @param take is given each row once */
  async takeIn(take: (row: Row) => void): Promise<void> {
    for (let slice = 0; slice < SLICES; slice += 1) {
      const rows = this.#read(this.#afterId, SLICE);
      for (const row of rows) {
        take(row);
        this.#afterId = row.id;
      }
      if (rows.length < SLICE) return;
      await nextTurn();
    }
  }
}
