import type { CloudErrorCode } from '@shared/model/remote';
import type { UploadAttempt, UploadFilter } from '@shared/model/upload';
import { toInstant } from '@shared/model/time';
import type { Connection } from '../../database/connection';

/** Where a page ended. */
export interface AttemptPlace {
  readonly timeMs: number;
  readonly id: number;
}

interface AttemptRow {
  readonly id: number;
  readonly recording_id: number;
  readonly remote_slug: string;
  readonly remote_path: string;
  readonly attempt_at_ms: number;
  readonly size_bytes: number | null;
  readonly duration_ms: number | null;
  readonly success: 0 | 1;
  readonly code: CloudErrorCode | null;
  readonly message: string | null;
}

/** Every attempt to upload that was ever made, the newest first. */
export class UploadHistory {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @param after where the page before ended; null: from the newest on */
  page(filter: UploadFilter, after: AttemptPlace | null, limit: number): UploadAttempt[] {
    const { where, values } = conditionsOf(filter);
    if (after !== null) {
      where.push('(attempt_at_ms, id) < (?, ?)');
      values.push(after.timeMs, after.id);
    }
    const conditions = where.length === 0 ? '' : `where ${where.join(' and ')}`;
    return this.#connection.sqlite
      .prepare<unknown[], AttemptRow>(
        `select id, recording_id, remote_slug, remote_path, attempt_at_ms, size_bytes, duration_ms, success, code,
           message
         from uploads ${indexFor(filter)} ${conditions} order by attempt_at_ms desc, id desc limit ?`,
      )
      .all(...values, limit)
      .map(toAttempt);
  }
}

/** SQLite, left alone, takes a narrow index and sorts a season by hand. */
function indexFor({ remote, recordingId, success, code }: UploadFilter): string {
  if (recordingId !== undefined) return 'indexed by ix_uploads_recording';
  const onlyFailed = success === false || code !== undefined;
  if (remote !== undefined) {
    return onlyFailed || success === true
      ? 'indexed by ix_uploads_outcome'
      : 'indexed by ix_uploads_remote';
  }
  return onlyFailed ? 'indexed by ix_uploads_failed' : 'indexed by ix_uploads_attempt_at';
}

function conditionsOf(filter: UploadFilter): { where: string[]; values: unknown[] } {
  const { remote, recordingId, success, code, from, to } = filter;
  const where: string[] = [];
  const values: unknown[] = [];
  const add = (condition: string, ...more: unknown[]): void => {
    where.push(condition);
    values.push(...more);
  };
  if (remote !== undefined) add('remote_slug = ?', remote);
  if (recordingId !== undefined) add('recording_id = ?', recordingId);
  if (success === true) add('success = 1');
  // What has a code has failed: that narrows it down to a few.
  if (success === false || (code !== undefined && success !== true)) add('success = 0');
  if (code !== undefined) add('code = ?', code);
  if (from !== undefined) add('attempt_at_ms >= ?', Date.parse(from));
  if (to !== undefined) add('attempt_at_ms < ?', Date.parse(to));
  return { where, values };
}

function toAttempt(row: AttemptRow): UploadAttempt {
  return {
    id: row.id,
    recordingId: row.recording_id,
    remote: row.remote_slug,
    path: row.remote_path,
    at: toInstant(row.attempt_at_ms),
    sizeBytes: row.size_bytes,
    durationS: row.duration_ms === null ? null : row.duration_ms / 1000,
    success: row.success === 1,
    code: row.code,
    message: row.message ?? '',
  };
}
