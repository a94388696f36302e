import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { backUp } from '@main/database/backup';
import { connect } from '@main/database/connection';
import { damageOfFile } from '@main/database/damage';
import { runHere } from '@main/database/jobs';
import { readMark, setMark } from '@main/database/marks';
import { tags } from '@main/database/schema';
import type { StationError } from '@main/station-error';
import { cutToHalf, overwrite, spoilPages } from '../../support/damaged-file';
import { type DatabasePlace, databasePlace } from '../../support/database-place';
import { fileDigest } from '../../support/file-digest';
import {
  migrationsOfNew,
  migrationsOfOld,
  SHIPPED_MIGRATIONS,
} from '../../support/migration-folders';
import { mayMount, mountedFolder } from '../../support/mounted-folder';
import { randomNumbers } from '../../support/random-numbers';
import { RUN_TYPESCRIPT } from '../../support/typescript-process';

const MANY_TAGS = `insert into tags (name)
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
  select 'tag ' || i || ' ' || hex(zeroblob(60)) from n`;

/** Five thousand tags; closed. */
async function livedIn(place: DatabasePlace, options: { backup: boolean }): Promise<void> {
  const { connection } = await place.open();
  connection.sqlite.exec(MANY_TAGS);
  if (options.backup) await makeBackup(place);
  connection.sqlite.close();
}

function makeBackup({ file, backupDir, clock }: DatabasePlace) {
  const order = { file, backupDir, why: 'scheduled', nowMs: clock.wallMs(), kept: 5 };
  return backUp((target) => runHere('copy', { file, target }), order);
}

describe('bytes that flip anywhere in the file', () => {
  it('leave a database that opens: itself, or the last backup with the damaged one beside it', async () => {
    const place = databasePlace();
    await livedIn(place, { backup: true });
    const below = randomNumbers(20260501);
    let rescued = 0;
    for (let round = 0; round < 12; round++) {
      const { size } = statSync(place.file);
      for (let flip = 0; flip < 40; flip++) {
        overwrite(place.file, below(size), Buffer.from([below(256)]));
      }
      await place.clock.advance(1000);
      const { connection, rescue } = await place.open();
      expect(connection.db.select().from(tags).all()).toHaveLength(5000);
      expect(damageOfFile(place.file)).toBeNull();
      connection.sqlite.close();
      if (rescue === null) continue;
      rescued += 1;
      expect(existsSync(join(place.folder, rescue.quarantinedAs!))).toBe(true);
    }
    expect(rescued).toBeGreaterThan(0);
  });
});

describe('a database of which the file is gone', () => {
  it('is restored from the last backup, and the log of the lost one is not taken for its own', async () => {
    const place = databasePlace();
    await livedIn(place, { backup: true });
    const { connection } = await place.open();
    connection.sqlite.exec("update tags set name = 'lost ' || id");
    // As after SIGKILL: the log is still there.
    const wal = join(place.folder, 'kept-wal');
    renameSync(`${place.file}-wal`, wal);
    connection.sqlite.close();
    rmSync(place.file);
    renameSync(wal, `${place.file}-wal`);

    const opened = await place.open();
    expect(opened.rescue).toMatchObject({ damage: 'the file is missing' });
    expect(opened.rescue!.restoredFrom).toMatch(/_scheduled\.db$/);
    const names = opened.connection.db.select().from(tags).all();
    expect(names.filter(({ name }) => name.startsWith('tag '))).toHaveLength(5000);
    expect(await readMark(place.file, 'restored')).toMatchObject({ reason: 'the file is missing' });
  });

  it('is made anew where there is no backup, and that is not forgotten until an audit has passed', async () => {
    const place = databasePlace();
    const { isNew, restoration } = await place.open({ isKnown: true });
    expect({ isNew, restoration }).toMatchObject({
      isNew: true,
      restoration: { reason: 'the database was missing', restoredFrom: null },
    });
  });

  it('was never there at a first start: nothing is remembered', async () => {
    const { restoration } = await databasePlace().open();
    expect(restoration).toBeNull();
  });
});

describe('a large database', () => {
  it('is not read whole before it opens, and is replaced all the same when it was cut', async () => {
    const place = databasePlace();
    await livedIn(place, { backup: true });
    const whole = await place.open({ readWholeBytes: 0 });
    expect(whole).toMatchObject({ readWhole: false, rescue: null });
    whole.connection.sqlite.close();
    cutToHalf(place.file);
    const cut = await place.open({ readWholeBytes: 0 });
    expect(cut.rescue).toMatchObject({ damage: 'the file is shorter than its header says' });
    expect(cut.readWhole).toBe(true);
  });

  it('is replaced when what everything hangs on is damaged', async () => {
    const place = databasePlace();
    await livedIn(place, { backup: true });
    spoilPages(place.file);
    const { rescue } = await place.open({ readWholeBytes: 0 });
    expect(rescue).not.toBeNull();
  });
});

