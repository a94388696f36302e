import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backUp } from '@main/database/backup';
import type { Connection } from '@main/database/connection';
import { runHere } from '@main/database/jobs';
import { systemConfig } from '@main/database/schema';
import { databasePlace, type DatabasePlace } from '../../support/database-place';

const PAGE = 4096;

function stationName({ db }: Connection): unknown {
  return db.select().from(systemConfig).get()?.value['station_name'];
}

function nameStation({ db }: Connection, name: string): void {
  const value = { station_name: name };
  db.insert(systemConfig)
    .values({ section: 'system', value, updatedAtMs: 1 })
    .onConflictDoUpdate({ target: systemConfig.section, set: { value } })
    .run();
}

/** A station with some hundred pages, backed up as "Wald" and renamed "Wiese" since. */
async function livedIn(place: DatabasePlace, backups = ['Wald']): Promise<void> {
  const { connection } = await place.open();
  connection.sqlite.exec(`insert into tags (name)
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)
    select 'tag ' || i || ' ' || hex(zeroblob(60)) from n`);
  for (const name of backups) {
    nameStation(connection, name);
    const { file } = place;
    await backUp((target) => runHere('copy', { file, target }), {
      file,
      backupDir: place.backupDir,
      why: 'daily',
      nowMs: place.clock.wallMs(),
      kept: 5,
    });
    await place.clock.advance(60_000);
  }
  nameStation(connection, 'Wiese');
  connection.sqlite.close();
}

function overwrite(file: string, position: number, bytes: Buffer): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, bytes, 0, bytes.length, position);
  closeSync(fd);
}

const DAMAGE: Readonly<Record<string, (file: string) => void>> = {
  'a page header that was overwritten': (file) => {
    // Some inner page is hit, not the first: the file still opens.
    for (let page = 5; page < 60; page++) overwrite(file, PAGE * page, Buffer.alloc(16, 0xa5));
  },
  'a file that lost its second half': (file) => {
    truncateSync(file, Math.floor(statSync(file).size / PAGE / 2) * PAGE);
  },
  'a file that ends within a page': (file) => {
    truncateSync(file, PAGE * 3 + 100);
  },
  'a file that is no database': (file) => {
    writeFileSync(file, Buffer.alloc(8 * PAGE, 'not a database '));
  },
  'a file of zeros': (file) => {
    writeFileSync(file, Buffer.alloc(statSync(file).size));
  },
  'a file that a power cut emptied': (file) => {
    truncateSync(file, 0);
  },
};

describe.each(Object.keys(DAMAGE))('%s', (damage) => {
  it('is put aside, and the newest backup takes its place', async () => {
    const place = databasePlace();
    await livedIn(place);
    DAMAGE[damage]!(place.file);
    const bytes = readFileSync(place.file);
    const { connection, rescue } = await place.open();
    expect(rescue?.quarantinedAs).toMatch(/^station\.db\.damaged-2026-05-01T12-01-/);
    expect(rescue?.restoredFrom).toBe('station_2026-05-01T12-00-00.000Z_daily.db');
    expect(rescue?.damage).not.toBe('');
    expect(readFileSync(join(place.folder, rescue!.quarantinedAs!)).equals(bytes)).toBe(true);
    expect(stationName(connection)).toBe('Wald');
    expect(connection.sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
  });
});

describe('a damaged database', () => {
  const ruin = (file: string): void => {
    writeFileSync(file, 'ruined');
  };

  it('is put aside with the log that belongs to it', async () => {
    const place = databasePlace();
    await livedIn(place);
    ruin(place.file);
    writeFileSync(`${place.file}-wal`, 'wal');
    writeFileSync(`${place.file}-shm`, 'shm');
    const { connection, rescue } = await place.open();
    const quarantined = join(place.folder, rescue!.quarantinedAs!);
    expect(readFileSync(`${quarantined}-wal`, 'utf8')).toBe('wal');
    expect(existsSync(`${quarantined}-shm`)).toBe(true);
    expect(stationName(connection)).toBe('Wald');
  });

  it('is replaced by a new one where there is no backup', async () => {
    const place = databasePlace();
    ruin(place.file);
    const { connection, rescue, isNew, backup } = await place.open();
    expect(rescue).toMatchObject({ restoredFrom: null });
    expect({ isNew, backup }).toEqual({ isNew: true, backup: null });
    expect(stationName(connection)).toBeUndefined();
  });

  it.each<[string, (backup: string) => void]>([
    ['is damaged', (backup) => writeFileSync(backup, 'ruined too')],
    ['was cut short', (backup) => truncateSync(backup, PAGE * 4)],
    ['is empty', (backup) => truncateSync(backup, 0)],
  ])('is restored from an older backup when the newest %s', async (_, spoil) => {
    const place = databasePlace();
    await livedIn(place, ['older', 'newest']);
    spoil(join(place.backupDir, readdirSync(place.backupDir).sort().at(-1)!));
    ruin(place.file);
    const { connection } = await place.open();
    expect(stationName(connection)).toBe('older');
  });

  it('is restored although something that is no file lies among the backups', async () => {
    const place = databasePlace();
    await livedIn(place);
    mkdirSync(join(place.backupDir, 'station_2027-01-01T00-00-00.000Z_folder.db'));
    ruin(place.file);
    const { connection } = await place.open();
    expect(stationName(connection)).toBe('Wald');
  });

  it('takes no backup with it: the same one serves again', async () => {
    const place = databasePlace();
    await livedIn(place);
    for (let n = 0; n < 2; n++) {
      ruin(place.file);
      const { connection } = await place.open();
      expect(stationName(connection)).toBe('Wald');
      connection.sqlite.close();
      await place.clock.advance(1000);
    }
    expect(readdirSync(place.folder).filter((name) => name.includes('damaged'))).toHaveLength(2);
  });
});

describe('an empty file where no backup is', () => {
  it('is taken for a new database: a start that was cut short leaves one', async () => {
    const place = databasePlace();
    writeFileSync(place.file, '');
    const { isNew, rescue } = await place.open();
    expect({ isNew, rescue }).toEqual({ isNew: true, rescue: null });
  });
});
