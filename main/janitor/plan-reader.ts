import type Sqlite from 'better-sqlite3';
import type { KeptReason } from '@shared/model/janitor';
import { CandidateRows, type Source } from './candidate-rows';
import type { Demand } from './demand';
import { type Planned, Planner, type Turn } from './planner';

/** What the thread is asked to plan. */
export interface PlanRequest {
  readonly nowMs: number;
  readonly demands: readonly Demand[];
  readonly oldestMs: number | null;
  readonly afterUpload: boolean;
  readonly blockBytes: number;
  /** Of the analysis, those that are on. */
  readonly workers: readonly string[];
  readonly stuck: readonly number[];
  /** So many are told one by one. */
  readonly limit: number;
  /** `next`: only those, to be carried out; `told`: counts what else would go, and what stays. */
  readonly extent: 'next' | 'told';
}

export interface PlanOutcome {
  readonly copiesWanted: boolean;
  /** The first of those that go, in the order in which they go. */
  readonly items: readonly Planned[];
  /** Of all that go, as far as was looked; there are more where `more`. */
  readonly recordings: number;
  readonly more: boolean;
  readonly bytes: number;
  readonly kept: readonly { readonly reason: KeptReason; readonly recordings: number }[];
}

/** Whoever asks for a plan does not wait for all of a season to be counted. */
const MOST_COUNTED = 2_000;

/** Walks through the recordings that are here and has the planner choose. Reads only; for a thread of its own. */
export class PlanReader {
  readonly #rows: CandidateRows;
  readonly #notUploaded;
  readonly #protected;

  constructor(sqlite: Sqlite.Database) {
    this.#rows = new CandidateRows(sqlite);
    this.#notUploaded = sqlite
      .prepare<[number], number>(
        `select count(*) from recordings indexed by ix_recordings_upload_pending
         where uploaded = 0 and local_deleted = 0 and deleted_at_ms is null and time_ms <= ?`,
      )
      .pluck();
    this.#protected = sqlite
      .prepare<[number], number>(
        `select count(*) from recordings indexed by ix_recordings_protected
         where protected = 1 and local_deleted = 0 and time_ms <= ?`,
      )
      .pluck();
  }

  /** @throws better-sqlite3's SqliteError */
  plan(request: PlanRequest): PlanOutcome {
    const { limit, extent, workers, stuck } = request;
    const copiesWanted = this.#rows.copiesWanted();
    const planner = new Planner({ ...request, copiesWanted, stuck: new Set(stuck) });
    const items: Planned[] = [];
    const kept = new Map<KeptReason, number>();
    let [recordings, bytes, newestMs] = [0, 0, -Infinity];
    let fellShort = false;
    const most = extent === 'next' ? limit : Math.max(limit, MOST_COUNTED);
    for (const { turn, source } of turnsOf(copiesWanted)) {
      if (!planner.wants(turn, -Infinity)) continue;
      fellShort = true;
      for (const candidate of this.#rows.walk(source, workers)) {
        if (!planner.wants(turn, candidate.timeMs)) {
          fellShort = false;
          break;
        }
        const verdict = planner.consider(candidate, turn);
        if (verdict === null) continue;
        newestMs = Math.max(newestMs, candidate.timeMs);
        if (typeof verdict === 'string') {
          kept.set(verdict, (kept.get(verdict) ?? 0) + 1);
          continue;
        }
        recordings += 1;
        bytes += verdict.bytes;
        if (items.length < limit) items.push(verdict);
        if (recordings >= most) break;
      }
      if (recordings >= most) break;
    }
    if (extent === 'told' && request.demands.length > 0) {
      this.#countOthers(kept, copiesWanted, fellShort ? Number.MAX_SAFE_INTEGER : newestMs);
    }
    return {
      copiesWanted,
      items,
      recordings,
      more: recordings >= most,
      bytes,
      kept: [...kept].map(([reason, count]) => ({ reason, recordings: count })),
    };
  }

  /** What the walks did not come by, as old as what goes or as what was looked at in vain. */
  #countOthers(kept: Map<KeptReason, number>, copiesWanted: boolean, newestMs: number): void {
    if (newestMs === -Infinity) return;
    const upTo = Math.trunc(newestMs);
    if (copiesWanted && !kept.has('not_uploaded')) {
      kept.set('not_uploaded', this.#notUploaded.get(upTo) ?? 0);
    }
    if (!kept.has('protected')) kept.set('protected', this.#protected.get(upTo) ?? 0);
    for (const [reason, count] of kept) if (count === 0) kept.delete(reason);
  }
}

function turnsOf(copiesWanted: boolean): { turn: Turn; source: Source }[] {
  return [
    { turn: 'safe', source: copiesWanted ? 'uploaded' : 'here' },
    { turn: 'discarded', source: 'discarded' },
    { turn: 'any', source: 'here' },
    { turn: 'protected', source: 'protected' },
  ];
}
