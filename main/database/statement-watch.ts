import type Sqlite from 'better-sqlite3';
import { isDamage } from './damage';

/** Longer than this holds up the loop that watches the microphones. */
const SLOW_MS = 100;
/** The same statement is told of once in so long. */
const SILENCE_MS = 60_000;
const LONGEST_SQL = 2_000;
/** Statements of which it is remembered when they were told. */
const REMEMBERED = 200;

/** A statement that took long. Its values are not among it: they may be somebody's words. */
export interface SlowStatement {
  readonly sql: string;
  readonly durationMs: number;
  /** What SQLite does for it, its steps joined by `; `. */
  readonly plan: string;
  /** How often it was slow since it was last told of, this time among them. */
  readonly times: number;
}

export interface StatementWatchOptions {
  readonly monotonicMs: () => number;
  readonly onSlow: (statement: SlowStatement) => void;
  /** SQLite has said that the file is damaged. */
  readonly onDamage: (message: string) => void;
  readonly slowMs?: number;
}

type Method = (...args: unknown[]) => unknown;

/**
 * Looks over the shoulder of everything that is asked of a connection from now on, through drizzle, too. What it finds it
 * tells; the asker gets the answer or the error as ever. Costs a microsecond a statement.
 */
export function watchStatements(sqlite: Sqlite.Database, options: StatementWatchOptions): void {
  const { monotonicMs, onSlow, onDamage, slowMs = SLOW_MS } = options;
  const prepare: (sql: string) => Sqlite.Statement = sqlite.prepare.bind(sqlite);
  const told = new Map<string, { atMs: number; unheard: number }>();

  const tellSlow = (sql: string, args: readonly unknown[], durationMs: number): void => {
    const before = told.get(sql);
    const nowMs = monotonicMs();
    if (before !== undefined && nowMs - before.atMs < SILENCE_MS) {
      before.unheard += 1;
      return;
    }
    if (told.size >= REMEMBERED) told.clear();
    told.set(sql, { atMs: nowMs, unheard: 0 });
    const times = (before?.unheard ?? 0) + 1;
    onSlow({ sql: oneLine(sql), durationMs, plan: planOf(prepare, sql, args), times });
  };
  const watched = (sql: string, work: Method): Method =>
    function (this: unknown, ...args: unknown[]) {
      const fromMs = monotonicMs();
      try {
        return work.apply(this, args);
      } catch (error) {
        if (isDamage(error)) onDamage(error.message);
        throw error;
      } finally {
        const durationMs = monotonicMs() - fromMs;
        if (durationMs > slowMs) tellSlow(sql, args, durationMs);
      }
    };

  sqlite.prepare = ((sql: string) => {
    const statement = prepare(sql);
    for (const name of ['run', 'get', 'all'] as const) {
      const method: Method = statement[name].bind(statement);
      statement[name] = watched(sql, method) as never;
    }
    return statement;
  }) as typeof sqlite.prepare;
  const exec = sqlite.exec.bind(sqlite) as Method;
  // Of several statements at once there is no one plan, and values may stand in the text.
  sqlite.exec = watched('exec', exec) as typeof sqlite.exec;
}

function oneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim().slice(0, LONGEST_SQL);
}

function planOf(
  prepare: (sql: string) => Sqlite.Statement,
  sql: string,
  args: readonly unknown[],
): string {
  try {
    const steps = prepare(`explain query plan ${sql}`).all(...args) as { detail: string }[];
    return steps.map(({ detail }) => detail).join('; ');
  } catch {
    return ''; // not one of those that have a plan
  }
}