describe('a database that was suspected while it ran', () => {
  it('is read whole, indexes too, whatever its size; what is well stays', async () => {
    const place = databasePlace();
    await livedIn(place, { backup: true });
    await setMark(place.file, 'suspected', { atMs: 1, reason: 'malformed' });
    const opened = await place.open({ readWholeBytes: 0 });
    expect(opened).toMatchObject({ rescue: null, clearedSuspicion: 'malformed', readWhole: true });
    expect(await readMark(place.file, 'suspected')).toBeNull();
  });

  it('is found out where an index has lost rows of its table', async () => {
    const place = databasePlace();
    await livedIn(place, { backup: true });
    const { sqlite } = connect(place.file);
    // What no quick look sees: the index knows nothing of a row.
    const sql = sqlite.prepare("select sql from sqlite_master where name = 'ix_recordings_time'");
    expect(sql.get()).toBeDefined();
    sqlite.unsafeMode(true);
    sqlite.pragma('writable_schema = ON');
    sqlite.exec(`insert into devices (name, display_name, kind, identity_basis, presence, enrollment, match_reason,
        workspace, first_seen_at_ms, last_seen_at_ms)
      values ('mic', 'mic', 'usb', 'serial', 'online', 'enrolled', '{}', 'mic', 1, 2)`);
    const root = sqlite.prepare(
      "select rootpage from sqlite_master where name = 'ix_gaps_device_time'",
    );
    const page = root.pluck().get() as number;
    sqlite.exec("insert into gaps (device, from_ms, reason) values ('mic', 1, 'unplugged')");
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
    sqlite.close();
    // An empty leaf of an index, which is a whole page.
    overwrite(place.file, (page - 1) * 4096, Buffer.from([0x0a, 0, 0, 0, 0, 0x10, 0, 0]));
    expect(damageOfFile(place.file, 'whole')).toMatch(/missing from index ix_gaps_device_time/);
    await setMark(place.file, 'suspected', { atMs: 1, reason: 'malformed' });
    const { rescue, restoration } = await place.open();
    expect(rescue?.damage).toMatch(/ix_gaps_device_time/);
    expect(restoration).not.toBeNull();
  });
});

describe('a database that a newer version wrote', () => {
  it('is refused and left untouched, although there are backups that could be opened', async () => {
    const place = databasePlace();
    await livedIn(place, { backup: true });
    const newer = migrationsOfNew('create table later (id integer);');
    (await place.open({ migrationsDir: newer })).connection.sqlite.close();
    const before = { names: readdirSync(place.folder).sort(), digest: fileDigest(place.file) };
    const refusal: unknown = await place.open().catch((error: unknown) => error);
    expect((refusal as StationError).code).toBe('DATABASE_FROM_FUTURE');
    expect({ names: readdirSync(place.folder).sort(), digest: fileDigest(place.file) }).toEqual(
      before,
    );
  });
});

describe('a database on a disk that is full', () => {
  /** A station's database on a small disk; `fill` leaves so many KB. */
  async function onSmallDisk(migrationsDir: string) {
    const { path } = mountedFolder({ sizeKb: 8 * 1024 });
    const place = databasePlace();
    const file = join(path, 'station.db');
    const backupDir = join(path, 'backups');
    const open = (dir: string) => place.open({ file, backupDir, migrationsDir: dir });
    const { connection } = await open(migrationsDir);
    connection.sqlite.exec(MANY_TAGS.replaceAll('5000', '10000'));
    const fill = (): void => {
      for (let kb = 4096; kb >= 4; kb /= 2) {
        try {
          writeFileSync(join(path, `filling-${String(kb)}`), Buffer.alloc(kb * 1024));
        } catch {
          // full
        }
      }
    };
    const free = (): void => {
      for (const name of readdirSync(path).filter((one) => one.startsWith('filling'))) {
        rmSync(join(path, name));
      }
    };
    return { connection, file, backupDir, open, fill, free };
  }

  it.runIf(mayMount())(
    'takes nothing and loses nothing, and goes on when there is room',
    async () => {
      const { connection, file, backupDir, fill, free } = await onSmallDisk(SHIPPED_MIGRATIONS);
      const { sqlite } = connection;
      fill();
      expect(() => {
        for (let n = 0; n < 2000; n++)
          sqlite.exec(`insert into tags (name) values ('${'x'.repeat(4000)}${String(n)}')`);
      }).toThrow(/full|disk I\/O/);
      const order = { file, backupDir, why: 'scheduled', nowMs: Date.UTC(2026, 4, 1), kept: 5 };
      const copy = (target: string) => runHere('copy', { file, target });
      await expect(backUp(copy, order)).rejects.toThrow(/no room|full|ENOSPC|no space/i);
      expect(existsSync(backupDir) ? readdirSync(backupDir) : []).toEqual([]);
      free();
      sqlite.exec("insert into tags (name) values ('after')");
      const { n } = sqlite
        .prepare('select count(*) as n from tags where length(name) < 4000')
        .get() as { n: number };
      expect(n).toBe(10_001);
      expect(damageOfFile(file)).toBeNull();
      await backUp(copy, order);
      expect(readdirSync(backupDir)).toEqual(['station_2026-05-01T00-00-00.000Z_scheduled.db']);
    },
  );

  it.runIf(mayMount())(
    'is not migrated without a backup: it stays as it was until there is room',
    async () => {
      const { connection, file, open, fill, free } = await onSmallDisk(migrationsOfOld(6));
      connection.sqlite.close();
      fill();
      const before = fileDigest(file);
      const refusal: unknown = await open(SHIPPED_MIGRATIONS).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(Error);
      expect(fileDigest(file)).toBe(before);
      free();
      const opened = await open(SHIPPED_MIGRATIONS);
      expect(opened.connection.db.select().from(tags).all()).toHaveLength(10_000);
      expect(opened.backup).not.toBeNull();
    },
  );
});

