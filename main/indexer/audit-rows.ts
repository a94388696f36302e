import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stream } from '@shared/model/recording';
import type { Connection } from '../database/connection';
import { orNothing } from '../files/absent';
import { STREAMS } from './sweep';

interface Row {
  readonly id: number;
  readonly raw_path: string | null;
  readonly processed_path: string | null;
  readonly local_deleted: 0 | 1;
  readonly missing_file: Stream | null;
  readonly deleted_at_ms: number | null;
}

/** What is not there of a recording: nothing, the one file of a pair, or all of it. */
type Lack = Stream | 'none' | 'all';

/** What an audit did to some rows. */
export interface Marked {
  /** Ids, with a path of each. */
  readonly recordings: readonly { readonly id: number; readonly path: string }[];
  /** Files of theirs, relative to the data folder: nobody is to believe any more that they are known. */
  readonly paths: readonly string[];
}

/**
 * Writes what an audit found into the rows. A recording that has lost the one file of its pair is here still, and its row
 * says which one is gone: whoever makes room later must find the other. A comparison is minutes old by then: each file
 * is asked for by itself right before.
 */
export class AuditRows {
  readonly #connection: Connection;
  readonly #dataRoot: string;
  readonly #select;
  readonly #markAll;
  readonly #markOne;
  readonly #takeBack;

  constructor(connection: Connection, dataRoot: string) {
    this.#connection = connection;
    this.#dataRoot = dataRoot;
    const { sqlite } = connection;
    this.#select = sqlite.prepare<[string], Row>(
      `select id, raw_path, processed_path, local_deleted, missing_file, deleted_at_ms from recordings
       where id in (select value from json_each(?))`,
    );
    this.#markAll = sqlite.prepare<[number, number]>(
      `update recordings set local_deleted = 1, local_deleted_at_ms = ?, local_deleted_reason = 'reconciliation',
       missing_file = null, integrity = 'missing' where id = ?`,
    );
    this.#markOne = sqlite.prepare<[Stream, number]>(
      `update recordings set missing_file = ?, integrity = 'missing' where id = ?`,
    );
    // What was away may be another file now: it is the next to be compared with its hash.
    this.#takeBack = sqlite.prepare<[{ id: number; missing: Stream | null }]>(
      `update recordings set local_deleted = 0, local_deleted_at_ms = null, local_deleted_reason = null,
       missing_file = @missing, integrity = iif(@missing is null, null, 'missing'), verified_at_ms = null
       where id = @id`,
    );
  }

  /**
   * Marks those of these recordings that have really lost more than their rows tell, and that nobody discarded.
   * @throws Node's errors when a file cannot be asked for: then nothing is marked; better-sqlite3's SqliteError
   */
  markMissing(ids: readonly number[], nowMs: number): Promise<Marked> {
    return this.#change(
      ids,
      (told, lack, row) =>
        row.deleted_at_ms === null && told !== 'all' && lack !== 'none' && lack !== told,
      ({ id }, lack) => {
        if (lack === 'all') this.#markAll.run(nowMs, id);
        else if (lack !== 'none') this.#markOne.run(lack, id);
      },
    );
  }

  /** Takes it back where more of a recording is there than its row tells. @throws as `markMissing` */
  takeBack(ids: readonly number[]): Promise<Marked> {
    return this.#change(
      ids,
      (told, lack) => (told === 'all' && lack !== 'all') || (told !== 'none' && lack === 'none'),
      ({ id }, lack) => {
        if (lack !== 'all') this.#takeBack.run({ id, missing: lack === 'none' ? null : lack });
      },
    );
  }

  async #change(
    ids: readonly number[],
    isConcerned: (told: Lack, lack: Lack, row: Row) => boolean,
    write: (row: Row, lack: Lack) => void,
  ): Promise<Marked> {
    const concerned: { row: Row; lack: Lack }[] = [];
    for (const row of this.#select.all(JSON.stringify(ids))) {
      const lack = await this.#lackOf(row);
      const told = row.local_deleted === 1 ? 'all' : (row.missing_file ?? 'none');
      if (isConcerned(told, lack, row)) concerned.push({ row, lack });
    }
    this.#connection.sqlite.transaction(() => {
      for (const { row, lack } of concerned) write(row, lack);
    })();
    const paths = concerned.flatMap(({ row }) => pathsOf(row));
    return {
      recordings: concerned.map(({ row, lack }) => ({ id: row.id, path: pathOf(row, lack) })),
      paths,
    };
  }

  async #lackOf(row: Row): Promise<Lack> {
    const gone: Stream[] = [];
    const there: Stream[] = [];
    for (const stream of STREAMS) {
      const path = row[`${stream}_path`];
      if (path === null) continue;
      const file = await orNothing(lstat(join(this.#dataRoot, path)));
      (file?.isFile() === true ? there : gone).push(stream);
    }
    return there.length === 0 ? 'all' : (gone[0] ?? 'none');
  }
}

function pathsOf({ raw_path: raw, processed_path: processed }: Row): string[] {
  return [raw, processed].filter((path) => path !== null);
}

/** Of the file that is gone, where it is one. */
function pathOf(row: Row, lack: Lack): string {
  const gone = lack === 'raw' || lack === 'processed' ? row[`${lack}_path`] : null;
  return gone ?? pathsOf(row)[0] ?? '';
}
