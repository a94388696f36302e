import type { CloudErrorCode } from '@shared/model/remote';
import type { Stream } from '@shared/model/recording';
import type { Connection } from '../../database/connection';
import { unforced } from '../../database/unforced';
import { fitsFlac } from '../../wav/flac-encoder';
import { LONGEST_RETRY_MS } from './failure-policy';
import { stationSlug, uploadPath, withNumber } from './upload-path';

/** A recording whose turn it is at a remote. */
export interface WaitingUpload {
  readonly recordingId: number;
  readonly timeMs: number;
  readonly device: string;
  /** Relative to the base path of the remote. */
  readonly path: string;
  /** An earlier attempt, perhaps of a console that was killed, may have stored it. */
  readonly mayBeThere: boolean;
  /** Attempts that count. */
  readonly attempts: number;
  /** It could not be encoded: it is sent as it is. */
  readonly asItIs: boolean;
  readonly source: UploadSource;
}

/** The file that is sent, as its row says. */
export interface UploadSource {
  readonly stream: Stream;
  /** Relative to the data folder, `/`-separated. */
  readonly localPath: string;
  readonly sizeBytes: number;
  readonly sampleRateHz: number;
  readonly bitsPerSample: number;
  /** 64 lower-case hexadecimal characters; null: not known yet. */
  readonly sha256: string | null;
}

/** What became of looking for work. */
export type Taken =
  | { readonly kind: 'work'; readonly upload: WaitingUpload }
  /** It lies in the bin, or its file is gone: it does not wait any more. */
  | { readonly kind: 'passed_over'; readonly recordingId: number };

export interface QueueCounts {
  /** Not there yet; those that were not looked at are counted, too. */
  readonly waiting: number;
  /** Of those: tried, and put back. */
  readonly failed: number;
  readonly verified: number;
}

export interface Refilled {
  readonly queued: number;
  /** In the bin, without a file here, or without sound. */
  readonly skipped: number;
  /** There may be more to look at now. */
  readonly more: boolean;
  /** What came a moment ago is looked at in so long, milliseconds; null: there is nothing such. */
  readonly settlesInMs: number | null;
}

interface PendingRow {
  readonly recording_id: number;
  readonly path: string;
  readonly attempts: number;
  readonly error_code: CloudErrorCode | null;
  readonly state: string;
}

interface RecordingRow {
  readonly id: number;
  readonly device: string;
  readonly time_ms: number;
  readonly indexed_at_ms: number;
  readonly local_deleted: number;
  readonly deleted_at_ms: number | null;
  readonly missing_file: Stream | null;
  readonly uploaded: number;
  readonly raw_path: string | null;
  readonly raw_size_bytes: number | null;
  readonly raw_sample_rate_hz: number | null;
  readonly raw_bits_per_sample: number | null;
  readonly raw_sha256: string | null;
  readonly processed_path: string | null;
  readonly processed_size_bytes: number | null;
  readonly processed_sample_rate_hz: number | null;
  readonly processed_bits_per_sample: number | null;
  readonly processed_sha256: string | null;
}

/** The file that belongs to a recording may arrive a moment after it. */
const SETTLING_MS = 5_000;
/** So few that wait, and more recordings are looked at; so many then, which holds nobody up. */
const FEW = 50;
const BATCH = 50;
const COLUMNS = `id, device, time_ms, indexed_at_ms, local_deleted, deleted_at_ms, missing_file, uploaded,
  raw_path, raw_size_bytes, raw_sample_rate_hz, raw_bits_per_sample, raw_sha256,
  processed_path, processed_size_bytes, processed_sample_rate_hz, processed_bits_per_sample, processed_sha256`;

/**
 * What waits for each remote, in the database. Recordings are looked at in the order of their numbers, a batch when few
 * wait; of those that wait the oldest goes first. Callers say the time, UTC milliseconds.
 */
export class UploadQueue {
  readonly #connection: Connection;
  readonly #stationName: () => string;
  readonly #sql;
  #station = { name: '', slug: stationSlug('') };
  /** What was queued by this console was not tried by another one: it need not be looked for. */
  readonly #queuedHere = new Map<string, Set<number>>();

