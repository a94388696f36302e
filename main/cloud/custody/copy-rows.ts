import type { Copy } from '@shared/model/custody';
import type { CloudErrorCode } from '@shared/model/remote';
import { SETTLE } from '../uploading/upload-ledger';
import type { Connection } from '../../database/connection';

/** What the database says of a copy, as far as its object can be compared with it. */
export interface KnownCopy {
  readonly recordingId: number;
  readonly remote: string;
  /** Relative to the base path of the remote. */
  readonly path: string;
  readonly state: Copy['state'];
  /** Of the object as it was sent; null: it never was. */
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  /** Of the recording's file that it was made of. */
  readonly sourceSha256: string | null;
  /** By which hash of the remote it was read back, and its value; null: the remote told none. */
  readonly hashKind: string | null;
  readonly hash: string | null;
  /** When it was sent or read back last, UTC milliseconds. */
  readonly sinceMs: number;
  /** Its recording is not here. */
  readonly localDeleted: boolean;
}

interface Row {
  readonly recording_id: number;
  readonly remote_slug: string;
  readonly path: string;
  readonly state: Copy['state'];
  readonly size_bytes: number | null;
  readonly sha256: string | null;
  readonly source_sha256: string | null;
  readonly hash_kind: string | null;
  readonly hash: string | null;
  readonly since_ms: number;
  readonly local_deleted: 0 | 1;
}

const COLUMNS = `c.recording_id, c.remote_slug, c.path, c.state, c.size_bytes, c.sha256, c.source_sha256, c.hash_kind,
  c.hash, coalesce(c.verified_at_ms, c.uploaded_at_ms, 0) as since_ms, r.local_deleted`;

/**
 * Copies as the database has them, and what is found out about them later. Nothing is written over what became of a copy
 * meanwhile: each change is for the copy as it was read.
 */
export class CopyRows {
  readonly #connection: Connection;
  readonly #sql;

