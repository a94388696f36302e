import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Connection } from '../database/connection';

/** So long at a time: with what the commit itself takes, nobody else waits for more than a blink. */
const SLICE_MS = 6;
/** How much is lost when the power goes, and what one look at the clock is worth. */
const SLICE_ROWS = 500;

/**
 * Changes any number of rows, a few in each transaction, with everybody else's turn in between. Each slice is whole or
 * not there; what is done stays done when a later one fails.
 * @param onSlice after each commit
 * @throws better-sqlite3's SqliteError
 */
export async function inSlices(
  { sqlite }: Connection,
  ids: ArrayLike<number>,
  change: (id: number) => void,
  onSlice: () => void = () => undefined,
): Promise<void> {
  let at = 0;
  while (at < ids.length) {
    sqlite
      .transaction(() => {
        const until = performance.now() + SLICE_MS;
        const most = at + SLICE_ROWS;
        do {
          const id = ids[at];
          at += 1;
          if (id !== undefined) change(id);
        } while (at < ids.length && at < most && performance.now() < until);
      })
      .immediate();
    onSlice();
    if (at < ids.length) await nextTurn();
  }
}
