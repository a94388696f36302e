import type Sqlite from 'better-sqlite3';
import type { Stream } from '@shared/model/recording';
import type { Candidate } from './standing';

interface Row {
  readonly id: number;
  readonly device: string;
  readonly time_ms: number;
  readonly indexed_at_ms: number;
  readonly raw_path: string | null;
  readonly processed_path: string | null;
  readonly missing_file: Stream | null;
  readonly raw_size_bytes: number | null;
  readonly processed_size_bytes: number | null;
  readonly uploaded: 0 | 1;
  /** `state active slug`, by line; null: no remote that counts has heard of it. */
  readonly copies: string | null;
  readonly has_job: 0 | 1;
  readonly protected: 0 | 1;
  readonly deleted_at_ms: number | null;
  readonly fetched_back_at_ms: number | null;
  readonly promised: 0 | 1;
}

// A remote that was removed counts for nothing any more.
const COLUMNS = `r.id, r.device, r.time_ms, r.indexed_at_ms, r.raw_path, r.processed_path, r.missing_file,
  r.raw_size_bytes, r.processed_size_bytes, r.uploaded, r.protected, r.deleted_at_ms, r.fetched_back_at_ms,
  (select group_concat(c.state || ' ' || s.active || ' ' || c.remote_slug, char(10))
    from recording_remotes c join storage_remotes s on s.slug = c.remote_slug
    where c.recording_id = r.id and s.removed_at_ms is null) as copies,
  exists (select 1 from storage_remotes s where s.active = 1 and s.removed_at_ms is null and s.from_id < r.id
    and not exists (select 1 from recording_remotes c
      where c.recording_id = r.id and c.remote_slug = s.slug)) as promised,
  exists (select 1 from analysis_jobs j where j.recording_id = r.id and j.priority >= 0
    and j.worker in (select value from json_each(@workers))) as has_job`;

/** Where candidates are found, each in order of time. */
const SOURCES = {
  uploaded: `indexed by ix_recordings_janitor
    where r.uploaded = 1 and r.local_deleted = 0 and r.protected = 0`,
  here: `indexed by ix_recordings_analysis_pending where r.local_deleted = 0`,
  discarded: `indexed by ix_recordings_bin where r.deleted_at_ms is not null and r.local_deleted = 0`,
  protected: `indexed by ix_recordings_protected where r.protected = 1 and r.local_deleted = 0`,
} as const;
export type Source = keyof typeof SOURCES;

interface Bound {
  readonly workers: string;
}

/** Reads what the rules ask of recordings that are here. Used in the thread that plans, and again right before the deed. */
export class CandidateRows {
  readonly #walks;
  readonly #byIds;
  readonly #cursor;
  readonly #remotes;

  constructor(sqlite: Sqlite.Database) {
    const walk = (source: Source) =>
      sqlite.prepare<[Bound], Row>(
        `select ${COLUMNS} from recordings r ${SOURCES[source]} order by r.time_ms`,
      );
    this.#walks = {
      uploaded: walk('uploaded'),
      here: walk('here'),
      discarded: walk('discarded'),
      protected: walk('protected'),
    };
    this.#byIds = sqlite.prepare<[Bound & { ids: string }], Row>(
      `select ${COLUMNS} from recordings r
       where r.id in (select value from json_each(@ids)) and r.local_deleted = 0`,
    );
    this.#cursor = sqlite
      .prepare<[string], number>('select through_id from analysis_cursors where worker = ?')
      .pluck();
    this.#remotes = sqlite
      .prepare<[], 1>('select 1 from storage_remotes where removed_at_ms is null')
      .pluck();
  }

  /** Is there a remote? One that is paused wants its copies later: what it has not yet is no more free to go for that. */
  copiesWanted(): boolean {
    return this.#remotes.get() !== undefined;
  }

  /** Oldest first. @param workers those of the analysis that are on */
  *walk(source: Source, workers: readonly string[]): Generator<Candidate> {
    const through = this.#throughOf(workers);
    for (const row of this.#walks[source].iterate({ workers: JSON.stringify(workers) })) {
      yield toCandidate(row, through);
    }
  }

  /** Those of these that are still here. */
  byIds(ids: readonly number[], workers: readonly string[]): Map<number, Candidate> {
    const through = this.#throughOf(workers);
    const rows = this.#byIds.all({ workers: JSON.stringify(workers), ids: JSON.stringify(ids) });
    return new Map(rows.map((row) => [row.id, toCandidate(row, through)]));
  }

  /** Every worker has looked at recordings up to this one. */
  #throughOf(workers: readonly string[]): number {
    return Math.min(...workers.map((worker) => this.#cursor.get(worker) ?? 0), Infinity);
  }
}

function toCandidate(row: Row, through: number): Candidate {
  const copies = row.copies === null ? [] : row.copies.split('\n').map((line) => line.split(' '));
  return {
    id: row.id,
    device: row.device,
    timeMs: row.time_ms,
    indexedAtMs: row.indexed_at_ms,
    rawPath: row.raw_path,
    processedPath: row.processed_path,
    missingFile: row.missing_file,
    rawBytes: row.raw_size_bytes ?? 0,
    processedBytes: row.processed_size_bytes ?? 0,
    uploaded: row.uploaded === 1,
    verifiedBy: copies.flatMap(([state, , slug = '']) => (state === 'verified' ? [slug] : [])),
    // What a person paused holds up no other. What a backfill promised to a remote is not queued until its turn comes.
    outstanding:
      row.promised === 1 ||
      copies.some(([state, active]) => state !== 'verified' && active === '1'),
    inUse: copies.some(([state]) => state === 'uploading'),
    analysed: row.id <= through && row.has_job === 0,
    protected: row.protected === 1,
    discarded: row.deleted_at_ms !== null,
    fetchedBackAtMs: row.fetched_back_at_ms,
  };
}
