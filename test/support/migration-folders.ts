import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from './temporary-folder';

/** The migrations that this version ships. */
export const SHIPPED_MIGRATIONS = resolve(import.meta.dirname, '../../main/database/migrations');

interface Journal {
  readonly entries: readonly {
    readonly idx: number;
    readonly when: number;
    readonly tag: string;
  }[];
}

export function migrationsShipped(): number {
  return shippedJournal().entries.length;
}

/** What an older version shipped: only the first migrations. */
export function migrationsOfOld(count: number): string {
  return migrationsFolder(shippedJournal().entries.slice(0, count));
}

/** What a newer version ships: all of ours, and one more. */
export function migrationsOfNew(sql: string): string {
  const { entries } = shippedJournal();
  const last = entries.at(-1)!;
  const folder = migrationsFolder([
    ...entries,
    { ...last, idx: last.idx + 1, when: last.when + 1000, tag: 'newer' },
  ]);
  writeFileSync(join(folder, 'newer.sql'), sql);
  return folder;
}

function shippedJournal(): Journal {
  return JSON.parse(
    readFileSync(join(SHIPPED_MIGRATIONS, 'meta/_journal.json'), 'utf8'),
  ) as Journal;
}

function migrationsFolder(entries: Journal['entries']): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'meta'));
  writeFileSync(
    join(folder, 'meta/_journal.json'),
    JSON.stringify({ ...shippedJournal(), entries }),
  );
  for (const { tag } of entries.filter((entry) => entry.tag !== 'newer')) {
    copyFileSync(join(SHIPPED_MIGRATIONS, `${tag}.sql`), join(folder, `${tag}.sql`));
  }
  return folder;
}
