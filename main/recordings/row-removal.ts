import type { Connection } from '../database/connection';

/** Everything that hangs on a recording. */
const DEPENDENTS = [
  'analysis_jobs',
  'recording_tags',
  'derived_assets',
  'detections',
  'recording_remotes',
];

/** What of a recording is written down when its row is removed. */
export interface Removed {
  readonly id: number;
  /** Relative to the data folder. */
  readonly paths: readonly string[];
  readonly bytes: number;
  readonly atMs: number;
  readonly reason: string;
}

/** Removes the rows of recordings for good, with all that hangs on them. In transactions of the caller's. */
export class RowRemoval {
  readonly #note;
  readonly #remove;
  readonly #dropUnusedTags;

  constructor({ sqlite }: Connection) {
    this.#note = sqlite.prepare<[number, string, number, number, string]>(
      `insert into deletions (recording_id, paths, size_bytes, deleted_at_ms, mode, reason)
       values (?, ?, ?, ?, 'purge', ?)`,
    );
    this.#remove = [
      ...DEPENDENTS.map((table) => `delete from ${table} where recording_id = ?`),
      'delete from recordings where id = ?',
    ].map((sql) => sqlite.prepare<[number]>(sql));
    this.#dropUnusedTags = sqlite.prepare(
      'delete from tags where not exists (select 1 from recording_tags where tag_id = tags.id)',
    );
  }

  remove(removed: Removed): void {
    this.note(removed);
    for (const statement of this.#remove) statement.run(removed.id);
  }

  /** Only writes down that it was removed. */
  note({ id, paths, bytes, atMs, reason }: Removed): void {
    this.#note.run(id, JSON.stringify(paths), bytes, atMs, reason);
  }

  dropUnusedTags(): void {
    this.#dropUnusedTags.run();
  }
}