  constructor(connection: Connection) {
    this.#connection = connection;
    const { sqlite } = connection;
    this.#sql = {
      byPaths: sqlite.prepare<[string, string], Row>(
        `select ${COLUMNS} from json_each(?) as wanted
         cross join recording_remotes c indexed by ux_recording_remotes_path
           on c.remote_slug = ? and c.path = wanted.value
         join recordings r on r.id = c.recording_id`,
      ),
      of: sqlite.prepare<[number], Row>(
        `select ${COLUMNS} from recording_remotes c join recordings r on r.id = c.recording_id
         where c.recording_id = ? order by c.queued_at_ms, c.remote_slug`,
      ),
      // By the number alone: an index by remote holds all that it has, and would be walked through each time.
      after: sqlite.prepare<[number, number, string], Row>(
        `select ${COLUMNS} from recording_remotes c cross join recordings r on r.id = c.recording_id
         where c.recording_id > ? and c.recording_id <= ? and +c.remote_slug = ?
           and c.state in ('verified', 'uploaded') order by c.recording_id`,
      ),
      newest: sqlite
        .prepare<[], number | null>('select max(recording_id) from recording_remotes')
        .pluck(),
      // What is here still is sent again; what is not cannot be.
      withdraw: sqlite.prepare<{
        id: number;
        slug: string;
        path: string;
        was: string;
        sha256: string | null;
        since: number;
        code: CloudErrorCode;
        gone: 0 | 1;
      }>(
        `update recording_remotes set
           state = case
             when (select local_deleted from recordings where id = @id) = 0 then 'queued'
             when @gone = 1 then 'remote_deleted' else 'given_up' end,
           error_code = @code, attempts = 0, next_attempt_at_ms = 0, verified_at_ms = null, verified_by = null
         where recording_id = @id and remote_slug = @slug and path = @path and state = @was and sha256 is @sha256
           and coalesce(verified_at_ms, uploaded_at_ms, 0) = @since`,
      ),
      notUploaded: sqlite.prepare<[number]>(
        'update recordings set uploaded = 0, uploaded_at_ms = null where id = ? and uploaded = 1',
      ),
      settle: sqlite.prepare<[number, number]>(SETTLE),
      restore: sqlite.prepare<{
        id: number;
        slug: string;
        path: string;
        was: string;
        sha256: string | null;
        now: number;
        by: string;
      }>(
        `update recording_remotes set state = 'verified', error_code = null, next_attempt_at_ms = 0,
           uploaded_at_ms = coalesce(uploaded_at_ms, @now), verified_at_ms = @now, verified_by = @by
         where recording_id = @id and remote_slug = @slug and path = @path and state = @was and sha256 is @sha256`,
      ),
      elsewhere: sqlite
        .prepare<[number], 1>(
          `select 1 from recording_remotes c join storage_remotes r on r.slug = c.remote_slug
           where c.recording_id = ? and c.state = 'verified' and r.removed_at_ms is null limit 1`,
        )
        .pluck(),
    };
  }

  /** Those copies of a remote that lie at these paths. */
  at(remote: string, paths: readonly string[]): Map<string, KnownCopy> {
    const rows = this.#sql.byPaths.all(JSON.stringify(paths), remote);
    return new Map(rows.map((row) => [row.path, toCopy(row)]));
  }

  /** All copies of a recording, the first one that was queued first. */
  of(recordingId: number): KnownCopy[] {
    return this.#sql.of.all(recordingId).map(toCopy);
  }

  /** The newest recording that any remote knows. */
  newestId(): number {
    return this.#sql.newest.get() ?? 0;
  }

  /** What a remote is said to have of the recordings between two numbers: after the first, up to the second. */
  between(remote: string, afterId: number, throughId: number): KnownCopy[] {
    return this.#sql.after.all(afterId, throughId, remote).map(toCopy);
  }

  /**
   * A copy is not there any more (`NOT_FOUND`), or is not what was sent (`MISMATCH`): the recording does not count as
   * uploaded, and is sent again if it is here.
   * @returns whether it was so still; and whether the recording is nowhere now
   */
  withdraw(
    copy: KnownCopy,
    code: 'NOT_FOUND' | 'MISMATCH',
    nowMs: number,
  ): { readonly changed: boolean; readonly isLost: boolean } {
    const { recordingId: id, remote: slug, path, state: was, sha256, sinceMs: since } = copy;
    return this.#connection.sqlite
      .transaction(() => {
        const gone = code === 'NOT_FOUND' ? 1 : 0;
        const order = { id, slug, path, was, sha256, since, code, gone } as const;
        if (this.#sql.withdraw.run(order).changes === 0) return { changed: false, isLost: false };
        this.#sql.notUploaded.run(id);
        // The others may be all that is asked for: this one may be paused.
        this.#sql.settle.run(nowMs, id);
        const isLost = copy.localDeleted && this.#sql.elsewhere.get(id) === undefined;
        return { changed: true, isLost };
      })
      .immediate();
  }

  /** A copy that was believed lost is there, and is what was sent. @returns whether it was believed so still */
  restore(copy: KnownCopy, by: 'hash' | 'download', nowMs: number): boolean {
    const { recordingId: id, remote: slug, path, state: was, sha256 } = copy;
    return this.#connection.sqlite
      .transaction(() => {
        const { changes } = this.#sql.restore.run({ id, slug, path, was, sha256, now: nowMs, by });
        if (changes > 0) this.#sql.settle.run(nowMs, id);
        return changes > 0;
      })
      .immediate();
  }
}

function toCopy(row: Row): KnownCopy {
  return {
    recordingId: row.recording_id,
    remote: row.remote_slug,
    path: row.path,
    state: row.state,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    sourceSha256: row.source_sha256,
    hashKind: row.hash_kind,
    hash: row.hash,
    sinceMs: row.since_ms,
    localDeleted: row.local_deleted === 1,
  };
}
