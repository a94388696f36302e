import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Integrity } from '@shared/model/recording';
import type { Connection } from '../database/connection';

/** A recording as far as its files can be compared with their hashes. */
export interface VerifiableRow {
  readonly id: number;
  readonly raw_path: string | null;
  readonly raw_sha256: string | null;
  readonly processed_path: string | null;
  readonly processed_sha256: string | null;
  readonly clock_unsynced: 0 | 1;
  readonly local_deleted: 0 | 1;
  readonly retimed_at_ms: number | null;
  readonly indexed_at_ms: number;
  readonly integrity: Integrity | null;
}

/** How many recordings that are here are so; a thousand at most are told of, all together. */
export type Damage = Readonly<Record<Exclude<Integrity, 'ok'>, number>>;

const COLUMNS = `id, raw_path, raw_sha256, processed_path, processed_sha256, clock_unsynced, local_deleted,
  retimed_at_ms, indexed_at_ms, integrity`;
const HAS_HASH = '(raw_sha256 is not null or processed_sha256 is not null)';
const CANDIDATES = 20;
const COUNTED_AT_ONCE = 5_000;
const MOST_DAMAGED = 1_000;

/** What the rows say of when their files were last compared with their hashes. */
export class VerifiedRows {
  readonly #never;
  readonly #oldest;
  readonly #get;
  readonly #write;
  readonly #damaged;
  readonly #neverIds;
  readonly #verifiedPlaces;

  constructor({ sqlite }: Connection) {
    this.#never = sqlite.prepare<[number, number], VerifiableRow>(
      `select ${COLUMNS} from recordings
       where local_deleted = 0 and verified_at_ms is null and id > ? and ${HAS_HASH} order by id limit ?`,
    );
    this.#oldest = sqlite.prepare<[number, number], VerifiableRow>(
      `select ${COLUMNS} from recordings
       where local_deleted = 0 and verified_at_ms <= ? and ${HAS_HASH} order by verified_at_ms, id limit ?`,
    );
    this.#get = sqlite.prepare<[number], VerifiableRow>(
      `select ${COLUMNS} from recordings where id = ?`,
    );
    // Only if the row still speaks of the files that were read.
    this.#write = sqlite.prepare(
      `update recordings set verified_at_ms = ?, integrity = ?
       where id = ? and local_deleted = 0 and retimed_at_ms is ? and raw_path is ? and raw_sha256 is ?
       and processed_path is ? and processed_sha256 is ?`,
    );
    // What lies in the bin worries nobody. Of the two indexes the other one may hold hundreds of thousands of rows whose
    // files are gone.
    this.#damaged = sqlite
      .prepare<[number], Exclude<Integrity, 'ok'>>(
        `select integrity from recordings indexed by ix_recordings_damaged_here
         where integrity <> 'ok' and local_deleted = 0 and deleted_at_ms is null limit ?`,
      )
      .pluck();
    this.#neverIds = sqlite
      .prepare<[number, number], number>(
        `select id from recordings
         where local_deleted = 0 and verified_at_ms is null and id > ? order by id limit ?`,
      )
      .pluck();
    this.#verifiedPlaces = sqlite
      .prepare<[number, number, number], Place>(
        `select verified_at_ms, id from recordings
         where local_deleted = 0 and (verified_at_ms, id) > (?, ?) order by verified_at_ms, id limit ?`,
      )
      .raw();
  }

  /**
   * The least recently verified of those that are due.
   * @param dueMs verified then or earlier
   * @param firstMs not yet verified, and registered then or earlier
   * @param isWanted not those that were tried a moment ago
   */
  next(dueMs: number, firstMs: number, isWanted: (id: number) => boolean): VerifiableRow | null {
    const wanted = ({ id }: VerifiableRow): boolean => isWanted(id);
    const isOld = (row: VerifiableRow): boolean => row.indexed_at_ms <= firstMs;
    const never = this.#never.all(0, CANDIDATES).filter(isOld).find(wanted);
    return never ?? this.#oldest.all(dueMs, CANDIDATES).find(wanted) ?? null;
  }

  /** null: there is no such recording. */
  get(id: number): VerifiableRow | null {
    return this.#get.get(id) ?? null;
  }

  /** @returns whether it was written: false where the row is about other files by now */
  write(row: VerifiableRow, atMs: number, integrity: Integrity): boolean {
    const { changes } = this.#write.run(
      atMs,
      integrity,
      row.id,
      row.retimed_at_ms,
      row.raw_path,
      row.raw_sha256,
      row.processed_path,
      row.processed_sha256,
    );
    return changes > 0;
  }

  damage(): Damage {
    const counts = { corrupt: 0, missing: 0, unreadable: 0 };
    for (const integrity of this.#damaged.all(MOST_DAMAGED)) counts[integrity] += 1;
    return counts;
  }

  /** Of all that are here: how many there are, and how many were verified since. In steps that nobody notices. */
  async count(sinceMs: number): Promise<{ total: number; verified: number }> {
    let [total, verified] = [0, 0];
    for (let after = 0; ;) {
      const ids = this.#neverIds.all(after, COUNTED_AT_ONCE);
      total += ids.length;
      if (ids.length < COUNTED_AT_ONCE) break;
      after = ids.at(-1) ?? after;
      await nextTurn();
    }
    for (let after: Place = [-1, 0]; ;) {
      const places = this.#verifiedPlaces.all(...after, COUNTED_AT_ONCE);
      total += places.length;
      verified += places.filter(([atMs]) => atMs >= sinceMs).length;
      if (places.length < COUNTED_AT_ONCE) break;
      after = places.at(-1) ?? after;
      await nextTurn();
    }
    return { total, verified };
  }
}

/** When it was verified, and its id. */
type Place = [atMs: number, id: number];
