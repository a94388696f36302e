import type { Statement } from 'better-sqlite3';
import type { Connection } from '@main/database/connection';

export interface WatchedQueries {
  /** Every statement that was prepared while `work` ran, with what SQLite means to do for it. */
  of(work: () => unknown): { readonly sql: string; readonly plan: string }[];
  /** What SQLite means to do for a statement, its steps joined by `; `. */
  plan(sql: string): string;
}

/** Looks over the shoulder of whoever queries this connection: real statements, real plans. */
export function watchQueries(connection: Connection): WatchedQueries {
  const { sqlite } = connection;
  const prepare: (sql: string) => Statement = sqlite.prepare.bind(sqlite);
  const plan = (sql: string): string => {
    // What is bound does not matter to the plan; that something is, does to better-sqlite3.
    const names = [...sql.matchAll(/@(\w+)/g)].map((match) => match[1] ?? '');
    const bound: unknown[] =
      names.length > 0
        ? [Object.fromEntries(names.map((name) => [name, null]))]
        : [...sql.matchAll(/\?/g)].map(() => null);
    const steps = prepare(`explain query plan ${sql}`).all(...bound) as { detail: string }[];
    return steps.map((step) => step.detail).join('; ');
  };
  return {
    plan,
    of: (work) => {
      const seen: string[] = [];
      sqlite.prepare = ((sql: string) => {
        seen.push(sql);
        return prepare(sql);
      }) as typeof sqlite.prepare;
      try {
        work();
      } finally {
        sqlite.prepare = prepare as typeof sqlite.prepare;
      }
      return seen.map((sql) => ({ sql, plan: plan(sql) }));
    },
  };
}
