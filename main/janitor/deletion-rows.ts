import type { Connection } from '../database/connection';
import type { Stream } from '@shared/model/recording';
import type { JournalEntry } from './deletion-journal';

interface FoundRow {
  readonly id: number;
  readonly local_deleted: 0 | 1;
  readonly local_deleted_reason: string | null;
  readonly protected: 0 | 1;
}

/** What a deletion writes into the database. In transactions of the caller's. */
export class DeletionRows {
  readonly #mark;
  readonly #markOne;
  readonly #note;
  readonly #isNoted;
  readonly #find;

  constructor({ sqlite }: Connection) {
    this.#mark = sqlite.prepare<[number, string, number]>(
      `update recordings set local_deleted = 1, local_deleted_at_ms = ?, local_deleted_reason = ?, missing_file = null
       where id = ?`,
    );
    this.#markOne = sqlite.prepare<[Stream, number]>(
      'update recordings set missing_file = ? where id = ?',
    );
    this.#note = sqlite.prepare<
      [number | null, string, number, number, string, string, 0 | 1 | null, string]
    >(
      `insert into deletions (recording_id, paths, size_bytes, deleted_at_ms, mode, reason, safe, explanation)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#isNoted = sqlite
      .prepare<[number, string], 1>(
        `select 1 from deletions indexed by ix_deletions_time where deleted_at_ms = ? and paths = ?`,
      )
      .pluck();
    this.#find = sqlite.prepare<[string, string], FoundRow>(
      `select id, local_deleted, local_deleted_reason, protected from recordings where raw_path = ?
       union all
       select id, local_deleted, local_deleted_reason, protected from recordings where processed_path = ? limit 1`,
    );
  }

  /** Its files are gone: its row says so, and why. @param id null: no row knows these files */
  write(id: number | null, entry: JournalEntry): void {
    const { atMs, mode, reason, safe, explanation, bytes } = entry;
    if (id !== null) this.#mark.run(atMs, reason, id);
    const isSafe = safe === null ? null : safe ? 1 : 0;
    this.#note.run(id, JSON.stringify(entry.paths), bytes, atMs, mode, reason, isSafe, explanation);
  }

  /** Of its pair one is gone, and the other one would not go. */
  markOne(id: number, gone: Stream): void {
    this.#markOne.run(gone, id);
  }

  /** Has this very deletion been written? */
  isWritten({ atMs, paths }: JournalEntry): boolean {
    return this.#isNoted.get(atMs, JSON.stringify(paths)) !== undefined;
  }

  /** The recording that these files are of. */
  find(paths: readonly string[]): FoundRow | null {
    for (const path of paths) {
      const row = this.#find.get(path, path);
      if (row !== undefined) return row;
    }
    return null;
  }
}
