import { readSync, closeSync, fstatSync, openSync, statSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
// With its ending: worker threads run this file as it is in tests, and Node does not guess.
import { openSqlite } from './open-sqlite.ts';

/**
 * How closely a database is looked at. `light` is bounded whatever the size: the ends of the file, and every table that
 * is not huge. `quick` reads each page (2.5 s a gigabyte from memory, as fast as the disk else). `whole` compares indexes
 * with their tables, too.
 */
export type CheckDepth = 'light' | 'quick' | 'whole';

/** Tables up to so many rows are checked by a light look … */
const FEW_ROWS = 100_000;
/** … until so much time is spent. */
const LIGHT_MS = 1_000;

/**
 * What SQLite says of a file that is not open, or null when it is well. Looks only: a connection that may
 * write would, when it closes, do away with the log of a database that it cannot read.
 * @throws better-sqlite3's SqliteError when the file cannot be opened at all
 */
export function damageOfFile(file: string, depth: CheckDepth = 'quick'): string | null {
  try {
    const sqlite = openSqlite(file, { readonly: true });
    try {
      return depth === 'light' ? lightDamage(sqlite, file) : pragmaDamage(sqlite, depth);
    } finally {
      sqlite.close();
    }
  } catch (error) {
    if (isDamage(error)) return error.message;
    throw error;
  }
}

/** Is this SQLite saying that the file itself is damaged (and not, say, that it is busy)? */
export function isDamage(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB')
  );
}

/** Is this SQLite failing to read or write the file, which may be its damage or its disk's? */
export function isDiskTrouble(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('SQLITE_IOERR')
  );
}

/** A badly damaged file makes the pragma throw instead of answering: that is an answer too. */
function pragmaDamage(sqlite: Sqlite.Database, depth: 'quick' | 'whole'): string | null {
  return problemsOf(sqlite, depth === 'whole' ? 'integrity_check(3)' : 'quick_check(3)');
}

function lightDamage(sqlite: Sqlite.Database, file: string): string | null {
  if (isCutShort(file)) return 'the file is shorter than its header says';
  const until = performance.now() + LIGHT_MS;
  const tables = sqlite
    .prepare<[], { name: string; sql: string }>(
      "select name, sql from sqlite_master where type = 'table' and name not like 'sqlite_%'",
    )
    .all();
  for (const { name, sql } of tables) {
    if (performance.now() > until) return null;
    const hasRows = !/^create virtual|without rowid/i.test(sql);
    if (!hasRows || rowsAtMost(sqlite, name) > FEW_ROWS) continue;
    const problems = problemsOf(sqlite, `quick_check("${name}")`);
    if (problems !== null) return problems;
  }
  return null;
}

function problemsOf(sqlite: Sqlite.Database, pragma: string): string | null {
  const rows = sqlite.pragma(pragma) as readonly Readonly<Record<string, string>>[];
  const problems = rows.flatMap((row) => Object.values(row)).filter((text) => text !== 'ok');
  return problems.length === 0 ? null : problems.join('; ');
}

/** Reads both ends of the table on the way. */
function rowsAtMost(sqlite: Sqlite.Database, table: string): number {
  const ends = sqlite
    .prepare<[], { first: number | null; last: number | null }>(
      `select (select rowid from "${table}" order by rowid limit 1) as first,
        (select rowid from "${table}" order by rowid desc limit 1) as last`,
    )
    .get();
  return (ends?.last ?? 0) - (ends?.first ?? 0);
}

/** A log beside the file may hold what is missing at its end: then that is no damage. */
function isCutShort(file: string): boolean {
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return false;
  const header = Buffer.alloc(100);
  const fd = openSync(file, 'r');
  try {
    if (readSync(fd, header, 0, 100, 0) < 100) return true;
    // The size in the header holds only where it was written with the last change.
    if (header.readUInt32BE(24) !== header.readUInt32BE(92)) return false;
    const stored = header.readUInt16BE(16);
    return fstatSync(fd).size < header.readUInt32BE(28) * (stored === 1 ? 65_536 : stored);
  } finally {
    closeSync(fd);
  }
}
