import { setImmediate as nextTurn } from 'node:timers/promises';
import { desc, eq, inArray } from 'drizzle-orm';
import {
  type ImportItem,
  type ImportItemState,
  importItemStateSchema,
  type ImportOptions,
  type ImportState,
  type TimeSource,
} from '@shared/model/import';
import { toInstant } from '@shared/model/time';
import type { Connection } from '../database/connection';
import { imports } from '../database/schema';
import { unforced } from '../database/unforced';
import type { FoundItem } from './import-orders';

export type ImportRow = Readonly<typeof imports.$inferSelect>;

/** A file that waits to be taken. */
export interface WaitingItem {
  readonly id: number;
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

/** What became of a file. */
export interface ItemOutcome {
  readonly id: number;
  readonly state: ImportItemState;
  readonly recordingId: number | null;
  readonly detail: string;
}

/** How many files of each state, and their bytes. */
export interface ImportTally {
  readonly files: Record<ImportItemState, number>;
  readonly bytes: Record<ImportItemState, number>;
}

/** Sounds that an import left out, by their names. */
export interface ImportTroubles {
  readonly unreadable: number;
  readonly unusable: number;
  /** The first of them, and why; empty: there is none. */
  readonly first: string;
}

export const ITEM_STATES = importItemStateSchema.options;
/** States of an import that goes on at the next start. */
const UNFINISHED: readonly ImportState[] = ['scanning', 'copying', 'paused'];
const SLICE = 2_000;
/** A card is full of other files that nobody misses. */
const SOUND_NAME =
  /\.(?:wave?|w64|wac|w4v|flac|aiff?|aifc|mp3|m4a|ogg|opus|wma|caf|au|wv|ape|amr)$/i;

/**
 * Imports and their files as the database holds them. What became of a file is not forced to the disk: a power cut that
 * takes it back leaves the file and its sidecar, and the import looks at it again.
 */
export class ImportJournal {
  readonly #connection: Connection;
  readonly #add;
  readonly #listed;
  readonly #waiting;
  readonly #finish;
  readonly #retry;
  readonly #sizes;
  readonly #page;
  readonly #told;

