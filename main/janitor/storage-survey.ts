import type Sqlite from 'better-sqlite3';

/** What the forecast rests on. Bytes are of both files of recordings, as they are here. */
export interface StorageSurvey {
  readonly copiesWanted: boolean;
  /** Recorded within the last day, and since when there was any; null: nothing was. */
  readonly recorded: { readonly bytes: number; readonly sinceMs: number } | null;
  /** Got where all remotes want it within the last day: local bytes that may go since. */
  readonly savedBytes: number;
  /** Bytes that went over the line for it. */
  readonly sentBytes: number;
  /** Here, and saved elsewhere. */
  readonly safeBytes: number;
}

const DAY_MS = 86_400_000;

/** Adds up what there is; walks through much, so only in a thread. @throws better-sqlite3's SqliteError */
export function surveyStorage(sqlite: Sqlite.Database, nowMs: number): StorageSurvey {
  const fromMs = nowMs - DAY_MS;
  const size = 'coalesce(raw_size_bytes, 0) + coalesce(processed_size_bytes, 0)';
  const recorded = sqlite
    .prepare<[number, number], { bytes: number; since: number | null }>(
      `select coalesce(sum(${size}), 0) as bytes, min(time_ms) as since
       from recordings indexed by ix_recordings_time
       where time_ms >= ? and time_ms <= ? and source = 'recorder'`,
    )
    .get(fromMs, nowMs);
  const uploads = sqlite
    .prepare<[number, number], { saved: number; sent: number }>(
      `select coalesce(sum(iif(r.uploaded = 1, ${size}, 0)), 0) as saved, coalesce(sum(u.sent), 0) as sent
       from (select recording_id, sum(size_bytes) as sent from uploads indexed by ix_uploads_attempt_at
         where attempt_at_ms >= ? and attempt_at_ms <= ? and success = 1 group by recording_id) u
       join recordings r on r.id = u.recording_id`,
    )
    .get(fromMs, nowMs);
  const safe = sqlite
    .prepare<[], { bytes: number }>(
      `select coalesce(sum(${size}), 0) as bytes from recordings indexed by ix_recordings_janitor
       where uploaded = 1 and local_deleted = 0 and protected = 0`,
    )
    .get();
  const remote = sqlite.prepare('select 1 from storage_remotes where removed_at_ms is null').get();
  const since = recorded?.since ?? null;
  return {
    copiesWanted: remote !== undefined,
    recorded: since === null ? null : { bytes: recorded?.bytes ?? 0, sinceMs: since },
    savedBytes: uploads?.saved ?? 0,
    sentBytes: uploads?.sent ?? 0,
    safeBytes: safe?.bytes ?? 0,
  };
}
