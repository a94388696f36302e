import { lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AssetKind, assetKindSchema } from '@shared/model/analysis';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import { orNothing } from '../files/absent';

/** The layout of each kind; another one makes all of them anew, as they are wanted. */
export const ASSET_VERSION: Readonly<Record<AssetKind, number>> = { peaks: 1, spectrogram: 1 };

const ENDING: Readonly<Record<AssetKind, string>> = { peaks: 'peaks', spectrogram: 'png' };
/** A folder of millions is slow on every disk. */
const PER_FOLDER = 1000;
/** Room is made for some at once, so that not every new one must wait for it. */
const ROOM_TO_SPARE = 0.02;
const EVICTED_AT_ONCE = 50;
const MB = 1_000_000;
const YOUNG_MS = 60_000;

export interface StoredAsset {
  readonly version: number;
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
}

interface Row {
  readonly id: number;
  readonly version: number;
  readonly path: string;
  readonly size_bytes: number;
  readonly seen_at_ms: number;
}

/**
 * Waveforms and pictures of recordings, below `derived/` in the data folder, with a row each. All of it can be made
 * again: what nobody has looked at for the longest time goes when it becomes too much.
 */
export class AssetStore {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #dataRoot: string;
  readonly #budgetMb: () => number;
  readonly #sql;
  /** By row: when it was looked at; written down now and then, not at every look. */
  readonly #seen = new Map<number, number>();
  /** Paths of rows that are gone, relative to the data folder. */
  readonly #obsolete = new Set<string>();
  #bytes = 0;

