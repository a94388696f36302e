import type { Copy } from '@shared/model/custody';
import type { CloudErrorCode, CloudFailure } from '@shared/model/remote';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../../clock/clock';
import type { Connection } from '../../database/connection';

/** What a remote has, what waits for it, and how it went lately. */
export interface Figures {
  readonly waiting: number;
  readonly failed: number;
  readonly givenUp: number;
  readonly verified: number;
  /** With those that were not read back. */
  readonly copies: number;
  /** UTC milliseconds. */
  readonly lastUploadAtMs: number | null;
  readonly lastFailure: CloudFailure | null;
  /** When nothing waits any more if all goes on as in the last hours; UTC milliseconds; null: not foreseeable. */
  readonly caughtUpAtMs: number | null;
}

/** Hours that a forecast rests on. */
const LATELY_MS = 6 * 3_600_000;
/** A minute more or less of six hours changes nothing. */
const PACE_KEPT_MS = 60_000;

interface Pace {
  readonly atMs: number;
  /** Recordings per millisecond by which the queue grows shorter. */
  readonly gain: number;
}

/** Figures of the remotes, from counters and from the ends of indexes: asked for every second, with millions of rows. */
export class RemoteFigures {
  readonly #clock: Clock;
  readonly #sql;
  readonly #paces = new Map<string, Pace>();

  constructor({ sqlite }: Connection, clock: Clock) {
    this.#clock = clock;
    this.#sql = {
      totals: sqlite.prepare<[string], { state: Copy['state']; copies: number }>(
        'select state, copies from remote_totals where remote_slug = ?',
      ),
      through: sqlite.prepare<[string], { through: number }>(
        'select max(through_id, from_id) as through from storage_remotes where slug = ?',
      ),
      newest: sqlite.prepare<[], { id: number | null }>('select max(id) as id from recordings'),
      lastSuccess: sqlite.prepare<[string], { at: number | null }>(
        `select max(attempt_at_ms) as at from uploads indexed by ix_uploads_outcome
         where remote_slug = ? and success = 1`,
      ),
      lastFailure: sqlite.prepare<
        [string],
        { at: number; code: CloudErrorCode | null; message: string | null }
      >(
        `select attempt_at_ms as at, code, message from uploads indexed by ix_uploads_outcome
         where remote_slug = ? and success = 0 order by attempt_at_ms desc limit 1`,
      ),
      sent: sqlite.prepare<[string, number, number], { n: number; first: number | null }>(
        `select count(*) as n, min(attempt_at_ms) as first from uploads indexed by ix_uploads_outcome
         where remote_slug = ? and success = 1 and attempt_at_ms > ? and attempt_at_ms <= ?`,
      ),
      recorded: sqlite.prepare<[number, number], { n: number }>(
        `select count(*) as n from recordings indexed by ix_recordings_time
         where time_ms > ? and time_ms <= ?`,
      ),
    };
  }

  of(slug: string): Figures {
    const copies = new Map(this.#sql.totals.all(slug).map((row) => [row.state, row.copies]));
    const count = (...states: Copy['state'][]): number =>
      states.reduce((sum, state) => sum + (copies.get(state) ?? 0), 0);
    const newest = this.#sql.newest.get()?.id ?? 0;
    const through = this.#sql.through.get(slug)?.through ?? newest;
    // Those that were not looked at yet: most of them will wait for it.
    const ahead = Math.max(0, newest - through);
    const waiting = count('queued', 'uploading', 'uploaded', 'failed') + ahead;
    const failure = this.#sql.lastFailure.get(slug);
    return {
      waiting,
      failed: count('failed'),
      givenUp: count('given_up'),
      verified: count('verified'),
      copies: count('verified', 'uploaded'),
      lastUploadAtMs: this.#sql.lastSuccess.get(slug)?.at ?? null,
      lastFailure:
        failure === undefined
          ? null
          : {
              code: failure.code ?? 'UNKNOWN',
              detail: failure.message ?? '',
              at: toInstant(failure.at),
            },
      caughtUpAtMs: this.#caughtUpAtMs(slug, waiting),
    };
  }

  #caughtUpAtMs(slug: string, waiting: number): number | null {
    if (waiting === 0) return null;
    const nowMs = this.#clock.wallMs();
    const { gain } = this.#pace(slug, nowMs);
    return gain > 0 ? Math.round(nowMs + waiting / gain) : null;
  }

  #pace(slug: string, nowMs: number): Pace {
    const known = this.#paces.get(slug);
    if (known !== undefined && Math.abs(nowMs - known.atMs) < PACE_KEPT_MS) return known;
    const sent = this.#sql.sent.get(slug, nowMs - LATELY_MS, nowMs);
    const sinceMs = sent?.first ?? nowMs;
    const overMs = nowMs - sinceMs;
    const recorded = overMs > 0 ? (this.#sql.recorded.get(sinceMs, nowMs)?.n ?? 0) : 0;
    const gain = overMs > 0 ? ((sent?.n ?? 0) - recorded) / overMs : 0;
    const pace = { atMs: nowMs, gain };
    this.#paces.set(slug, pace);
    return pace;
  }
}
