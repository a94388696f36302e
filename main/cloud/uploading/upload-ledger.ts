import type { CloudErrorCode } from '@shared/model/remote';
import type { Clock } from '../../clock/clock';
import type { Connection } from '../../database/connection';
import { unforced } from '../../database/unforced';
import type { VerifiedBy } from './send-file';

/** What is known of an object that was sent. */
export interface StoredObject {
  /** Relative to the base path of the remote. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly sourceSha256: string;
  readonly remoteId: string | null;
}

interface AttemptFacts {
  readonly recordingId: number;
  readonly slug: string;
  readonly path: string;
  /** UTC milliseconds. */
  readonly atMs: number;
  readonly durationMs: number;
  readonly message: string;
}

/** One attempt that is over. */
export type Attempt = AttemptFacts &
  (
    | {
        readonly kind: 'verified';
        readonly object: StoredObject;
        readonly verifiedBy: VerifiedBy;
        readonly hash: { readonly kind: string; readonly value: string } | null;
      }
    | {
        readonly kind: 'failed';
        readonly code: CloudErrorCode;
        /** It was sent, and could not be read back. */
        readonly stored: StoredObject | null;
        readonly sizeBytes: number | null;
        readonly counts: boolean;
        /** UTC milliseconds; null: it is given up. */
        readonly retryAtMs: number | null;
      }
  );

/** What was written together. */
export interface Written {
  readonly attempts: readonly Attempt[];
  /** Recordings that every remote has that is to have them. */
  readonly uploaded: readonly number[];
}

/** So long an outcome waits for company. */
const GATHER_MS = 250;
const MOST_TOGETHER = 25;

/**
 * Writes down what became of uploads: a row for ever, how the copy stands, and whether the recording counts as
 * uploaded. Several at once; what a power cut takes back is found on the remote and counts as done.
 */
export class UploadLedger {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #onWritten: (written: Written) => void;
  readonly #sql;
  #waiting: {
    readonly attempt: Attempt;
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  #timer: AbortController | null = null;

