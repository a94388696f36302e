import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
// With their endings: worker threads run this file as it is in tests, and Node does not guess.
import { type CheckDepth, damageOfFile, isDamage } from './damage.ts';
import { openSqlite } from './open-sqlite.ts';

// Work on the database file that may take long. It runs in a worker thread while a station runs, and right here where
// nobody waits (a command without a console). Each job opens the file for itself and lets go of it.

/** 1 MB a step with a rest: a copy leaves the disk to the recordings. */
const PAGES_PER_STEP = 256;
const REST_MS = 10;
const STEPS_PER_SYNC = 32;
/** Whoever else writes is waited for so long; nobody is made to wait for us longer than one slice. */
const PATIENCE_MS = 2_000;

export const JOBS = {
  /** @returns what is damaged, or null */
  check: ({ file, depth }: { file: string; depth: CheckDepth }): string | null =>
    damageOfFile(file, depth),

  /**
   * Copies a database that is in use, as it is at one moment, however much is written to it meanwhile.
   * @returns what is damaged in the copy, or null
   */
  copy: async ({ file, target }: { file: string; target: string }): Promise<string | null> => {
    const source = openSqlite(file, { readonly: true, timeoutMs: PATIENCE_MS });
    try {
      // Held open, so that what others write does not make the copy begin anew.
      source.exec('begin');
      source.prepare('select count(*) from sqlite_master').get();
      await copyGently(source, target);
      return finishCopy(target);
    } catch (error) {
      if (isDamage(error)) return error.message;
      throw error;
    } finally {
      source.close();
    }
  },

  /** For a copy that its only open connection had to make. @returns what is damaged in it, or null */
  finish: ({ target }: { target: string }): string | null => finishCopy(target),

  /**
   * Writes a new, dense copy that can give back space in small steps.
   * @returns what is damaged, or null
   */
  compact: ({ file, target }: { file: string; target: string }): string | null => {
    const source = openSqlite(file, { timeoutMs: PATIENCE_MS });
    try {
      source.pragma('auto_vacuum = INCREMENTAL');
      source.prepare('vacuum into ?').run(target);
    } catch (error) {
      if (isDamage(error)) return error.message;
      throw error;
    } finally {
      source.close();
    }
    return damageOfFile(target);
  },

  /** Moves what the log holds into the database, and empties the log where nobody reads from it. */
  checkpoint: ({ file }: { file: string }): { logBytes: number } =>
    writing(file, (sqlite) => {
      // The first makes no writer wait. Only when it is through is there nothing to do for the second, which does.
      const [passive] = sqlite.pragma('wal_checkpoint(PASSIVE)') as CheckpointRow[];
      if (passive !== undefined && passive.log === passive.checkpointed) {
        sqlite.pragma('busy_timeout = 0');
        sqlite.pragma('wal_checkpoint(TRUNCATE)');
      }
      return { logBytes: statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0 };
    }),

  /** Gives free pages back to the disk. @returns how many are left */
  vacuum: ({ file, pages }: { file: string; pages: number }): { freePages: number } =>
    writing(file, (sqlite) => {
      for (let given = 0; given < pages && freePagesOf(sqlite) > 0; given += SLICE_PAGES) {
        // Through exec, which goes on to its end: each step of it gives back one page.
        sqlite.exec(`pragma incremental_vacuum(${String(SLICE_PAGES)})`);
        rest();
      }
      return { freePages: freePagesOf(sqlite) };
    }),

  /** Deletes what `where` finds, some hundred rows at a time. @returns how many rows went */
  delete: ({ file, table, where, values }: DeleteOrder): { rows: number } =>
    writing(file, (sqlite) => {
      // Looked for first: whoever deletes holds the right to write for as long as the search takes.
      const find = sqlite
        .prepare<(string | number)[], number>(
          `select id from ${table} where (${where}) and id > ? order by id limit ${String(SLICE_ROWS)}`,
        )
        .pluck();
      const remove = sqlite.prepare(`delete from ${table} where id = ?`);
      const removeAll = sqlite.transaction((ids: readonly number[]) =>
        ids.reduce((sum, id) => sum + remove.run(id).changes, 0),
      );
      let rows = 0;
      let after = 0;
      for (;;) {
        const ids = find.all(...values, after);
        rows += removeAll.immediate(ids);
        if (ids.length < SLICE_ROWS) return { rows };
        after = ids.at(-1) ?? after;
        rest();
      }
    }),
};

export interface DeleteOrder {
  readonly file: string;
  /** With a column `id`. */
  readonly table: string;
  /** With a `?` for each value. */
  readonly where: string;
  readonly values: readonly (string | number)[];
}

type Jobs = typeof JOBS;
export type JobKind = keyof Jobs;
export type JobOrder<K extends JobKind> = Parameters<Jobs[K]>[0];
type JobAnswer<K extends JobKind> = Awaited<ReturnType<Jobs[K]>>;
/** Has a job done, wherever that may be. */
export type RunJob = <K extends JobKind>(kind: K, order: JobOrder<K>) => Promise<JobAnswer<K>>;

interface CheckpointRow {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

/** A millisecond or two each. */
const SLICE_PAGES = 64;
const SLICE_ROWS = 200;

/** Does a job in this thread. */
export const runHere: RunJob = async (kind, order) => {
  const job = JOBS[kind] as (order: unknown) => Promise<never>;
  return await job(order);
};

/**
 * What these jobs write need not be on the disk when they end: it is tidying, and done again after a power cut. The
 * station's own next commit takes it along. So nobody waits for the disk while the right to write is held.
 */
function writing<T>(file: string, work: (sqlite: Sqlite.Database) => T): T {
  const sqlite = openSqlite(file, { timeoutMs: PATIENCE_MS });
  try {
    sqlite.pragma('synchronous = NORMAL');
    sqlite.pragma('secure_delete = ON');
    sqlite.pragma('foreign_keys = ON');
    sqlite.pragma('recursive_triggers = ON');
    return work(sqlite);
  } finally {
    sqlite.close();
  }
}

function freePagesOf(sqlite: Sqlite.Database): number {
  return sqlite.pragma('freelist_count', { simple: true }) as number;
}

/** What is copied goes to the disk as it comes: all at once at the end would make every other writer wait for it. */
async function copyGently(source: Sqlite.Database, target: string): Promise<void> {
  const fd = openSync(target, 'a');
  try {
    let steps = 0;
    await source.backup(target, {
      progress: () => {
        steps += 1;
        if (steps % STEPS_PER_SYNC === 0) fsyncSync(fd);
        rest();
        return PAGES_PER_STEP;
      },
    });
  } finally {
    closeSync(fd);
  }
}

function finishCopy(target: string): string | null {
  makeOneFile(target);
  return damageOfFile(target);
}

/** Out of WAL mode, so that whoever reads the copy leaves nothing beside it and needs no right to write. */
function makeOneFile(file: string): void {
  const sqlite = openSqlite(file);
  try {
    sqlite.pragma('journal_mode = DELETE');
  } finally {
    sqlite.close();
  }
}

const never = new Int32Array(new SharedArrayBuffer(4));
function rest(): void {
  Atomics.wait(never, 0, 0, REST_MS);
}
