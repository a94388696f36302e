/** The cursor is not one that a page gave out. */
export class CursorError extends Error {}

/** A place in the order (time, id). */
export interface Place {
  readonly timeMs: number;
  readonly id: number;
}

export function cursorAfter({ timeMs, id }: Place): string {
  return `${String(timeMs)}.${String(id)}`;
}

/** @throws CursorError */
export function placeOf(cursor: string): Place {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(cursor);
  if (match === null) throw new CursorError('the cursor is not one that a page gave out');
  return { timeMs: Number(match[1]), id: Number(match[2]) };
}
