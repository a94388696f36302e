import type { Stream } from '@shared/model/recording';
import type { Connection } from '../database/connection';

/** Asks the database for many files at once which of them it does not know. */
export class Rowless {
  readonly #select;

  constructor({ sqlite }: Connection) {
    const statement = (stream: Stream) =>
      sqlite
        .prepare<[{ folder: string; names: string }], string>(
          `select value from json_each(@names) as listed where not exists (
             select 1 from recordings where ${stream}_path = @folder || listed.value and local_deleted = 0
               and missing_file is not '${stream}')`,
        )
        .pluck();
    this.#select = { raw: statement('raw'), processed: statement('processed') };
  }

  /**
   * Those names that have no row, or one that says that they are gone.
   * @param folder relative to the data folder, `/` at its end
   * @throws better-sqlite3's SqliteError
   */
  among(stream: Stream, folder: string, names: readonly string[]): string[] {
    return this.#select[stream].all({ folder, names: JSON.stringify(names) });
  }
}
