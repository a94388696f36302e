import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Settings } from '@shared/model/settings';
import { settingsSchema } from '@shared/model/settings';
import { MARKER_NAME } from '@main/data-folder';
import { JobThread } from '@main/database/job-thread';
import { openSqlite } from '@main/database/open-sqlite';
import { readMark, setMark } from '@main/database/marks';
import { alerts, tags } from '@main/database/schema';
import { createEventBus } from '@main/events/bus';
import { DatabaseUpkeep, type DatabaseUpkeepOptions } from '@main/upkeep/database-upkeep';
import { spoilPages, spoilTable } from '../../support/damaged-file';
import { databasePlace } from '../../support/database-place';
import { longestStretch } from '../../support/longest-stretch';
import { recordingLogger } from '../../support/recording-logger';
import { soon } from '../../support/soon';
import { threadUrl } from '../../support/threads';

const WORKER = threadUrl('database-worker');
const HOUR = 3_600_000;
const MANY_TAGS = `insert into tags (name)
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 8000)
  select 'tag ' || i || ' ' || hex(zeroblob(200)) from n`;

/** The upkeep of a real database in a clock of its own; stopped when the test is over. */
async function upkeepOf(
  options: Partial<DatabaseUpkeepOptions> & { history?: Partial<Settings['history']> } = {},
  place = databasePlace(),
) {
  writeFileSync(join(place.folder, MARKER_NAME), '{}');
  const opened = await place.open();
  const { connection } = opened;
  const bus = createEventBus();
  const logger = recordingLogger();
  const open = new Map<string, string>();
  const damaged: string[] = [];
  bus.on('database.damaged', ({ reason }) => damaged.push(reason));
  const history = { ...settingsSchema.parse({}).history, ...options.history };
  const upkeep = new DatabaseUpkeep({
    connection,
    file: place.file,
    backupDir: place.backupDir,
    opened,
    clock: place.clock,
    bus,
    logger,
    alerts: {
      raise: (code, _level, evidence) => void open.set(code, evidence),
      clear: (code) => void open.delete(code),
    },
    settings: () => history,
    clockTrusted: () => true,
    diskUsable: () => true,
    threads: { patient: new JobThread(WORKER, 'patient'), brisk: new JobThread(WORKER, 'brisk') },
    ...options,
  });
  onTestFinished(() => upkeep.stop());
  /** Lets a turn of the loop pass, whatever it sets off. */
  const turn = async (ms = 15_000): Promise<void> => {
    // A turn that real files hold up misses the time that passes meanwhile: the last one begins after all of it.
    for (const part of ms > 15_000 ? [ms - 15_000, 15_000] : [ms]) {
      await place.clock.advance(part);
      await vi.waitFor(
        () => {
          expect(place.clock.sleeping).toBe(1);
        },
        { timeout: 20_000, interval: 5 },
      );
    }
  };
  const backups = (): string[] => (existsSync(place.backupDir) ? readdirSync(place.backupDir) : []);
  return {
    ...place,
    connection,
    bus,
    logger,
    alerts: open,
    damaged,
    upkeep,
    turn,
    backups,
    opened,
  };
}