  constructor(connection: Connection) {
    this.#connection = connection;
    const { sqlite } = connection;
    // What was taken or refused once is not asked again; what could not be read before is.
    this.#add = sqlite.prepare<[Record<string, unknown>]>(
      `insert into import_items (import_id, path, size_bytes, modified_at_ms, state, detail)
       values (@importId, @path, @sizeBytes, @modifiedAtMs, @state, @detail)
       on conflict (import_id, path) do update set size_bytes = excluded.size_bytes,
         modified_at_ms = excluded.modified_at_ms, state = excluded.state, detail = excluded.detail
       where import_items.state in ('waiting', 'failed')`,
    );
    // A folder that can be listed now is no trouble any more.
    this.#listed = sqlite.prepare<[number, string]>(
      `delete from import_items where import_id = ? and path = ? and state in ('waiting', 'failed')`,
    );
    this.#waiting = sqlite.prepare<[number, number, number], WaitingItem>(
      `select id, path, size_bytes as sizeBytes, modified_at_ms as modifiedAtMs from import_items
       where import_id = ? and state = 'waiting' and id > ? order by id limit ?`,
    );
    this.#finish = sqlite.prepare<[string, number | null, string, number]>(
      'update import_items set state = ?, recording_id = ?, detail = ? where id = ?',
    );
    this.#retry = sqlite.prepare<[number]>(
      `update import_items set state = 'waiting', detail = '' where import_id = ? and state = 'failed'`,
    );
    this.#sizes = sqlite
      .prepare<[number, string, number, number], [number, number]>(
        `select id, size_bytes from import_items
         where import_id = ? and state = ? and id > ? order by id limit ?`,
      )
      .raw();
    this.#told = sqlite.prepare<
      [number, string, number, number],
      { id: number; path: string; detail: string }
    >(
      `select id, path, detail from import_items
       where import_id = ? and state = ? and id > ? order by id limit ?`,
    );
    this.#page = sqlite.prepare<
      [number, string, number, number],
      {
        id: number;
        path: string;
        sizeBytes: number;
        state: ImportItemState;
        recordingId: number | null;
        detail: string;
        timeMs: number | null;
        timeSource: TimeSource | null;
      }
    >(
      `select i.id, i.path, i.size_bytes as sizeBytes, i.state, i.recording_id as recordingId,
         i.detail, r.time_ms as timeMs, r.time_source as timeSource
       from import_items i left join recordings r on r.id = i.recording_id
       where i.import_id = ? and i.state = ? and i.id > ? order by i.id limit ?`,
    );
  }

  /** @returns its number */
  begin(sources: readonly string[], options: ImportOptions, nowMs: number): number {
    const row = this.#connection.db
      .insert(imports)
      .values({ sources: [...sources], options, state: 'scanning', createdAtMs: nowMs })
      .returning({ id: imports.id })
      .get();
    return row.id;
  }

  get(id: number): ImportRow | null {
    return this.#connection.db.select().from(imports).where(eq(imports.id, id)).get() ?? null;
  }

  /** The newest first. */
  list(): ImportRow[] {
    return this.#connection.db.select().from(imports).orderBy(desc(imports.id)).all();
  }

  /** Those that a stop or a crash interrupted, the oldest first. */
  unfinished(): number[] {
    return this.#connection.db
      .select({ id: imports.id })
      .from(imports)
      .where(inArray(imports.state, [...UNFINISHED]))
      .orderBy(imports.id)
      .all()
      .map(({ id }) => id);
  }

  setState(
    id: number,
    state: ImportState,
    more: { readonly finishedAtMs?: number | null; readonly problem?: string | null } = {},
  ): void {
    this.#connection.db
      .update(imports)
      .set({ state, ...more })
      .where(eq(imports.id, id))
      .run();
  }

  add(importId: number, items: readonly FoundItem[], listed: readonly string[]): void {
    const addAll = this.#connection.sqlite.transaction(() => {
      for (const path of listed) this.#listed.run(importId, path);
      for (const item of items) this.#add.run({ importId, ...item });
    });
    unforced(this.#connection, addAll);
  }

  /** What could not be read is tried again. */
  retryFailed(importId: number): void {
    this.#retry.run(importId);
  }

  waiting(importId: number, afterId: number, limit: number): WaitingItem[] {
    return this.#waiting.all(importId, afterId, limit);
  }

  finish({ id, state, recordingId, detail }: ItemOutcome): void {
    unforced(this.#connection, () => this.#finish.run(state, recordingId, detail, id));
  }

  /** Counts in slices: an import may have a million files. */
  async tally(importId: number): Promise<ImportTally> {
    const tally = emptyTally();
    for (const state of ITEM_STATES) {
      for (let after = 0; ;) {
        const rows = this.#sizes.all(importId, state, after, SLICE);
        for (const [, bytes] of rows) tally.bytes[state] += bytes;
        tally.files[state] += rows.length;
        const last = rows.at(-1);
        if (last === undefined || rows.length < SLICE) break;
        after = last[0];
        await nextTurn();
      }
    }
    return tally;
  }

  /** What was left out of it and is a sound by its name, counted in slices. */
  async troubles(importId: number): Promise<ImportTroubles> {
    const counts = { failed: 0, refused: 0 };
    let first = '';
    for (const state of ['failed', 'refused'] as const) {
      for (let after = 0; ;) {
        const rows = this.#told.all(importId, state, after, SLICE);
        const sounds = rows.filter(({ path }) => state === 'failed' || SOUND_NAME.test(path));
        counts[state] += sounds.length;
        const [one] = sounds;
        if (first === '' && one !== undefined) first = `${one.path}: ${one.detail}`;
        const last = rows.at(-1);
        if (last === undefined || rows.length < SLICE) break;
        after = last.id;
        await nextTurn();
      }
    }
    return { unreadable: counts.failed, unusable: counts.refused, first };
  }

  /** Files of an import in the order in which they were found. @param state undefined: of any */
  items(
    importId: number,
    state: ImportItemState | undefined,
    afterId: number,
    limit: number,
  ): ImportItem[] {
    const states = state === undefined ? ITEM_STATES : [state];
    // Each state on its index, then together: an import is not walked through to its page.
    return states
      .flatMap((one) => this.#page.all(importId, one, afterId, limit))
      .sort((a, b) => a.id - b.id)
      .slice(0, limit)
      .map(({ timeMs, ...item }) => ({
        ...item,
        time: timeMs === null ? null : toInstant(timeMs),
      }));
  }
}

export function emptyTally(): ImportTally {
  const zeros = (): Record<ImportItemState, number> => ({
    waiting: 0,
    imported: 0,
    repaired: 0,
    duplicate: 0,
    in_bin: 0,
    refused: 0,
    failed: 0,
  });
  return { files: zeros(), bytes: zeros() };
}