/** Another process that does this with the database of a place. */
function inProcess(place: DatabasePlace, work: string): ChildProcess {
  const program = `
    import { openDatabase } from '@main/database/open';
    import { systemClock } from '@main/clock/system-clock';
    import { runHere } from '@main/database/jobs';
    import { backUp } from '@main/database/backup';
    const file = ${JSON.stringify(place.file)}, backupDir = ${JSON.stringify(place.backupDir)};
    console.log('ready');
    ${work}
    console.log('done');`;
  const child = spawn(process.execPath, [...RUN_TYPESCRIPT, program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Kills it so long after it was ready. @returns whether it was still at work */
async function killAfter(child: ChildProcess, ms: number): Promise<boolean> {
  let said = '';
  child.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child.stdout!, 'data');
  await delay(ms);
  const atWork = !said.includes('done');
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return atWork;
}

describe('a console that is killed', () => {
  const SLOW = `create table later as
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 60000)
    select i, hex(zeroblob(100)) as words from n;
--> statement-breakpoint
update tags set name = 'later ' || name;`;

  it('while it migrates leaves the database as it was; the next start migrates it', async () => {
    const place = databasePlace();
    await livedIn(place, { backup: false });
    const newer = migrationsOfNew(SLOW);
    const work = `await openDatabase({ file, backupDir, migrationsDir: ${JSON.stringify(newer)}, clock: systemClock });`;
    let killedAtWork = 0;
    for (const ms of [80, 250]) {
      if (await killAfter(inProcess(place, work), ms)) killedAtWork += 1;
    }
    expect(killedAtWork).toBeGreaterThan(0);
    // Either it was through, or nothing of it was done: each table tells the same.
    const { connection, rescue } = await place.open({ migrationsDir: newer });
    expect(rescue).toBeNull();
    const { sqlite } = connection;
    expect(sqlite.prepare('select count(*) from later').pluck().get()).toBe(60_000);
    expect(
      sqlite.prepare("select count(*) from tags where name like 'later tag %'").pluck().get(),
    ).toBe(5000);
    expect(damageOfFile(place.file)).toBeNull();
  });

  it('while it copies leaves no half a copy among the backups', async () => {
    const place = databasePlace();
    await livedIn(place, { backup: true });
    const work = `for (let n = 0; n < 50; n++) await backUp((target) => runHere('copy', { file, target }), {
      file, backupDir, why: 'scheduled', nowMs: Date.UTC(2026, 5, 1) + n, kept: 3 });`;
    expect(await killAfter(inProcess(place, work), 50)).toBe(true);
    await makeBackup(place);
    const names = readdirSync(place.backupDir);
    for (const name of names) {
      expect(name).toMatch(/^station_.*_scheduled\.db$/);
      expect(damageOfFile(join(place.backupDir, name))).toBeNull();
    }
  });

  it('while it rewrites a database of before for small steps loses nothing', async () => {
    const place = databasePlace();
    const first = await place.open();
    first.connection.sqlite.exec(MANY_TAGS);
    first.connection.sqlite.close();
    makeAsBefore(place.file);
    const work = `await openDatabase({ file, backupDir, migrationsDir: ${JSON.stringify(SHIPPED_MIGRATIONS)}, clock: systemClock });`;
    await killAfter(inProcess(place, work), 25);
    const { connection } = await place.open();
    expect(connection.sqlite.pragma('auto_vacuum', { simple: true })).toBe(2);
    expect(connection.db.select().from(tags).all()).toHaveLength(5000);
    expect(readdirSync(place.folder).filter((name) => name.includes('compacting'))).toEqual([]);
  });
});

/** As an older version made them: no vacuum in small steps. */
function makeAsBefore(file: string): void {
  const { sqlite } = connect(file);
  sqlite.pragma('journal_mode = DELETE');
  sqlite.pragma('auto_vacuum = NONE');
  sqlite.exec('vacuum');
  expect(sqlite.pragma('auto_vacuum', { simple: true })).toBe(0);
  sqlite.close();
}