  constructor(options: {
    connection: Connection;
    clock: Clock;
    onWritten: (written: Written) => void;
  }) {
    this.#connection = options.connection;
    this.#clock = options.clock;
    this.#onWritten = options.onWritten;
    const { sqlite } = options.connection;
    this.#sql = {
      attempt: sqlite.prepare<
        [number, string, string, number, number | null, number, 0 | 1, string | null, string]
      >(
        `insert into uploads
           (recording_id, remote_slug, remote_path, attempt_at_ms, size_bytes, duration_ms, success, code, message)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      verified: sqlite.prepare<{
        id: number;
        slug: string;
        path: string;
        remoteId: string | null;
        hash: string | null;
        hashKind: string | null;
        size: number;
        sha256: string;
        source: string;
        now: number;
        by: string;
      }>(
        `update recording_remotes set state = 'verified', path = @path, remote_id = @remoteId, hash = @hash,
           hash_kind = @hashKind, size_bytes = @size, sha256 = @sha256, source_sha256 = @source,
           attempts = attempts + 1, error_code = null, next_attempt_at_ms = 0,
           uploaded_at_ms = coalesce(uploaded_at_ms, @now), verified_at_ms = @now, verified_by = @by
         where recording_id = @id and remote_slug = @slug`,
      ),
      stored: sqlite.prepare<{
        id: number;
        slug: string;
        path: string;
        remoteId: string | null;
        size: number;
        sha256: string;
        source: string;
        now: number;
      }>(
        `update recording_remotes set path = @path, remote_id = @remoteId, size_bytes = @size, sha256 = @sha256,
           source_sha256 = @source, uploaded_at_ms = @now
         where recording_id = @id and remote_slug = @slug`,
      ),
      failed: sqlite.prepare<[string, number, number, string, number, string]>(
        `update recording_remotes set state = ?, attempts = attempts + ?, next_attempt_at_ms = ?, error_code = ?
         where recording_id = ? and remote_slug = ?`,
      ),
      settle: sqlite.prepare<[number, number]>(SETTLE),
    };
  }

  /**
   * Resolves when it is written; it is on the disk with the next commit that is forced.
   * @throws better-sqlite3's errors: nothing was written, the attempt is made again
   */
  write(attempt: Attempt): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ attempt, resolve, reject });
      if (this.#waiting.length >= MOST_TOGETHER) this.flush();
      else if (this.#timer === null) void this.#flushSoon();
    });
  }

  /** Writes what waits, now. */
  flush(): void {
    this.#timer?.abort();
    this.#timer = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    const uploaded: number[] = [];
    try {
      // A power cut may take it back; whoever deletes on its word forces it to the disk first.
      unforced(this.#connection, () => {
        this.#connection.sqlite
          .transaction(() => {
            for (const { attempt } of waiting) {
              if (this.#write(attempt)) uploaded.push(attempt.recordingId);
            }
          })
          .immediate();
      });
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return;
    }
    this.#onWritten({ attempts: waiting.map(({ attempt }) => attempt), uploaded });
    for (const { resolve } of waiting) resolve();
  }

  /**
   * Counts a recording as uploaded where every remote has it that is to have it: one was paused or removed.
   * @returns whether it does so now and did not before
   */
  settle(recordingId: number, nowMs: number): boolean {
    return this.#sql.settle.run(nowMs, recordingId).changes > 0;
  }

  async #flushSoon(): Promise<void> {
    const timer = new AbortController();
    this.#timer = timer;
    if (await this.#clock.sleep(GATHER_MS, timer.signal)) this.flush();
  }

  /** @returns whether the recording counts as uploaded now */
  #write(attempt: Attempt): boolean {
    const { recordingId: id, slug, path, atMs, durationMs, message } = attempt;
    if (attempt.kind === 'failed') {
      const { code, stored, sizeBytes, counts, retryAtMs } = attempt;
      this.#sql.attempt.run(id, slug, path, atMs, sizeBytes, durationMs, 0, code, message);
      if (stored !== null) {
        const { path: at, remoteId, sizeBytes: size, sha256, sourceSha256: source } = stored;
        this.#sql.stored.run({ id, slug, path: at, remoteId, size, sha256, source, now: atMs });
      }
      const state = stateAfter(attempt);
      this.#sql.failed.run(state, counts ? 1 : 0, retryAtMs ?? 0, code, id, slug);
      return false;
    }
    const { object, verifiedBy, hash } = attempt;
    const { path: at, remoteId, sizeBytes: size, sha256, sourceSha256: source } = object;
    this.#sql.attempt.run(id, slug, at, atMs, size, durationMs, 1, null, message);
    this.#sql.verified.run({
      id,
      slug,
      path: at,
      remoteId,
      hash: hash?.value ?? null,
      hashKind: hash?.kind ?? null,
      size,
      sha256,
      source,
      now: atMs + durationMs,
      by: verifiedBy,
    });
    return this.settle(id, atMs + durationMs);
  }
}

/** What failed for no fault of its own waits as before. */
function stateAfter({
  code,
  stored,
  counts,
  retryAtMs,
}: Extract<Attempt, { kind: 'failed' }>): 'given_up' | 'uploaded' | 'failed' | 'queued' {
  if (retryAtMs === null) return 'given_up';
  if (stored !== null && code !== 'MISMATCH') return 'uploaded';
  return counts ? 'failed' : 'queued';
}

/**
 * A recording counts as uploaded when every active remote that it belongs to has read it back, and there is one. One
 * that was added later does not undo it.
 */
export const SETTLE = `
  update recordings set uploaded = 1, uploaded_at_ms = ?
  where id = ? and uploaded = 0
    and exists (
      select 1 from recording_remotes c join storage_remotes r on r.slug = c.remote_slug
      where c.recording_id = recordings.id and c.state = 'verified' and r.removed_at_ms is null)
    and not exists (
      select 1 from storage_remotes r
      where r.active = 1 and r.removed_at_ms is null and r.from_id < recordings.id
        and not exists (
          select 1 from recording_remotes c
          where c.recording_id = recordings.id and c.remote_slug = r.slug and c.state = 'verified'))`;
