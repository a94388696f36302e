import type { Connection } from './connection';

/**
 * Commits without waiting for the disk, so that the main loop does not wait either. For work that is done again when a
 * power cut takes it back: the database is whole in any case, and the next commit that is forced forces these, too.
 * @throws what `work` throws
 */
export function unforced<T>({ sqlite }: Pick<Connection, 'sqlite'>, work: () => T): T {
  if (sqlite.inTransaction) return work();
  const before = sqlite.pragma('synchronous', { simple: true });
  sqlite.pragma('synchronous = NORMAL');
  try {
    return work();
  } finally {
    sqlite.pragma(`synchronous = ${String(before)}`);
  }
}
