import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { devices, duties, gaps, recordings, systemConfig } from '@main/database/schema';
import { StationError } from '@main/station-error';
import { databasePlace } from '../../support/database-place';
import { fileDigest } from '../../support/file-digest';
import {
  migrationsOfNew,
  migrationsOfOld,
  migrationsShipped,
} from '../../support/migration-folders';

const NAME = { section: 'system', value: { station_name: 'Wald' }, updatedAtMs: 1 };

function look(file: string, sql: string): unknown[] {
  const sqlite = new Sqlite(file, { readonly: true });
  try {
    return sqlite.prepare(sql).all();
  } finally {
    sqlite.close();
  }
}

describe('opening a database', () => {
  it('makes a new one, and needs no backup for that', async () => {
    const place = databasePlace();
    const { isNew, migrationsApplied, backup, rescue } = await place.open();
    expect({ isNew, backup, rescue }).toEqual({ isNew: true, backup: null, rescue: null });
    expect(migrationsApplied).toBeGreaterThan(0);
    expect(readdirSync(place.folder)).not.toContain('backups');
  });

  it('does nothing to one that is up to date', async () => {
    const place = databasePlace();
    const first = await place.open();
    first.connection.db.insert(systemConfig).values(NAME).run();
    first.connection.sqlite.close();
    const before = fileDigest(place.file);
    const again = await place.open();
    expect(again).toMatchObject({ isNew: false, migrationsApplied: 0, backup: null, rescue: null });
    expect(again.connection.db.select().from(systemConfig).all()).toEqual([NAME]);
    again.connection.sqlite.close();
    expect(fileDigest(place.file)).toBe(before);
  });

  it('takes over what a killed console had not yet written back from its log', async () => {
    const place = databasePlace();
    const { connection } = await place.open();
    connection.db.insert(systemConfig).values(NAME).run();
    // What is on the disk while it still runs is what is there after SIGKILL.
    const after = databasePlace();
    for (const suffix of ['', '-wal']) {
      writeFileSync(after.file + suffix, readFileSync(place.file + suffix));
    }
    const opened = await after.open();
    expect(opened.rescue).toBeNull();
    expect(opened.connection.db.select().from(systemConfig).all()).toEqual([NAME]);
  });
});