describe('copies of the database', () => {
  it('are made when it is time, verified, and no more are kept than the settings say', async () => {
    const { upkeep, turn, backups, clock } = await upkeepOf({
      history: { backup_interval_hours: 1, backups_kept: 1 },
    });
    await upkeep.start();
    await turn();
    expect(backups()).toEqual([]); // a start has enough to do
    await turn(120_000);
    expect(backups()).toEqual([
      expect.stringMatching(/^station_2026-05-01T12-02-.*_scheduled.db$/),
    ]);
    await clock.advance(HOUR - 60_000);
    await turn();
    expect(backups()).toHaveLength(1);
    await turn(2 * 60_000);
    expect(backups()).toEqual([expect.stringMatching(/^station_2026-05-01T13/)]);
    expect((await upkeep.describe()).lastCheck).toMatchObject({ damage: null });
  });

  it('are whole and of one moment while the station writes on, and never hold up its loop', async () => {
    const { upkeep, connection, backupDir } = await upkeepOf();
    const { sqlite } = connection;
    sqlite.exec(MANY_TAGS);
    const write = sqlite.transaction((n: number) => {
      sqlite.prepare('update tags set name = name where id = ?').run(n + 1);
      sqlite.prepare('insert into tags (name) values (?)').run(`during ${String(n)}`);
    });
    let written = 0;
    const writing = setInterval(() => {
      write(written);
      written += 1;
    }, 2);
    onTestFinished(() => clearInterval(writing));
    const stretch = await longestStretch(() => upkeep.backUp());
    clearInterval(writing);
    expect(written).toBeGreaterThan(5);
    const [name] = readdirSync(backupDir);
    const copy = connectionOf(join(backupDir, name!));
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    const n = copy.prepare("select count(*) from tags where name like 'tag %'").pluck().get();
    expect(n).toBe(8_000);
    // Half of it is this test's own writing.
    expect(stretch).toBeLessThan(100);
  });

  it('asked for twice at once are one', async () => {
    const { upkeep, backups } = await upkeepOf();
    const [one, two] = await Promise.all([upkeep.backUp(), upkeep.backUp()]);
    expect(two).toEqual(one);
    expect(one).toMatchObject({ why: 'by-hand', at: '2026-05-01T12:00:00.000Z' });
    expect(backups()).toEqual([one.name]);
  });

  it('that are broken off because the console ends are no failure', async () => {
    const { upkeep, connection, alerts: open, turn } = await upkeepOf();
    connection.sqlite.exec(MANY_TAGS);
    await upkeep.start();
    await turn();
    const made = upkeep.backUp().catch((error: unknown) => error);
    await upkeep.stop();
    expect(await made).toBeInstanceOf(Error);
    expect([...open.keys()]).toEqual([]);
  });

  it('that cannot be made are an alert, and tried again', async () => {
    const place = databasePlace();
    writeFileSync(place.backupDir, 'in the way');
    const { upkeep, turn, alerts: open } = await upkeepOf({}, place);
    await upkeep.start();
    await turn(121_000);
    expect(open.get('database.backup_failed')).toMatch(/EEXIST|ENOTDIR/);
    expect(upkeep.status()).toMatchObject({ state: 'degraded' });
    rmSync(place.backupDir);
    await turn(11 * 60_000);
    expect(open.size).toBe(0);
    expect(readdirSync(place.backupDir)).toHaveLength(1);
  });
});

describe('statements that held up the station', () => {
  it('are counted, and the longest is told', async () => {
    const { upkeep } = await upkeepOf();
    expect((await upkeep.describe()).slow).toEqual({ statements: 0, longestMs: 0 });
    upkeep.noteSlow(1, 120);
    upkeep.noteSlow(3, 110);
    expect((await upkeep.describe()).slow).toEqual({ statements: 4, longestMs: 120 });
  });
});

describe('damage', () => {
  it('that a copy meets is found in the original, told, written down, and asks for another opening', async () => {
    const { upkeep, connection, file, damaged, alerts: open, backups, turn } = await upkeepOf();
    connection.sqlite.exec(MANY_TAGS);
    connection.sqlite.pragma('wal_checkpoint(TRUNCATE)');
    spoilPages(file, 40);
    await expect(upkeep.backUp()).rejects.toMatchObject({ data: { reason: 'database_damaged' } });
    await soon(() => expect(damaged).toHaveLength(1));
    expect(open.get('database.damaged')).toMatch(/^The database is damaged: /);
    expect(backups()).toEqual([]);
    expect(await readMark(file, 'suspected')).not.toBeNull();
    await upkeep.start();
    await turn();
    expect(damaged).toHaveLength(1);
  });

  it('that was suspected in vain a moment ago does not open the station again and again', async () => {
    const place = databasePlace();
    (await place.open()).connection.sqlite.close();
    await setMark(place.file, 'suspected', { atMs: 1, reason: 'malformed' });
    const { upkeep, damaged, turn, alerts: open } = await upkeepOf({}, place);
    await upkeep.start();
    upkeep.suspect('malformed');
    await turn();
    expect(damaged).toEqual([]);
    expect(open.has('database.damaged')).toBe(true);
    await turn(HOUR);
    await soon(() => expect(damaged).toEqual(['malformed']));
  });

  it('is looked for where a thread could not read the file, which may be its disk alone', async () => {
    const unreadable = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_READ' });
    const { upkeep, connection, file, damaged, turn, clock } = await upkeepOf();
    connection.sqlite.exec(MANY_TAGS);
    connection.sqlite.pragma('wal_checkpoint(TRUNCATE)');
    await upkeep.start();
    upkeep.noteError(unreadable);
    await turn();
    expect(damaged).toEqual([]);
    expect((await upkeep.describe()).lastCheck).toEqual({
      at: new Date(clock.wallMs()).toISOString(),
      damage: null,
    });
    spoilPages(file, 40);
    await turn();
    expect(damaged).toEqual([]); // nobody has met it
    upkeep.noteError(unreadable);
    await turn();
    await soon(() => expect(damaged).toHaveLength(1));
  });

  it('that a thread has met is taken for what it is', async () => {
    const { upkeep, damaged } = await upkeepOf();
    upkeep.noteError(new Error('no such table'));
    upkeep.noteError(Object.assign(new Error('busy'), { code: 'SQLITE_BUSY' }));
    upkeep.noteError(Object.assign(new Error('malformed'), { code: 'SQLITE_CORRUPT_VTAB' }));
    await soon(() => expect(damaged).toEqual(['malformed']));
  });

  it('that its own work meets is told, too', async () => {
    const { upkeep, connection, file, damaged, turn, bus } = await upkeepOf({
      history: { alerts_days: 1 },
    });
    connection.db
      .insert(alerts)
      .values({ code: 'x', level: 'info', evidence: '', sinceMs: 1, clearedAtMs: 2 })
      .run();
    spoilTable(file, 'alerts');
    await upkeep.start();
    bus.emit('settings.changed', { keys: ['history.alerts_days'] });
    await turn(60_000);
    await soon(() => expect(damaged).toEqual([expect.stringMatching(/malformed/)]));
  });

  it('of a large database is found after the start, behind the back of what records', async () => {
    const place = databasePlace();
    const first = await place.open();
    first.connection.sqlite.exec(MANY_TAGS);
    first.connection.sqlite.close();
    const { opened } = await upkeepOf({}, place);
    const { upkeep, damaged, turn } = await upkeepOf(
      { opened: { ...opened, readWhole: false }, history: { backup_interval_hours: 720 } },
      place,
    );
    spoilPages(place.file, 200);
    writeBackupOf(place.backupDir);
    await upkeep.start();
    await turn();
    expect(damaged).toEqual([]);
    await turn(60_000);
    await soon(() => expect(damaged).toHaveLength(1));
  });
});

