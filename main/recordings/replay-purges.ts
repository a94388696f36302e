import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import { type Identity, identityHash, type Purge, type PurgeList } from '../database/purge-list';
import { RowRemoval } from './row-removal';

export interface ReplayOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly list: Pick<PurgeList, 'last' | 'all'>;
  /** As when it was purged, in the transaction that removes its row. */
  readonly forgetNames: (id: number) => void;
  /** Does work while nobody purges, renames files or makes rows. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
}

/** So many are done at once. */
const SLICE = 20;
const REASON = 'purged before the database was restored';

type Row = Identity & { readonly bytes: number };

/**
 * Does again what was purged since the copy was made that is the database now; also what a power cut left between the
 * files and their rows.
 */
export class PurgeReplay {
  readonly #options: ReplayOptions;
  readonly #rows: RowRemoval;
  readonly #known;
  readonly #find;
  readonly #audit;

  constructor(options: ReplayOptions) {
    this.#options = options;
    const { sqlite } = options.connection;
    this.#rows = new RowRemoval(options.connection);
    this.#known = sqlite.prepare<[number, number]>(
      'select 1 from deletions where deleted_at_ms = ? and recording_id = ?',
    );
    this.#find = sqlite.prepare<[number], Row>(
      `select device, run_id, sequence, raw_path, processed_path,
         coalesce(raw_size_bytes, 0) + coalesce(processed_size_bytes, 0) as bytes
       from recordings where id = ?`,
    );
    this.#audit = sqlite.prepare<[number, string, string]>(
      `insert into audit_log (at_ms, actor, action, subject, new_value)
       values (?, 'station', 'recordings.purged', ?, ?)`,
    );
  }

  /**
   * Two short reads where there is nothing to do.
   * @returns recordings that were removed
   * @throws Node's errors when the list cannot be read; better-sqlite3's SqliteError
   */
  async run(signal: AbortSignal): Promise<number> {
    const { list, alone } = this.#options;
    let news: readonly Purge[] = [];
    await alone(async () => {
      const last = await list.last();
      if (last !== null && this.#isNews(last)) news = (await list.all()).filter(this.#isNews);
    });
    let removed = 0;
    for (let at = 0; at < news.length && !signal.aborted; at += SLICE) {
      await alone(() => {
        removed += this.#slice(news.slice(at, at + SLICE));
        return Promise.resolve();
      });
      await nextTurn();
    }
    if (news.length > 0) this.#conclude(removed, news.length);
    return removed;
  }

  readonly #isNews = ({ atMs, id }: Purge): boolean => this.#known.get(atMs, id) === undefined;

  #slice(purges: readonly Purge[]): number {
    return this.#options.connection.sqlite.transaction(
      () => purges.filter(this.#isNews).filter((purge) => this.#again(purge)).length,
    )();
  }

  #again({ atMs, id, hash }: Purge): boolean {
    const row = this.#find.get(id);
    // Another one may have its number: then what was purged came after the copy.
    const isHere = row !== undefined && identityHash(row) === hash;
    if (!isHere) {
      this.#rows.note({ id, paths: [], bytes: 0, atMs, reason: REASON });
      return false;
    }
    const paths = [row.raw_path, row.processed_path].filter((path) => path !== null);
    this.#rows.remove({ id, paths, bytes: row.bytes, atMs, reason: REASON });
    this.#options.forgetNames(id);
    return true;
  }

  #conclude(recordings: number, purges: number): void {
    const { connection, clock } = this.#options;
    connection.sqlite.transaction(() => {
      this.#rows.dropUnusedTags();
      this.#audit.run(clock.wallMs(), REASON, JSON.stringify({ recordings, purges }));
    })();
  }
}
