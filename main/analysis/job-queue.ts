import { join } from 'node:path';
import type { AnalysisRecord } from '@shared/model/analysis';
import type { Connection } from '../database/connection';
import { LONGEST_RETRY_MS } from './retry-policy';
import type { WaitingRecording } from './worker';

/** A job that was taken: nobody else has it until the claim runs out. */
export interface Claim {
  readonly worker: string;
  readonly recording: WaitingRecording;
  /** A person waits for it. */
  readonly wanted: boolean;
  /** Those before this one. */
  readonly attempts: number;
}

export interface JobCounts {
  readonly waiting: number;
  /** Not tried any more. */
  readonly failed: number;
}

/** How a job stands with one recording. */
export type JobState =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiting' }
  /** Tried in vain; it may be tried again. */
  | { readonly kind: 'failed' };

// What a job's priority says.
const WANTED = 1;
const IN_TURN = 0;
const GIVEN_UP = -1;
/** The recording lies in the bin: nobody works on it, and it is not forgotten. */
const IN_BIN = -2;

/** A claim that is not renewed is another one's after so long. */
export const LEASE_MS = 180_000;
/** The file that belongs to a recording may arrive a moment after it. */
const SETTLING_MS = 5_000;
/** So few, and more recordings are looked at; so many then. */
const FEW_JOBS = 100;
const BATCH = 250;
/** What turns out to be none is passed over in steps of so many. */
const MOST_PASSED_OVER = 100;

/** Of the jobs in the bin, so many are looked at without holding anybody up. */
const IN_BIN_AT_ONCE = 500;

/** Where a look through the jobs in the bin has got to. */
export interface InBinPlace {
  readonly timeMs: number;
  readonly row: number;
}

interface InBinRow {
  readonly recording_id: number;
  readonly time_ms: number;
  readonly rowid: number;
  readonly isOut: 0 | 1;
}

interface CandidateRow {
  readonly worker: string;
  readonly recording_id: number;
  readonly priority: number;
  readonly attempts: number;
  readonly time_ms: number;
}

interface RecordingRow {
  readonly id: number;
  readonly time_ms: number;
  readonly duration_s: number;
  readonly raw_path: string | null;
  readonly processed_path: string | null;
  readonly local_deleted: number;
  readonly deleted_at_ms: number | null;
}

/**
 * Work that waits, in the database: claims run out by themselves, several may take from it and never the same.
 * Oldest recordings first, before them what a person waits for. Callers say the time, UTC milliseconds.
 */
export class JobQueue {
  readonly #connection: Connection;
  readonly #dataRoot: string;
  /** Of whoever takes jobs here. */
  readonly #me: string;
  readonly #sql;

