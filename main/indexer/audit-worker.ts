import { lstatSync, opendirSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
// With their endings: tests run this file as it is, and Node does not guess.
import { openSqlite } from '../database/open-sqlite.ts';
import { messageOf } from '../error-message.ts';
import { errorCode } from '../files/error-code.ts';
import { NameSet } from './name-set.ts';
import type { AuditAnswer, AuditOrder, ComparedFolder } from './audit-comparison';

// Runs in a worker thread: it reads every name on the disk and every row. One folder after the other, names against
// rows as sets, so that a disk is listed and never asked file by file.

/** What is read at once: each page is a transaction of its own, so that the log of the database can be folded in. */
const PAGE = 2_000;
const ENTRIES = 1_024;
/** Names or rows, then others have their turn with the processor and the disk. */
const BREATHE_EVERY = 4_000;
const BREATHE_MS = 2;

const { databaseFile, dataRoot, stop } = workerData as AuditOrder;
const stopped = new Int32Array(stop);

class Stopped extends Error {}

function breathe(): void {
  // Woken at once when it is to stop.
  Atomics.wait(stopped, 0, 0, BREATHE_MS);
  if (Atomics.load(stopped, 0) !== 0) throw new Stopped();
}

/** Plain files by name: what else there may be of a name is no recording. @throws Node's errors */
function namesIn(folder: string): NameSet {
  const names = new NameSet();
  const listing = opendirSync(folder, { bufferSize: ENTRIES });
  try {
    let read = 0;
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) {
      if (entry.isFile()) names.add(entry.name);
      read += 1;
      if (read % BREATHE_EVERY === 0) breathe();
    }
  } finally {
    listing.closeSync();
  }
  return names;
}

interface Row {
  readonly id: number;
  readonly path: string;
  /** The row says already that this file is gone. */
  readonly gone: 0 | 1;
  /** Somebody discarded it: a purge that was cut short may have taken its files, and nobody misses them. */
  readonly in_bin: 0 | 1;
}

function compare(): AuditAnswer {
  const sqlite = openSqlite(databaseFile, { readonly: true });
  try {
    const folders: ComparedFolder[] = [];
    const missing = new Set<number>();
    const gone = new Set<number>();
    const back = new Set<number>();
    for (const stream of ['raw', 'processed'] as const) {
      const column = `${stream}_path`;
      const next = sqlite
        .prepare<[string], string>(
          `select ${column} from recordings where ${column} > ? order by ${column} limit 1`,
        )
        .pluck();
      const page = sqlite.prepare<[string, string, number], Row>(
        `select id, ${column} as path, (local_deleted = 1 or missing_file is '${stream}') as gone,
           deleted_at_ms is not null as in_bin
         from recordings
         where ${column} > ? and ${column} < ? and (local_deleted = 0 or local_deleted_reason = 'reconciliation')
         order by ${column} limit ?`,
      );
      let first = next.get('');
      while (first !== undefined) {
        const folder = first.slice(0, first.lastIndexOf('/') + 1);
        const end = `${folder.slice(0, -1)}0`; // the character after '/'
        const compared = compareFolder(folder, (after) => page.all(after, end, PAGE), {
          missing,
          gone,
          back,
        });
        folders.push(compared);
        first = next.get(folder === '' ? first : end);
      }
    }
    const rows = sqlite
      .prepare<[], number>(
        'select count(*) from recordings where local_deleted = 0 and deleted_at_ms is null',
      )
      .pluck()
      .get();
    return {
      rows: rows ?? 0,
      folders,
      missing: Float64Array.from(missing),
      goneBefore: gone.size,
      back: Float64Array.from(back),
    };
  } finally {
    sqlite.close();
  }
}

function compareFolder(
  folder: string,
  page: (after: string) => Row[],
  found: { missing: Set<number>; gone: Set<number>; back: Set<number> },
): ComparedFolder {
  let names: NameSet | null;
  let absent = false;
  try {
    names = namesIn(join(dataRoot, folder));
  } catch (error) {
    if (error instanceof Stopped) throw error;
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      // Nobody can tell what is in it: that says nothing of any file.
      return { folder, rows: 0, missing: 0, absent, problem: messageOf(error) };
    }
    absent = true;
    names = new NameSet();
  }
  let [rows, missing] = [0, 0];
  let after = folder;
  for (;;) {
    const read = page(after);
    for (const { id, path, gone, in_bin } of read) {
      after = path;
      const name = path.slice(folder.length);
      const there = name.includes('/') ? isFile(join(dataRoot, path)) : names.has(name);
      if (gone === 1 && there) found.back.add(id);
      if (in_bin === 1) continue;
      if (gone === 0) rows += 1;
      else if (!there) found.gone.add(id);
      if (gone === 0 && !there) {
        missing += 1;
        found.missing.add(id);
      }
    }
    if (read.length < PAGE) return { folder, rows, missing, absent, problem: null };
    breathe();
  }
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

try {
  parentPort?.postMessage(compare());
} catch (error) {
  if (!(error instanceof Stopped)) throw error;
}
