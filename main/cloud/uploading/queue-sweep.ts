import type { Connection } from '../../database/connection';
import { unforced } from '../../database/unforced';
import type { RemoteSource } from './remote-source';
import type { UploadLedger } from './upload-ledger';
import type { UploadQueue } from './upload-queue';

interface Place {
  readonly timeMs: number;
  readonly id: number;
}

/** A recording that a remote is to have. */
interface Wanted {
  readonly id: number;
  readonly slug: string;
}

export interface SweepStep {
  /** There is more to look at in this round. */
  readonly more: boolean;
  /** Recordings that count as uploaded now. */
  readonly settled: number;
}

/** So many are looked at without holding anybody up. */
const AT_ONCE = 200;

/**
 * Finds what events missed among the recordings that do not count as uploaded: those that left the bin or whose file is
 * here again are queued, and those count as uploaded that every remote has since another one was paused or removed.
 */
export class QueueSweep {
  readonly #connection: Connection;
  readonly #source: RemoteSource;
  readonly #queue: UploadQueue;
  readonly #ledger: UploadLedger;
  readonly #sql;
  #after: Place | null = null;

  constructor(options: {
    connection: Connection;
    source: RemoteSource;
    queue: UploadQueue;
    ledger: UploadLedger;
  }) {
    const { sqlite } = options.connection;
    this.#connection = options.connection;
    this.#source = options.source;
    this.#queue = options.queue;
    this.#ledger = options.ledger;
    this.#sql = {
      slice: sqlite.prepare<[number, number, number], { id: number; time_ms: number }>(
        `select id, time_ms from recordings indexed by ix_recordings_upload_pending
         where uploaded = 0 and local_deleted = 0 and deleted_at_ms is null and (time_ms, id) > (?, ?)
         order by time_ms, id limit ?`,
      ),
      copy: sqlite.prepare<[number, string], { state: string; error_code: string | null }>(
        'select state, error_code from recording_remotes where recording_id = ? and remote_slug = ?',
      ),
      through: sqlite.prepare<[string], { through_id: number }>(
        'select through_id from storage_remotes where slug = ?',
      ),
      tryAgain: sqlite.prepare<[number, string]>(
        `update recording_remotes set state = 'queued', attempts = 0, next_attempt_at_ms = 0
         where recording_id = ? and remote_slug = ? and state = 'given_up' and error_code = 'LOCAL_MISSING'`,
      ),
    };
  }

  /** From the beginning again: a remote was paused, removed or added. */
  restart(): void {
    this.#after = null;
  }

  /**
   * Looks at some.
   * @param isHere is there a file, and not only a row that says so?
   */
  async step(nowMs: number, isHere: (recordingId: number) => Promise<boolean>): Promise<SweepStep> {
    const { timeMs, id } = this.#after ?? { timeMs: Number.MIN_SAFE_INTEGER, id: 0 };
    const rows = this.#sql.slice.all(timeMs, id, AT_ONCE);
    const { missing, complete, lost } = this.#look(rows.map((row) => row.id));
    let settled = 0;
    if (missing.length + complete.length > 0) {
      // What a power cut takes back is found again in the next round.
      unforced(this.#connection, () => {
        this.#connection.sqlite
          .transaction(() => {
            for (const one of missing) this.#queue.enqueue(one.slug, one.id, nowMs);
            for (const one of complete) if (this.#ledger.settle(one, nowMs)) settled += 1;
          })
          .immediate();
      });
    }
    for (const one of lost) {
      if (await isHere(one.id)) this.#sql.tryAgain.run(one.id, one.slug);
    }
    const last = rows.at(-1);
    const more = last !== undefined && rows.length === AT_ONCE;
    this.#after = more ? { timeMs: last.time_ms, id: last.id } : null;
    return { more, settled };
  }

  #look(ids: readonly number[]): {
    readonly missing: readonly Wanted[];
    readonly complete: readonly number[];
    readonly lost: readonly Wanted[];
  } {
    const remotes = this.#source
      .list()
      .filter(({ stoppedFor }) => stoppedFor !== 'pause')
      .map(({ slug, fromId }) => ({
        slug,
        fromId,
        throughId: this.#sql.through.get(slug)?.through_id ?? 0,
      }));
    const [missing, lost]: [Wanted[], Wanted[]] = [[], []];
    const complete: number[] = [];
    for (const id of ids) {
      let isComplete = remotes.length > 0;
      for (const { slug, fromId, throughId } of remotes) {
        if (id <= fromId) continue;
        const isLookedAt = id <= throughId; // else its turn comes
        const copy = isLookedAt ? this.#sql.copy.get(id, slug) : undefined;
        isComplete &&= copy?.state === 'verified';
        if (!isLookedAt) continue;
        if (copy === undefined) missing.push({ id, slug });
        else if (copy.state === 'given_up' && copy.error_code === 'LOCAL_MISSING') {
          lost.push({ id, slug });
        }
      }
      if (isComplete) complete.push(id);
    }
    return { missing, complete, lost };
  }
}