  /** @param me another one for everybody who takes jobs, also in other processes */
  constructor(options: { connection: Connection; dataRoot: string; me: string }) {
    this.#connection = options.connection;
    this.#dataRoot = options.dataRoot;
    this.#me = options.me;
    const { sqlite } = options.connection;
    this.#sql = {
      cursor: sqlite.prepare<[string], { version: string; through_id: number }>(
        'select version, through_id from analysis_cursors where worker = ?',
      ),
      setCursor: sqlite.prepare<[string, string, number]>(
        `insert into analysis_cursors (worker, version, through_id) values (?, ?, ?)
         on conflict (worker) do update set version = excluded.version, through_id = excluded.through_id`,
      ),
      forget: sqlite.prepare<[string]>('delete from analysis_jobs where worker = ?'),
      newest: sqlite.prepare<[], { id: number | null }>('select max(id) as id from recordings'),
      batch: sqlite.prepare<[number, number], { id: number; indexed_at_ms: number }>(
        'select id, indexed_at_ms from recordings where id > ? order by id limit ?',
      ),
      enqueue: sqlite.prepare<{
        worker: string;
        version: string;
        after: number;
        through: number;
        state: string;
        oldest: number;
      }>(
        `insert into analysis_jobs (worker, recording_id, time_ms, priority)
         select @worker, id, time_ms, case when deleted_at_ms is null then ${IN_TURN} else ${IN_BIN} end
         from recordings where id > @after and id <= @through and local_deleted = 0
           and time_ms >= @oldest
           and coalesce(json_extract(analysis_state, @state || '.version'), '') <> @version
         on conflict do nothing`,
      ),
      // A wall clock that was set back must not lock a job for years: what lies too far ahead counts as past.
      next: sqlite.prepare<
        { worker: string; least: number; now: number; lease: number; retry: number },
        CandidateRow
      >(
        `select worker, recording_id, priority, attempts, time_ms from analysis_jobs
         where worker = @worker and priority >= @least
           and (next_attempt_at_ms <= @now or next_attempt_at_ms > @now + @retry)
           and (claimed_until_ms <= @now or claimed_until_ms > @now + @lease)
         order by priority desc, time_ms limit 1`,
      ),
      recording: sqlite.prepare<[number], RecordingRow>(
        `select id, time_ms, duration_s, iif(missing_file is 'raw', null, raw_path) as raw_path,
           iif(missing_file is 'processed', null, processed_path) as processed_path, local_deleted, deleted_at_ms
         from recordings where id = ?`,
      ),
      take: sqlite.prepare<[string, number, string, number]>(
        'update analysis_jobs set claimed_by = ?, claimed_until_ms = ? where worker = ? and recording_id = ?',
      ),
      renew: sqlite.prepare<[number, string, number, string]>(
        'update analysis_jobs set claimed_until_ms = ? where worker = ? and recording_id = ? and claimed_by = ?',
      ),
      release: sqlite.prepare<[string, number, string]>(
        `update analysis_jobs set claimed_by = null, claimed_until_ms = 0
         where worker = ? and recording_id = ? and claimed_by = ?`,
      ),
      remove: sqlite.prepare<[string, number]>(
        'delete from analysis_jobs where worker = ? and recording_id = ?',
      ),
      finish: sqlite.prepare<[string, number, string]>(
        'delete from analysis_jobs where worker = ? and recording_id = ? and claimed_by = ?',
      ),
      setPriority: sqlite.prepare<[number, string, number]>(
        'update analysis_jobs set priority = ? where worker = ? and recording_id = ?',
      ),
      fail: sqlite.prepare<[number, number, string, number, string]>(
        `update analysis_jobs set attempts = attempts + 1, priority = ?, next_attempt_at_ms = ?,
           claimed_by = null, claimed_until_ms = 0
         where worker = ? and recording_id = ? and claimed_by = ?`,
      ),
      record: sqlite.prepare<[string, string, number]>(
        'update recordings set analysis_state = json_set(analysis_state, ?, json(?)) where id = ?',
      ),
      want: sqlite.prepare<[string, number, number]>(
        `insert into analysis_jobs (worker, recording_id, time_ms, priority) values (?, ?, ?, ${WANTED})
         on conflict (worker, recording_id) do update set priority = ${WANTED}, next_attempt_at_ms = 0
         where priority <> ${WANTED}`,
      ),
      job: sqlite.prepare<[string, number], { priority: number; attempts: number; next: number }>(
        `select priority, attempts, next_attempt_at_ms as next from analysis_jobs
         where worker = ? and recording_id = ?`,
      ),
      retry: sqlite.prepare<[string]>(
        `update analysis_jobs set priority = ${IN_TURN}, attempts = 0, next_attempt_at_ms = 0
         where worker = ? and (priority = ${GIVEN_UP} or attempts > 0)`,
      ),
      inBin: sqlite.prepare<[string, number, number, number], InBinRow>(
        `select recording_id, time_ms, rowid,
           exists (select 1 from recordings r where r.id = recording_id and r.deleted_at_ms is null) as isOut
         from analysis_jobs where worker = ? and priority = ${IN_BIN} and (time_ms, rowid) > (?, ?)
         order by time_ms, rowid limit ?`,
      ),
      outOfBin: sqlite.prepare<[string, number]>(
        `update analysis_jobs set priority = ${IN_TURN}
         where worker = ? and recording_id = ? and priority = ${IN_BIN}`,
      ),
      waiting: sqlite.prepare<[string], { n: number }>(
        `select count(*) as n from analysis_jobs where worker = ? and priority >= ${IN_TURN}`,
      ),
      failed: sqlite.prepare<[string], { n: number }>(
        `select count(*) as n from analysis_jobs where worker = ? and priority = ${GIVEN_UP}`,
      ),
    };
  }

  /**
   * Looks through more recordings when few jobs wait. A worker of another version than before begins anew.
   * @param oldestMs what was recorded before is passed over
   * @returns whether there was anything to look at
   */
  refill(worker: string, version: string, oldestMs: number | null, nowMs: number): boolean {
    const before = this.#sql.cursor.get(worker);
    const isOther = before !== undefined && before.version !== version;
    const after = isOther ? 0 : (before?.through_id ?? 0);
    if (!isOther && this.#count(this.#sql.waiting, worker) >= FEW_JOBS) return false;
    const rows = this.#sql.batch.all(after, BATCH);
    const settling = rows.findIndex(
      (row) => row.indexed_at_ms <= nowMs && row.indexed_at_ms > nowMs - SETTLING_MS,
    );
    const settled = settling === -1 ? rows : rows.slice(0, settling);
    const through = settled.at(-1)?.id ?? after;
    if (!isOther && through === after) return false;
    this.#connection.sqlite
      .transaction(() => {
        if (isOther) this.#sql.forget.run(worker);
        const state = stateOf(worker);
        const oldest = oldestMs ?? Number.MIN_SAFE_INTEGER;
        this.#sql.enqueue.run({ worker, version, after, through, state, oldest });
        this.#sql.setCursor.run(worker, version, through);
      })
      .immediate();
    return through > after;
  }

  /**
   * Takes the next job of any of these workers.
   * @param least `wanted`: only what a person waits for
   */
  claim(workers: readonly string[], least: 'wanted' | 'any', nowMs: number): Claim | null {
    return this.#connection.sqlite
      .transaction(() => {
        for (let passed = 0; passed < MOST_PASSED_OVER; passed++) {
          const candidate = this.#candidate(workers, least, nowMs);
          if (candidate === null) return null;
          const claim = this.#tryToTake(candidate, nowMs);
          if (claim !== null) return claim;
        }
        return null;
      })
      .immediate();
  }

  /** Puts off the end of a claim. */
  renew({ worker, recording }: Claim, nowMs: number): void {
    this.#sql.renew.run(nowMs + LEASE_MS, worker, recording.id, this.#me);
  }

  /** Gives a job back untouched. */
  release({ worker, recording }: Claim): void {
    this.#sql.release.run(worker, recording.id, this.#me);
  }

  /**
   * Ends a job that went well, and writes what was found in the same transaction.
   * @returns false: the claim had run out, another one has the job, nothing was written
   */
  finish({ worker, recording }: Claim, record: AnalysisRecord, write: () => void): boolean {
    return this.#connection.sqlite
      .transaction(() => {
        if (this.#sql.finish.run(worker, recording.id, this.#me).changes === 0) return false;
        write();
        this.#sql.record.run(stateOf(worker), JSON.stringify(record), recording.id);
        return true;
      })
      .immediate();
  }

  /** @param retryAtMs when it is tried again; null: no more, until somebody asks for it */
  fail({ worker, recording }: Claim, record: AnalysisRecord, retryAtMs: number | null): void {
    this.#connection.sqlite
      .transaction(() => {
        const priority = retryAtMs === null ? GIVEN_UP : IN_TURN;
        this.#sql.fail.run(priority, retryAtMs ?? 0, worker, recording.id, this.#me);
        this.#sql.record.run(stateOf(worker), JSON.stringify(record), recording.id);
      })
      .immediate();
  }

  /** Puts a recording first in line. Safe to repeat. */
  want(worker: string, recordingId: number, timeMs: number): void {
    this.#sql.want.run(worker, recordingId, timeMs);
  }

  job(worker: string, recordingId: number): JobState {
    const row = this.#sql.job.get(worker, recordingId);
    if (row === undefined) return { kind: 'none' };
    const failed = row.priority === GIVEN_UP || (row.attempts > 0 && row.priority !== WANTED);
    return { kind: failed ? 'failed' : 'waiting' };
  }

  /** Lets everything be tried again that a worker failed at. @returns how many */
  retry(worker: string): number {
    return this.#sql.retry.run(worker).changes;
  }

  /**
   * Finds what was taken out of the bin, a few jobs at a time: the bin may hold a season.
   * @param after where the last look ended; null: from the start
   * @returns where to go on; null: that was all
   */
  takeUpRestored(worker: string, after: InBinPlace | null): InBinPlace | null {
    const { timeMs, row } = after ?? { timeMs: Number.MIN_SAFE_INTEGER, row: 0 };
    const rows = this.#sql.inBin.all(worker, timeMs, row, IN_BIN_AT_ONCE);
    const out = rows.filter(({ isOut }) => isOut === 1);
    if (out.length > 0) {
      this.#connection.sqlite
        .transaction(() => {
          for (const one of out) this.#sql.outOfBin.run(worker, one.recording_id);
        })
        .immediate();
    }
    const last = rows.at(-1);
    return last === undefined || rows.length < IN_BIN_AT_ONCE
      ? null
      : { timeMs: last.time_ms, row: last.rowid };
  }

  /** What waits includes recordings that were not looked at yet, at most so many. */
  counts(worker: string): JobCounts {
    const newest = this.#sql.newest.get()?.id ?? 0;
    const through = this.#sql.cursor.get(worker)?.through_id ?? 0;
    return {
      waiting: this.#count(this.#sql.waiting, worker) + Math.max(0, newest - through),
      failed: this.#count(this.#sql.failed, worker),
    };
  }

  #count(statement: { get(worker: string): { n: number } | undefined }, worker: string): number {
    return statement.get(worker)?.n ?? 0;
  }

  #candidate(
    workers: readonly string[],
    least: 'wanted' | 'any',
    now: number,
  ): CandidateRow | null {
    let best: CandidateRow | null = null;
    for (const worker of workers) {
      const row = this.#sql.next.get({
        worker,
        least: least === 'wanted' ? WANTED : IN_TURN,
        now,
        lease: LEASE_MS,
        retry: LONGEST_RETRY_MS,
      });
      if (row !== undefined && (best === null || goesBefore(row, best))) best = row;
    }
    return best;
  }

  /** null: nothing that could be analysed. */
  #tryToTake(
    { worker, recording_id: id, priority, attempts }: CandidateRow,
    nowMs: number,
  ): Claim | null {
    const row = this.#sql.recording.get(id);
    if (row === undefined || row.local_deleted !== 0) {
      this.#sql.remove.run(worker, id);
      return null;
    }
    const wanted = priority === WANTED;
    if (row.deleted_at_ms !== null && !wanted) {
      this.#sql.setPriority.run(IN_BIN, worker, id);
      return null;
    }
    this.#sql.take.run(this.#me, nowMs + LEASE_MS, worker, id);
    return {
      worker,
      wanted,
      attempts,
      recording: {
        id,
        timeMs: row.time_ms,
        durationS: row.duration_s,
        files: {
          ...(row.raw_path === null ? {} : { raw: join(this.#dataRoot, row.raw_path) }),
          ...(row.processed_path === null
            ? {}
            : { processed: join(this.#dataRoot, row.processed_path) }),
        },
      },
    };
  }
}

function goesBefore(one: CandidateRow, other: CandidateRow): boolean {
  return one.priority === other.priority
    ? one.time_ms < other.time_ms
    : one.priority > other.priority;
}

/** Where a worker's record lies in `analysis_state`. */
function stateOf(worker: string): string {
  return `$.${worker}`;
}
