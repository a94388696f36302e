import type { Recording } from '@shared/model/recording';
import type { InfiniteData } from '@tanstack/react-query';

export interface RecordingPage {
  readonly items: Recording[];
  readonly nextCursor: string | null;
}
export type RecordingPages = InfiniteData<RecordingPage, string | undefined>;

function newestFirst(a: Recording, b: Recording): number {
  return a.time < b.time ? 1 : a.time > b.time ? -1 : b.id - a.id;
}

/** The loaded pages as rows, newest first, each recording once. */
export function toRows(pages: RecordingPages | undefined): readonly Recording[] {
  if (pages === undefined) return [];
  const rows = pages.pages.flatMap((page) => page.items);
  const inOrder = rows.every((row, index) => {
    const before = rows[index - 1];
    return before === undefined || newestFirst(before, row) < 0;
  });
  if (inOrder) return rows;
  return [...new Map(rows.map((row) => [row.id, row])).values()].sort(newestFirst);
}

interface News {
  /** Recordings that belong into the loaded rows and are not there yet. */
  readonly fresh: readonly Recording[];
  /** More has arrived than was asked for: between the newest and the loaded rows some are unknown. */
  readonly gap: boolean;
}

/** What a fresh look at the newest recordings adds to the rows that are loaded. */
export function findNews(
  rows: readonly Recording[],
  newest: readonly Recording[],
  { newestIsAll, rowsReachEnd }: { newestIsAll: boolean; rowsReachEnd: boolean },
): News {
  const known = new Set(rows.map((row) => row.id));
  const oldest = rows.at(-1);
  const fresh = newest.filter(
    (row) =>
      !known.has(row.id) && (rowsReachEnd || oldest === undefined || newestFirst(row, oldest) < 0),
  );
  const gap =
    !newestIsAll && rows.length > 0 && newest.length > 0 && fresh.length === newest.length;
  return { fresh, gap };
}

/** The loaded pages with the newest recordings added and known ones brought up to date. */
export function mergeNewest(
  pages: RecordingPages,
  newest: readonly Recording[],
  fresh: readonly Recording[],
): RecordingPages {
  const updates = new Map(newest.map((row) => [row.id, row]));
  const [first, ...rest] = pages.pages.map((page) => ({
    ...page,
    items: page.items.map((row) => updates.get(row.id) ?? row),
  }));
  if (first === undefined) return pages;
  return {
    ...pages,
    pages: [{ ...first, items: [...fresh, ...first.items].sort(newestFirst) }, ...rest],
  };
}

/** Whether a fresh look shows any known row otherwise than it is loaded (uploaded, deleted, hash computed …). */
export function hasUpdates(rows: readonly Recording[], newest: readonly Recording[]): boolean {
  const loaded = new Map(rows.map((row) => [row.id, row]));
  return newest.some((row) => {
    const old = loaded.get(row.id);
    return old !== undefined && old !== row && JSON.stringify(old) !== JSON.stringify(row);
  });
}

/** The loaded pages without some recordings. */
export function withoutRows(pages: RecordingPages, ids: ReadonlySet<number>): RecordingPages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      items: page.items.filter((row) => !ids.has(row.id)),
    })),
  };
}

/** The loaded pages with some recordings changed in place. */
export function changeRows(
  pages: RecordingPages,
  ids: ReadonlySet<number>,
  change: (row: Recording) => Recording,
): RecordingPages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      items: page.items.map((row) => (ids.has(row.id) ? change(row) : row)),
    })),
  };
}