  constructor(options: {
    connection: Connection;
    clock: Clock;
    dataRoot: string;
    budgetMb: () => number;
  }) {
    this.#connection = options.connection;
    this.#clock = options.clock;
    this.#dataRoot = options.dataRoot;
    this.#budgetMb = options.budgetMb;
    const { sqlite } = options.connection;
    const columns = 'id, version, path, size_bytes, seen_at_ms';
    this.#sql = {
      find: sqlite.prepare<[number, AssetKind], Row>(
        `select ${columns} from derived_assets where recording_id = ? and kind = ?`,
      ),
      put: sqlite.prepare<[number, AssetKind, number, string, number, number, number]>(
        `insert into derived_assets (recording_id, kind, version, path, size_bytes, created_at_ms, seen_at_ms)
         values (?, ?, ?, ?, ?, ?, ?)
         on conflict (recording_id, kind) do update set version = excluded.version, path = excluded.path,
           size_bytes = excluded.size_bytes, created_at_ms = excluded.created_at_ms, seen_at_ms = excluded.seen_at_ms`,
      ),
      oldest: sqlite.prepare<[number], Row>(
        `select ${columns} from derived_assets order by seen_at_ms limit ?`,
      ),
      remove: sqlite.prepare<[number]>('delete from derived_assets where id = ?'),
      pathsOf: sqlite
        .prepare<[number, number, AssetKind], string>(
          'select path from derived_assets where recording_id >= ? and recording_id < ? and kind = ?',
        )
        .pluck(),
      see: sqlite.prepare<[number, number]>(
        'update derived_assets set seen_at_ms = ? where id = ?',
      ),
      bytes: sqlite.prepare<[], { bytes: number | null }>(
        'select sum(size_bytes) as bytes from derived_assets',
      ),
    };
    this.#recount();
  }

  /** Of all that is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The next one makes another one go. */
  get isFull(): boolean {
    return this.#bytes >= this.#budget * (1 - 2 * ROOM_TO_SPARE);
  }

  /** What there is by the rows; null: nothing of the present version. */
  find(recordingId: number, kind: AssetKind): StoredAsset | null {
    const row = this.#sql.find.get(recordingId, kind);
    if (row === undefined || row.version !== ASSET_VERSION[kind]) return null;
    this.#seen.set(row.id, this.#clock.wallMs());
    return {
      version: row.version,
      path: join(this.#dataRoot, row.path),
      sizeBytes: row.size_bytes,
    };
  }

  /** The same, if it is really there: a power cut may have taken a file, or a person. */
  async findWhole(recordingId: number, kind: AssetKind): Promise<StoredAsset | null> {
    const stored = this.find(recordingId, kind);
    if (stored === null) return null;
    const facts = await stat(stored.path).catch(() => null);
    return facts?.isFile() === true && facts.size === stored.sizeBytes ? stored : null;
  }

  /** Where the next one goes, absolute; its folder is there. @throws Node's errors, e.g. ENOSPC */
  async place(recordingId: number, kind: AssetKind): Promise<string> {
    const path = join(this.#dataRoot, pathOf(recordingId, kind));
    await mkdir(dirname(path), { recursive: true });
    return path;
  }

  /** Writes the row of a file that was made at its place. Within the transaction of the job. */
  put(recordingId: number, kind: AssetKind, sizeBytes: number): void {
    const before = this.#sql.find.get(recordingId, kind);
    const path = pathOf(recordingId, kind);
    const now = this.#clock.wallMs();
    this.#sql.put.run(recordingId, kind, ASSET_VERSION[kind], path, sizeBytes, now, now);
    this.#bytes += sizeBytes - (before?.size_bytes ?? 0);
    if (before !== undefined && before.path !== path) this.#obsolete.add(before.path);
    this.#obsolete.delete(path);
  }

  /** Removes what is too much, the least recently seen first, and what newer versions replaced. */
  async tidy(): Promise<void> {
    for (const path of this.#obsolete) {
      await rm(join(this.#dataRoot, path), { force: true });
      this.#obsolete.delete(path);
    }
    if (this.#bytes <= this.#budget) return;
    this.#recount(); // a purge removes rows without telling
    this.writeSeen();
    const goal = this.#budget * (1 - ROOM_TO_SPARE);
    while (this.#bytes > goal) {
      const rows = this.#sql.oldest.all(EVICTED_AT_ONCE);
      if (rows.length === 0) return;
      const going: Row[] = [];
      for (let bytes = this.#bytes; bytes > goal && going.length < rows.length;) {
        const row = rows[going.length] as Row;
        going.push(row);
        bytes -= row.size_bytes;
      }
      // The rows first: a row without a file would be worse than a file without a row.
      this.#connection.sqlite
        .transaction(() => {
          for (const { id } of going) this.#sql.remove.run(id);
        })
        .immediate();
      for (const row of going) {
        this.#bytes -= row.size_bytes;
        this.#seen.delete(row.id);
        await rm(join(this.#dataRoot, row.path), { force: true });
      }
    }
  }

  /** Writes down what was looked at. */
  writeSeen(): void {
    if (this.#seen.size === 0) return;
    this.#connection.sqlite
      .transaction(() => {
        for (const [id, atMs] of this.#seen) this.#sql.see.run(atMs, id);
      })
      .immediate();
    this.#seen.clear();
  }

  /** Removes the file at an asset's place if it is nobody's: its recording was purged while it was made. */
  async removeStray(recordingId: number, kind: AssetKind): Promise<void> {
    if (this.#sql.find.get(recordingId, kind) !== undefined) return;
    await rm(join(this.#dataRoot, pathOf(recordingId, kind)), { force: true });
  }

  /** Removes files that have no row: half of them was made when a console ended, or a database was restored. */
  async sweep(signal: AbortSignal): Promise<void> {
    for (const kind of assetKindSchema.options) {
      const root = `derived/${kind}`;
      for (const folder of await namesIn(join(this.#dataRoot, root))) {
        if (signal.aborted) return;
        const names = await namesIn(join(this.#dataRoot, root, folder));
        const first = Number(folder) * PER_FOLDER;
        const known = new Set(this.#sql.pathsOf.all(first, first + PER_FOLDER, kind));
        for (const name of names) {
          const path = `${root}/${folder}/${name}`;
          if (!known.has(path)) await this.#removeOld(path);
        }
      }
    }
  }

  /** What is younger may be about to get its row. */
  async #removeOld(path: string): Promise<void> {
    const absolute = join(this.#dataRoot, path);
    const facts = await lstat(absolute).catch(() => null);
    if (facts === null || !facts.isFile()) return;
    const ageMs = Math.abs(this.#clock.wallMs() - facts.mtimeMs);
    if (ageMs >= YOUNG_MS) await rm(absolute, { force: true });
  }

  #recount(): void {
    this.#bytes = this.#sql.bytes.get()?.bytes ?? 0;
  }

  get #budget(): number {
    return this.#budgetMb() * MB;
  }
}

/** Relative to the data folder. */
function pathOf(recordingId: number, kind: AssetKind): string {
  const folder = String(Math.floor(recordingId / PER_FOLDER));
  const version = String(ASSET_VERSION[kind]);
  return `derived/${kind}/${folder}/${String(recordingId)}-v${version}.${ENDING[kind]}`;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await orNothing(readdir(folder))) ?? [];
}
