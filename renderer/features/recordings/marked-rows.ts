import type { Recording, RecordingFilter, Selection } from '@shared/model/recording';

/** What is marked in the table: some rows by their numbers, or everything that the filter finds. */
export type Marked =
  { readonly kind: 'some'; readonly ids: ReadonlySet<number> } | { readonly kind: 'all' };

export const NOTHING_MARKED: Marked = { kind: 'some', ids: new Set() };

/** The station takes no more numbers at once. */
export const MOST_IDS = 10_000;

export function isMarked(marked: Marked, id: number): boolean {
  return marked.kind === 'all' || marked.ids.has(id);
}

/** How many are marked; null while "all" is not counted yet. */
export function countMarked(marked: Marked, total: number | null): number | null {
  return marked.kind === 'all' ? total : marked.ids.size;
}

/** Marks a row or takes its mark away. What was "all" becomes the rows that are loaded, but this one. */
export function toggleMark(marked: Marked, id: number, rows: readonly Recording[]): Marked {
  const ids = new Set(marked.kind === 'all' ? rows.map((row) => row.id) : marked.ids);
  if (!ids.delete(id)) ids.add(id);
  return { kind: 'some', ids };
}

/** Marks every row from one to the other, in either direction, beside what is marked. */
export function markRange(
  marked: Marked,
  from: number,
  to: number,
  rows: readonly Recording[],
): Marked {
  if (marked.kind === 'all') return marked;
  const ends = [from, to].map((id) => rows.findIndex((row) => row.id === id));
  const first = Math.min(...ends);
  const last = Math.max(...ends);
  if (first === -1) return toggleMark(marked, to, rows);
  return {
    kind: 'some',
    ids: new Set([...marked.ids, ...rows.slice(first, last + 1).map((row) => row.id)]),
  };
}

/** What the station is told; null when nothing is marked, or more than it takes one by one. */
export function selectionOf(marked: Marked, filter: RecordingFilter): Selection | null {
  if (marked.kind === 'all') return { filter };
  if (marked.ids.size === 0 || marked.ids.size > MOST_IDS) return null;
  return { ids: [...marked.ids] };
}