describe('migrating a database of an older version', () => {
  it('keeps its data and adds what is new', async () => {
    const place = databasePlace();
    const old = await place.open({ migrationsDir: migrationsOfOld(1) });
    old.connection.db.insert(systemConfig).values(NAME).run();
    old.connection.sqlite.close();
    const { connection, migrationsApplied, isNew } = await place.open();
    expect({ migrationsApplied, isNew }).toEqual({
      migrationsApplied: migrationsShipped() - 1,
      isNew: false,
    });
    expect(connection.db.select().from(systemConfig).all()).toEqual([NAME]);
    expect(() => connection.sqlite.prepare('select * from recordings_fts').all()).not.toThrow();
  });

  it('does not know what the microphones of before could capture, and keeps all else of them', async () => {
    const place = databasePlace();
    const old = await place.open({ migrationsDir: migrationsOfOld(2) });
    old.connection.sqlite.exec(
      `insert into devices (name, display_name, kind, identity_basis, pcm, presence, enrollment, match_reason,
         workspace, first_seen_at_ms, last_seen_at_ms)
       values ('0d8c-0014-port1-1.4', 'USB PnP', 'usb', 'port', 'hw:CARD=Device,DEV=0', 'online', 'enrolled',
         '{"outcome":"fallback","score":0,"candidates":[]}', '0d8c-0014-port1-1.4', 1, 2)`,
    );
    old.connection.sqlite.close();
    const { connection } = await place.open();
    expect(connection.db.select().from(devices).all()).toMatchObject([
      { name: '0d8c-0014-port1-1.4', pcm: 'hw:CARD=Device,DEV=0', offers: null, lastSeenAtMs: 2 },
    ]);
  });

  it('lets the microphones of before record always, and calls none of their recordings re-timed', async () => {
    const place = databasePlace();
    const old = await place.open({ migrationsDir: migrationsOfOld(3) });
    old.connection.sqlite.exec(
      `insert into devices (name, display_name, kind, identity_basis, presence, enrollment, match_reason,
         workspace, first_seen_at_ms, last_seen_at_ms)
       values ('sim-1', 'Simulated', 'simulated', 'manual', 'online', 'enrolled',
         '{"outcome":"added","score":0,"candidates":[]}', 'sim-1', 1, 2);
       insert into recordings (device, time_ms, duration_s, raw_path, indexed_at_ms)
       values ('sim-1', 3, 10, 'recorder/sim-1/data/raw/a.wav', 4);
       insert into gaps (device, from_ms, to_ms, reason) values ('sim-1', 5, 6, 'unplugged');`,
    );
    old.connection.sqlite.close();
    const { connection } = await place.open();
    expect(connection.db.select().from(devices).all()).toMatchObject([
      { schedule: { kind: 'always' }, pausedUntilMs: null },
    ]);
    expect(connection.db.select().from(recordings).all()).toMatchObject([
      { timeMs: 3, retimedAtMs: null, originalTimeMs: null, signal: null },
    ]);
    expect(connection.db.select().from(gaps).all()).toMatchObject([{ fromMs: 5, toMs: 6 }]);
    expect(connection.db.select().from(duties).all()).toEqual([]);
  });

  it('finds the recordings of before that a wrong clock made without walking through all others', async () => {
    const place = databasePlace();
    const old = await place.open({ migrationsDir: migrationsOfOld(6) });
    old.connection.sqlite.exec(
      `insert into devices (name, display_name, kind, identity_basis, presence, enrollment, match_reason,
         workspace, first_seen_at_ms, last_seen_at_ms)
       values ('mic', 'mic', 'usb', 'serial', 'online', 'enrolled',
         '{"outcome":"added","score":0,"candidates":[]}', 'mic', 1, 2);
       insert into recordings (device, run_id, sequence, time_ms, duration_s, raw_path, clock_unsynced, indexed_at_ms)
       values ('mic', 'aaaaaaaa', 0, 3, 10, 'recorder/mic/data/raw/a.wav', 1, 4),
         ('mic', 'aaaaaaaa', 1, 3, 10, 'recorder/mic/data/raw/b.wav', 0, 4);`,
    );
    old.connection.sqlite.close();
    const { connection } = await place.open();
    const marked = connection.sqlite.prepare(
      'select sequence from recordings indexed by ix_recordings_unsynced where clock_unsynced = 1',
    );
    expect(marked.pluck().all()).toEqual([0]);
  });

  it('backs it up before, whole and as it was', async () => {
    const place = databasePlace();
    const old = await place.open({ migrationsDir: migrationsOfOld(1) });
    old.connection.db.insert(systemConfig).values(NAME).run();
    old.connection.sqlite.close();
    const { backup } = await place.open();
    expect(basename(backup!)).toBe('station_2026-05-01T12-00-00.000Z_before-migration.db');
    expect(look(backup!, 'select section from system_config')).toEqual([{ section: 'system' }]);
    expect(look(backup!, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(look(backup!, 'select count(*) as n from __drizzle_migrations')).toEqual([{ n: 1 }]);
    expect(look(backup!, "select name from sqlite_master where name = 'recordings_fts'")).toEqual(
      [],
    );
  });

  it('leaves nothing but the backup in the backup folder', async () => {
    const place = databasePlace();
    (await place.open({ migrationsDir: migrationsOfOld(1) })).connection.sqlite.close();
    const { backup } = await place.open();
    expect(readdirSync(place.backupDir)).toEqual([basename(backup!)]);
  });

  it('includes in the backup what is still in the log of a killed console', async () => {
    const place = databasePlace();
    const { connection } = await place.open({ migrationsDir: migrationsOfOld(1) });
    connection.db.insert(systemConfig).values(NAME).run();
    const after = databasePlace();
    for (const suffix of ['', '-wal']) {
      writeFileSync(after.file + suffix, readFileSync(place.file + suffix));
    }
    const { backup } = await after.open();
    expect(look(backup!, 'select section from system_config')).toEqual([{ section: 'system' }]);
  });

  it('keeps the three newest backups of before migrations', async () => {
    const place = databasePlace();
    const made: string[] = [];
    for (let n = 0; n < 7; n++) {
      (
        await place.open({ file: join(place.folder, `${n}.db`), migrationsDir: migrationsOfOld(1) })
      ).connection.sqlite.close();
      const { backup, connection } = await place.open({ file: join(place.folder, `${n}.db`) });
      connection.sqlite.close();
      made.push(basename(backup!));
      await place.clock.advance(60_000);
    }
    expect(readdirSync(place.backupDir).sort()).toEqual(made.slice(-3));
  });

  it('takes none of the copies of every day and by hand away for it', async () => {
    const place = databasePlace();
    (await place.open({ migrationsDir: migrationsOfOld(1) })).connection.sqlite.close();
    const days = [1, 2, 3, 4, 5, 6, 7].map((day) => `2026-04-0${String(day)}`);
    const copies = [
      ...days.map((day) => `station_${day}T03-00-00.000Z_scheduled.db`),
      'station_2026-03-01T03-00-00.000Z_by-hand.db',
    ];
    mkdirSync(place.backupDir);
    for (const name of copies) writeFileSync(join(place.backupDir, name), 'a copy');
    const { backup } = await place.open();
    expect(readdirSync(place.backupDir).sort()).toEqual([...copies, basename(backup!)].sort());
  });

  it('leaves it as it was when a migration fails', async () => {
    const place = databasePlace();
    const { connection } = await place.open();
    connection.db.insert(systemConfig).values(NAME).run();
    connection.sqlite.close();
    const broken = migrationsOfNew(
      'create table half (id integer);\n--> statement-breakpoint\nnonsense;',
    );
    await expect(place.open({ migrationsDir: broken })).rejects.toThrow();
    expect(look(place.file, "select name from sqlite_master where name = 'half'")).toEqual([]);
    const again = await place.open();
    expect(again.connection.db.select().from(systemConfig).all()).toEqual([NAME]);
  });
});

describe('a database of a newer version', () => {
  it('is refused in one sentence and left untouched', async () => {
    const place = databasePlace();
    const newer = await place.open({
      migrationsDir: migrationsOfNew('create table later (id integer);'),
    });
    newer.connection.sqlite.close();
    const before = fileDigest(place.file);
    const refusal: unknown = await place.open().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StationError);
    expect((refusal as StationError).code).toBe('DATABASE_FROM_FUTURE');
    expect((refusal as StationError).message).toContain(
      `${place.file} was written by a newer version of the console`,
    );
    expect(fileDigest(place.file)).toBe(before);
    expect(readdirSync(place.folder)).toEqual(['station.db']);
  });
});