  constructor(options: { connection: Connection; stationName: () => string }) {
    this.#connection = options.connection;
    this.#stationName = options.stationName;
    const { sqlite } = options.connection;
    this.#sql = {
      cursor: sqlite.prepare<[string], { through_id: number; from_id: number }>(
        'select through_id, from_id from storage_remotes where slug = ?',
      ),
      setCursor: sqlite.prepare<[number, string, number]>(
        'update storage_remotes set through_id = ? where slug = ? and through_id = ?',
      ),
      newest: sqlite.prepare<[], { id: number | null }>('select max(id) as id from recordings'),
      batch: sqlite.prepare<[number, number], RecordingRow>(
        `select ${COLUMNS} from recordings where id > ? order by id limit ?`,
      ),
      recording: sqlite.prepare<[number], RecordingRow>(
        `select ${COLUMNS} from recordings where id = ?`,
      ),
      isTaken: sqlite.prepare<[string, string, number], { one: 1 }>(
        'select 1 as one from recording_remotes where remote_slug = ? and path = ? and recording_id <> ?',
      ),
      enqueue: sqlite.prepare<{
        id: number;
        slug: string;
        time: number;
        path: string;
        now: number;
      }>(
        `insert into recording_remotes
           (recording_id, remote_slug, time_ms, path, state, attempts, next_attempt_at_ms, queued_at_ms)
         values (@id, @slug, @time, @path, 'queued', 0, 0, @now)
         on conflict (recording_id, remote_slug) do update
           set state = 'queued', attempts = 0, next_attempt_at_ms = 0, error_code = null,
             uploaded_at_ms = null, verified_at_ms = null, verified_by = null
           where state = 'remote_deleted'`,
      ),
      notUploaded: sqlite.prepare<[number]>(
        'update recordings set uploaded = 0, uploaded_at_ms = null where id = ? and uploaded = 1',
      ),
      queued: sqlite.prepare<[string], { n: number }>(
        `select count(*) as n from recording_remotes indexed by ix_recording_remotes_pending
         where remote_slug = ? and state in ('queued', 'uploaded', 'failed') and state <> 'failed'`,
      ),
      // A wall clock that was set back must not lock anything for years: what lies too far ahead counts as past.
      next: sqlite.prepare<{ slug: string; now: number; most: number; limit: number }, PendingRow>(
        `select recording_id, path, attempts, error_code, state
         from recording_remotes indexed by ix_recording_remotes_pending
         where remote_slug = @slug and state in ('queued', 'uploaded', 'failed')
           and (next_attempt_at_ms <= @now or next_attempt_at_ms > @now + @most)
         order by time_ms, recording_id limit @limit`,
      ),
      nextUnfailed: sqlite.prepare<
        { slug: string; now: number; most: number; limit: number },
        PendingRow
      >(
        `select recording_id, path, attempts, error_code, state
         from recording_remotes indexed by ix_recording_remotes_pending
         where remote_slug = @slug and state in ('queued', 'uploaded', 'failed')
           and (next_attempt_at_ms <= @now or next_attempt_at_ms > @now + @most)
           and error_code is null
         order by time_ms, recording_id limit @limit`,
      ),
      // In the bin: it is queued anew when it leaves it.
      forget: sqlite.prepare<[number, string]>(
        `delete from recording_remotes where recording_id = ? and remote_slug = ?
           and state in ('queued', 'uploaded', 'failed')`,
      ),
      giveUp: sqlite.prepare<[CloudErrorCode, number, string]>(
        `update recording_remotes set state = 'given_up', error_code = ?
         where recording_id = ? and remote_slug = ?`,
      ),
      isWaiting: sqlite.prepare<[number, string], { one: 1 }>(
        `select 1 as one from recording_remotes where recording_id = ? and remote_slug = ?
           and state in ('queued', 'uploaded', 'failed')`,
      ),
      totals: sqlite.prepare<[string], { state: string; copies: number }>(
        'select state, copies from remote_totals where remote_slug = ?',
      ),
      retry: sqlite.prepare<[string, number]>(
        `update recording_remotes set state = 'queued', attempts = 0, next_attempt_at_ms = 0
         where rowid in (
           select rowid from recording_remotes where remote_slug = ? and state = 'given_up' limit ?)`,
      ),
      retryFailed: sqlite.prepare<[string, number]>(
        `update recording_remotes set next_attempt_at_ms = 0
         where rowid in (
           select rowid from recording_remotes indexed by ix_recording_remotes_pending
           where remote_slug = ? and state in ('queued', 'uploaded', 'failed') and next_attempt_at_ms > 0
           limit ?)`,
      ),
    };
  }

  /** Looks through more recordings when few wait for a remote. */
  refill(slug: string, nowMs: number): Refilled {
    const cursor = this.#sql.cursor.get(slug);
    const nothing: Refilled = { queued: 0, skipped: 0, more: false, settlesInMs: null };
    if (cursor === undefined) return nothing;
    if ((this.#sql.queued.get(slug)?.n ?? 0) >= FEW) return nothing;
    const after = Math.max(cursor.through_id, cursor.from_id);
    const rows = this.#sql.batch.all(after, BATCH);
    const settling = rows.findIndex(
      (row) => row.indexed_at_ms <= nowMs && row.indexed_at_ms > nowMs - SETTLING_MS,
    );
    const settled = settling === -1 ? rows : rows.slice(0, settling);
    const through = settled.at(-1)?.id ?? after;
    const settlesInMs = settling === -1 ? null : SETTLING_MS;
    if (through === after) return { ...nothing, settlesInMs };
    let queued = 0;
    // What a power cut takes back is looked at again.
    unforced(this.#connection, () => {
      this.#connection.sqlite
        .transaction(() => {
          // A backfill may have set it back meanwhile: then this is looked at again.
          this.#sql.setCursor.run(through, slug, cursor.through_id);
          for (const row of settled) if (this.#enqueue(slug, row, nowMs)) queued += 1;
        })
        .immediate();
    });
    return { queued, skipped: settled.length - queued, more: settling === -1, settlesInMs };
  }

  /**
   * Queues one recording, where it belongs to a remote and is not queued.
   * @returns whether it was queued
   */
  enqueue(slug: string, recordingId: number, nowMs: number): boolean {
    const row = this.#sql.recording.get(recordingId);
    if (row === undefined) return false;
    return unforced(this.#connection, () =>
      this.#connection.sqlite.transaction(() => this.#enqueue(slug, row, nowMs)).immediate(),
    );
  }

  /**
   * Those whose turn it is, the oldest first.
   * @param known those that were taken already and are not to be told again
   * @param first `unfailed`: before those that failed before, whatever their age
   */
  take(
    slug: string,
    known: ReadonlySet<number>,
    count: number,
    nowMs: number,
    first: 'oldest' | 'unfailed' = 'oldest',
  ): Taken[] {
    const now = { slug, now: nowMs, most: LONGEST_RETRY_MS, limit: count + known.size };
    const unfailed = first === 'unfailed' ? this.#sql.nextUnfailed.all(now) : [];
    const rows = unfailed.length > 0 ? unfailed : this.#sql.next.all(now);
    const taken: Taken[] = [];
    for (const row of rows) {
      if (taken.length >= count) break;
      if (!known.has(row.recording_id)) taken.push(this.#look(slug, row));
    }
    return taken;
  }

  isWaiting(slug: string, recordingId: number): boolean {
    return this.#sql.isWaiting.get(recordingId, slug) !== undefined;
  }

  /** How the file of a recording stands now: it may have been renamed since. null: there is none to send. */
  source(recordingId: number): UploadSource | null {
    const row = this.#sql.recording.get(recordingId);
    return row === undefined || row.local_deleted !== 0 ? null : sourceOf(row);
  }

  counts(slug: string): QueueCounts {
    const cursor = this.#sql.cursor.get(slug);
    const copies = new Map(
      this.#sql.totals.all(slug).map((total) => [total.state, total.copies] as const),
    );
    const of = (state: string): number => copies.get(state) ?? 0;
    const newest = this.#sql.newest.get()?.id ?? 0;
    const through = Math.max(cursor?.through_id ?? newest, cursor?.from_id ?? newest);
    return {
      waiting: of('queued') + of('uploaded') + of('failed') + Math.max(0, newest - through),
      failed: of('failed') + of('given_up'),
      verified: of('verified'),
    };
  }

  /** Lets what failed be tried again at once, and what was given up; so many at once. @returns how many */
  retry(slug: string, count: number): number {
    const givenUp = this.#sql.retry.run(slug, count).changes;
    return givenUp + this.#sql.retryFailed.run(slug, count - givenUp).changes;
  }

  #enqueue(slug: string, row: RecordingRow, nowMs: number): boolean {
    const source = sourceOf(row);
    if (row.local_deleted !== 0 || row.deleted_at_ms !== null || source === null) return false;
    const wanted = uploadPath({
      station: this.#stationSlug(),
      device: row.device,
      timeMs: row.time_ms,
      localPath: source.localPath,
      extension: fitsFlac(source.bitsPerSample) ? '.flac' : '.wav',
    });
    const isTaken = this.#sql.isTaken.get(slug, wanted, row.id) !== undefined;
    const path = isTaken ? withNumber(wanted, row.id) : wanted;
    const { changes } = this.#sql.enqueue.run({
      id: row.id,
      slug,
      time: row.time_ms,
      path,
      now: nowMs,
    });
    if (changes === 0) return false;
    if (row.uploaded !== 0) this.#sql.notUploaded.run(row.id);
    const here = this.#queuedHere.get(slug) ?? new Set();
    this.#queuedHere.set(slug, here.add(row.id));
    return true;
  }

  #stationSlug(): string {
    const name = this.#stationName();
    if (name !== this.#station.name) this.#station = { name, slug: stationSlug(name) };
    return this.#station.slug;
  }

  #look(slug: string, row: PendingRow): Taken {
    const { recording_id: recordingId, path, attempts, state } = row;
    const passedOver: Taken = { kind: 'passed_over', recordingId };
    // Once taken, it may be there.
    const isNew = this.#queuedHere.get(slug)?.delete(recordingId) === true;
    const recording = this.#sql.recording.get(recordingId);
    if (recording === undefined || recording.deleted_at_ms !== null) {
      this.#sql.forget.run(recordingId, slug);
      return passedOver;
    }
    const source = sourceOf(recording);
    if (recording.local_deleted !== 0 || source === null) {
      this.#sql.giveUp.run('LOCAL_MISSING', recordingId, slug);
      return passedOver;
    }
    const mayBeThere = !isNew || attempts > 0 || state !== 'queued';
    const { time_ms: timeMs, device } = recording;
    const asItIs = row.error_code === 'ENCODE';
    return {
      kind: 'work',
      upload: { recordingId, timeMs, device, path, mayBeThere, attempts, asItIs, source },
    };
  }
}

/** The raw file; where a profile keeps none, the processed one. null: there is none here. */
function sourceOf(row: RecordingRow): UploadSource | null {
  const stream: Stream = row.raw_path === null ? 'processed' : 'raw';
  if (row.missing_file === stream) return null;
  const [localPath, sizeBytes, sampleRateHz, bitsPerSample, sha256] =
    stream === 'raw'
      ? [
          row.raw_path,
          row.raw_size_bytes,
          row.raw_sample_rate_hz,
          row.raw_bits_per_sample,
          row.raw_sha256,
        ]
      : [
          row.processed_path,
          row.processed_size_bytes,
          row.processed_sample_rate_hz,
          row.processed_bits_per_sample,
          row.processed_sha256,
        ];
  if (localPath === null) return null;
  return {
    stream,
    localPath,
    sizeBytes: sizeBytes ?? 0,
    sampleRateHz: sampleRateHz ?? 0,
    bitsPerSample: bitsPerSample ?? 16,
    sha256,
  };
}
