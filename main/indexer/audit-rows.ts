import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '../database/connection';
import { orNothing } from '../files/absent';

interface Row {
  readonly id: number;
  readonly raw_path: string | null;
  readonly processed_path: string | null;
  readonly local_deleted: 0 | 1;
}

/** What an audit did to some rows. */
export interface Marked {
  /** Ids, with a path of each. */
  readonly recordings: readonly { readonly id: number; readonly path: string }[];
  /** Files of theirs, relative to the data folder: nobody is to believe any more that they are known. */
  readonly paths: readonly string[];
}

/**
 * Writes what an audit found into the rows. A comparison is minutes old by then: each file is asked for by itself right
 * before.
 */
export class AuditRows {
  readonly #connection: Connection;
  readonly #dataRoot: string;
  readonly #select;
  readonly #mark;
  readonly #takeBack;

  constructor(connection: Connection, dataRoot: string) {
    this.#connection = connection;
    this.#dataRoot = dataRoot;
    const { sqlite } = connection;
    this.#select = sqlite.prepare<[string], Row>(
      `select id, raw_path, processed_path, local_deleted from recordings
       where id in (select value from json_each(?))`,
    );
    this.#mark = sqlite.prepare<[number, number]>(
      `update recordings set local_deleted = 1, local_deleted_at_ms = ?, local_deleted_reason = 'reconciliation',
       integrity = 'missing' where id = ?`,
    );
    // What was away may be another file now: it is the next to be compared with its hash.
    this.#takeBack = sqlite.prepare<[number]>(
      `update recordings set local_deleted = 0, local_deleted_at_ms = null, local_deleted_reason = null,
       integrity = null, verified_at_ms = null where id = ?`,
    );
  }

  /**
   * Marks those of these recordings of which any file is really gone.
   * @throws Node's errors when a file cannot be asked for: then nothing is marked; better-sqlite3's SqliteError
   */
  async markMissing(ids: readonly number[], nowMs: number): Promise<Marked> {
    return this.#change(ids, 0, async (row) => !(await this.#isComplete(row)), [
      this.#mark,
      (row) => [nowMs, row.id],
    ]);
  }

  /** Takes it back where all files of a recording are there again. @throws as `markMissing` */
  async takeBack(ids: readonly number[]): Promise<Marked> {
    return this.#change(ids, 1, (row) => this.#isComplete(row), [
      this.#takeBack,
      (row) => [row.id],
    ]);
  }

  async #change(
    ids: readonly number[],
    localDeleted: 0 | 1,
    isConcerned: (row: Row) => Promise<boolean>,
    [statement, bound]: readonly [{ run(...values: number[]): unknown }, (row: Row) => number[]],
  ): Promise<Marked> {
    const concerned: Row[] = [];
    for (const row of this.#select.all(JSON.stringify(ids))) {
      if (row.local_deleted === localDeleted && (await isConcerned(row))) concerned.push(row);
    }
    this.#connection.sqlite.transaction(() => {
      for (const row of concerned) statement.run(...bound(row));
    })();
    const paths = concerned.flatMap(pathsOf);
    return {
      recordings: concerned.map((row) => ({ id: row.id, path: pathsOf(row)[0] ?? '' })),
      paths,
    };
  }

  async #isComplete(row: Row): Promise<boolean> {
    for (const path of pathsOf(row)) {
      const file = await orNothing(lstat(join(this.#dataRoot, path)));
      if (file?.isFile() !== true) return false;
    }
    return true;
  }
}

function pathsOf({ raw_path: raw, processed_path: processed }: Row): string[] {
  return [raw, processed].filter((path) => path !== null);
}