describe('a database whose file is deleted while it is in use', () => {
  it('is kept whole as a backup, and the station is asked to be opened anew', async () => {
    const { upkeep, connection, file, damaged, backups, turn } = await upkeepOf();
    await upkeep.start();
    await turn();
    connection.db.insert(tags).values({ name: 'newest' }).run();
    rmSync(file);
    await turn();
    await soon(() => expect(damaged).toEqual(['its file was deleted while it was in use']));
    const kept = backups().find((name) => name.includes('lost-file'))!;
    const copy = connectionOf(join(dirname(file), 'backups', kept));
    expect(copy.prepare('select name from tags').pluck().all()).toEqual(['newest']);
  });

  it('or replaced by another: what was open is kept, not what lies there now', async () => {
    const { upkeep, connection, file, damaged, backups, turn } = await upkeepOf();
    await upkeep.start();
    await turn();
    connection.db.insert(tags).values({ name: 'newest' }).run();
    writeFileSync(`${file}.other`, 'another file');
    renameSync(`${file}.other`, file);
    await turn();
    await soon(() => expect(damaged).toHaveLength(1));
    const kept = backups().find((name) => name.includes('lost-file'))!;
    const copy = connectionOf(join(dirname(file), 'backups', kept));
    expect(copy.prepare('select name from tags').pluck().all()).toEqual(['newest']);
  });
});

describe('the log of the database', () => {
  it('is emptied when it is long, and when nothing is added any more', async () => {
    const { upkeep, connection, file, turn } = await upkeepOf();
    const logBytes = (): number => statSync(`${file}-wal`).size;
    await upkeep.start();
    connection.sqlite.exec(MANY_TAGS);
    expect(logBytes()).toBeGreaterThan(4 * 1024 * 1024);
    await turn();
    expect(logBytes()).toBe(0);
    connection.db.insert(tags).values({ name: 'one more' }).run();
    await turn();
    expect(logBytes()).toBeGreaterThan(0);
    await turn();
    await turn();
    expect(logBytes()).toBe(0);
  });

  it('stays while somebody reads from it, and makes no writer wait for that', async () => {
    const { upkeep, connection, file, turn } = await upkeepOf();
    await upkeep.start();
    connection.sqlite.exec(MANY_TAGS);
    const reader = connectionOf(file);
    reader.exec('begin');
    reader.prepare('select count(*) from tags').get();
    connection.sqlite.exec('delete from tags where id > 4000');
    await turn();
    const fromMs = performance.now();
    connection.db.insert(tags).values({ name: 'meanwhile' }).run();
    expect(performance.now() - fromMs).toBeLessThan(500);
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    reader.exec('commit');
  });
});

describe('the file of the database', () => {
  it('gives back the space of what is gone, some at a time, and keeps a little for what comes', async () => {
    const { upkeep, connection, file, turn } = await upkeepOf();
    const { sqlite } = connection;
    sqlite.exec(MANY_TAGS.replace('200)', '325)'));
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
    const before = statSync(file).size;
    sqlite.exec('delete from tags');
    await upkeep.start();
    await turn(130_000);
    await turn();
    await turn(31_000);
    await turn();
    const { freeBytes } = await upkeep.describe();
    expect(freeBytes).toBeLessThanOrEqual(8.3 * 1024 * 1024);
    expect(statSync(file).size).toBeLessThan(before);
    expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
  });
});

