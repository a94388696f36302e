import {
  closeSync,
  fstatSync,
  openSync,
  truncateSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { openSqlite } from '@main/database/open-sqlite';

const PAGE = 4096;

/** Writes over part of a file that somebody may have open. */
export function overwrite(file: string, position: number, bytes: Buffer): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, bytes, 0, bytes.length, position);
  closeSync(fd);
}

/** Spoils the header of every page but the first: the file opens, and nothing in it can be read. */
export function spoilPages(file: string, from = 1): void {
  const fd = openSync(file, 'r+');
  const pages = Math.floor(fstatSync(fd).size / PAGE);
  const spoilt = Buffer.alloc(16, 0xa5);
  for (let page = from; page < pages; page++) writeSync(fd, spoilt, 0, spoilt.length, page * PAGE);
  closeSync(fd);
}

/** Spoils the pages of one table or index, and nothing else. */
export function spoilTable(file: string, name: string): void {
  const sqlite = openSqlite(file);
  try {
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
    const pages = sqlite.prepare<[string], number>('select pageno from dbstat where name = ?');
    for (const page of pages.pluck().all(name)) {
      overwrite(file, (page - 1) * PAGE, Buffer.alloc(16, 0xa5));
    }
  } finally {
    sqlite.close();
  }
}

export function cutToHalf(file: string): void {
  truncateSync(file, Math.floor(statSync(file).size / PAGE / 2) * PAGE);
}

export function fillWithText(file: string): void {
  writeFileSync(file, Buffer.alloc(8 * PAGE, 'not a database '));
}