describe('the station’s own past', () => {
  it('is cut to what the settings say, but never by a clock that may be wrong', async () => {
    let trusted = false;
    const { upkeep, connection, turn, clock, bus } = await upkeepOf({
      clockTrusted: () => trusted,
      history: { alerts_days: 30 },
    });
    const old = { code: 'x', level: 'info', evidence: '', sinceMs: 1, clearedAtMs: 2 } as const;
    connection.db.insert(alerts).values(old).run();
    await upkeep.start();
    await turn(130_000);
    expect(connection.db.select().from(alerts).all()).toHaveLength(1);
    trusted = true;
    bus.emit('settings.changed', { keys: ['history.alerts_days'] });
    await clock.advance(0);
    await turn();
    expect(connection.db.select().from(alerts).all()).toEqual([]);
  });

  it('keeps three damaged databases and lets go of older ones', async () => {
    const { upkeep, folder, turn } = await upkeepOf();
    for (let n = 1; n <= 5; n++) {
      const name = join(folder, `station.db.damaged-2026-04-0${String(n)}T12-30-00.000Z`);
      writeFileSync(name, '');
      writeFileSync(`${name}-wal`, '');
    }
    await upkeep.start();
    await turn(130_000);
    await turn();
    const left = readdirSync(folder).filter((name) => name.includes('damaged'));
    expect(left).toHaveLength(6);
    expect(left.every((name) => /-0[345]T/.test(name))).toBe(true);
  });

  it.each([
    ['lets go of copies of before migrations and damaged ones after 30 days', true, []],
    ['keeps them where the clock may be wrong', false, ['before-migration', 'damaged']],
  ])('%s', async (_, trusted, kept) => {
    const place = databasePlace();
    const old = [
      'station.db.damaged-2026-03-31T12-00-00.000Z',
      'backups/station_2026-03-31T12-00-00.000Z_before-migration.db',
    ];
    const young = [
      'station.db.damaged-2026-04-02T12-00-00.000Z',
      'backups/station_2026-04-02T12-00-00.000Z_before-migration.db',
    ];
    mkdirSync(place.backupDir);
    for (const name of [...old, ...young]) writeFileSync(join(place.folder, name), '');
    const { upkeep, folder, turn } = await upkeepOf({ clockTrusted: () => trusted }, place);
    await upkeep.start();
    await turn(130_000);
    await turn();
    expect(young.every((name) => existsSync(join(folder, name)))).toBe(true);
    const left = old.filter((name) => existsSync(join(folder, name)));
    expect(left.map((name) => /before-migration|damaged/.exec(name)?.[0]).sort()).toEqual(kept);
  });

  it('remembers what was purged as long as there is a copy that is older', async () => {
    const { upkeep, backupDir, clock, turn } = await upkeepOf();
    const made = clock.wallMs();
    const purged = (atMs: number) => ({ atMs, id: atMs, hash: '0'.repeat(32) });
    const dayMs = 24 * HOUR;
    await upkeep.purges.add([purged(made - 5 * dayMs), purged(made - dayMs)]);
    await upkeep.purges.add([purged(made - dayMs + 1)]);
    mkdirSync(backupDir, { recursive: true });
    writeFileSync(join(backupDir, 'station_2026-04-28T12-00-00.000Z_by-hand.db'), '');
    await upkeep.start();
    await turn(130_000);
    await turn();
    expect(await upkeep.purges.all()).toEqual([purged(made - dayMs), purged(made - dayMs + 1)]);
  });
});

describe('after a restore', () => {
  it('deletions are held until an audit has passed, also over a restart', async () => {
    const place = databasePlace();
    (await place.open({ isKnown: true })).connection.sqlite.close();
    const first = await upkeepOf({}, place);
    expect(first.upkeep.deletionsHeld()).toBe(true);
    await first.upkeep.stop();
    const { upkeep, bus } = await upkeepOf({}, place);
    expect(upkeep.deletionsHeld()).toBe(true);
    expect((await upkeep.describe()).restored).toMatchObject({ from: null });
    await upkeep.start();
    bus.emit('audit.passed', { rows: 0, markedMissing: 0 });
    expect(upkeep.deletionsHeld()).toBe(false);
    await soon(async () => expect(await readMark(place.file, 'restored')).toBeNull());
  });
});

function connectionOf(file: string) {
  const sqlite = openSqlite(file, { readonly: true });
  onTestFinished(() => void sqlite.close());
  return sqlite;
}

/** As if one had just been made: none is due. */
function writeBackupOf(backupDir: string): void {
  mkdirSync(backupDir, { recursive: true });
  writeFileSync(join(backupDir, 'station_2026-05-01T11-59-00.000Z_scheduled.db'), '');
}
