import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RecorderStatus } from '@shared/model/recorder';
import { toInstant } from '@shared/model/time';
import { verifyCertificate } from '@main/coverage/certificate';
import { compareFiles } from '@main/coverage/certified-files';
import { CoverageReport } from '@main/coverage/coverage-report';
import { DutyJournal } from '@main/coverage/duty-journal';
import { GapJournal } from '@main/coverage/gap-journal';
import { StationKey } from '@main/coverage/station-key';
import { InvalidValueError, NotFoundError } from '@main/request-error';
import { FakeClock } from '../../support/fake-clock';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';
import { temporaryFolder } from '../../support/temporary-folder';

const DAY = '2026-11-21';
const MIDNIGHT = Date.UTC(2026, 10, 20, 23); // in Berlin
const HOUR = 3_600_000;
const at = (s: number): number => MIDNIGHT + s * 1000;

/** A station in Berlin whose microphone has been on duty since midnight and recorded its first hour. */
function world(nowS = 3607, usable: () => boolean = () => true) {
  const dataDir = temporaryFolder();
  const unreadable = new Set<number>();
  /** What is written when somebody asks for hashes. */
  const atHashing: string[] = [];
  const connection = stationDatabase();
  const clock = new FakeClock(at(nowS));
  insertDevice(connection, 'mic', { displayName: 'Owl' });
  insertDevice(connection, 'old', { removedAtMs: 1 });
  insertDevice(connection, 'idle');
  new DutyJournal(connection, () => null).change('mic', true, 'should_record', at(0));
  /** A row, and its file: as long as it should be, and empty. */
  const record = (columns: Omit<Parameters<typeof insertRecording>[1], 'rawPath'>): number => {
    const id = insertRecording(connection, columns);
    const path = fileOf(id);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    truncateSync(path, 960_044);
    return id;
  };
  const fileOf = (id: number): string => {
    const row = connection.sqlite
      .prepare<[number], { path: string }>('select raw_path as path from recordings where id = ?')
      .get(id);
    return join(dataDir, row!.path);
  };
  connection.sqlite.transaction(() => {
    for (let s = 0; s < 3600; s += 10) {
      record({ device: 'mic', timeMs: at(s), rawSha256: 'ab'.repeat(32) });
    }
  })();
  const recorders: Partial<RecorderStatus>[] = [];
  const report = new CoverageReport({
    connection,
    clock,
    recorders: () => recorders as RecorderStatus[],
    station: () => ({ name: 'Wald', timezone: 'Europe/Berlin', latitude: null, longitude: null }),
    stationId: () => 'id',
    software: 'test',
    clockSynced: () => true,
    bootId: () => Promise.resolve('boot-1'),
    hashNow: () => {
      connection.sqlite.exec(atHashing.splice(0).join(';'));
      return Promise.resolve();
    },
    unreadable: (id) => unreadable.has(id),
    key: new StationKey(join(dataDir, 'station-key.pem'), () => usable()),
    dataDir,
    diskUsable: () => usable(),
  });
  const records = (columns: Partial<RecorderStatus> = {}): void => {
    recorders.push({
      device: 'mic',
      state: 'recording',
      runId: 'aaaaaaaa',
      runStartedAt: toInstant(at(0)),
      lastSegmentAt: toInstant(at(3600)),
      lastAudioAt: toInstant(at(nowS)),
      segmentDurationS: 10,
      ...columns,
    });
  };
  return { connection, report, records, record, fileOf, unreadable, atHashing, dataDir };
}

const mic = async (report: CoverageReport) =>
  (await report.day({ day: DAY, device: 'mic' })).devices[0]!;

describe('a day', () => {
  it('holds the microphones that the station has, and others of which there is something', async () => {
    const { report, record } = world();
    expect(await report.day({ day: DAY })).toMatchObject({
      day: DAY,
      timezone: 'Europe/Berlin',
      from: toInstant(at(0)),
      to: toInstant(at(86_400)),
      at: toInstant(at(3607)),
      devices: [
        { device: 'idle', coverage: null },
        { device: 'mic', displayName: 'Owl' },
      ],
    });
    record({ device: 'old', timeMs: at(100) });
    const { devices } = await report.day({ day: DAY });
    expect(devices.map(({ device }) => device)).toEqual(['idle', 'mic', 'old']);
    await expect(report.day({ day: DAY, device: 'ghost' })).rejects.toThrow(NotFoundError);
  });

  it('lets others have a turn between one microphone and the next', async () => {
    const { report } = world();
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      if (isOver) return;
      turns += 1;
      setImmediate(turn);
    };
    setImmediate(turn);
    const { devices } = await report.day({ day: DAY });
    isOver = true;
    expect(devices.length).toBeGreaterThan(1);
    expect(turns).toBeGreaterThanOrEqual(devices.length - 1);
  });

  it('does not count what was brought in from elsewhere', async () => {
    const { report, record } = world();
    record({ device: 'mic', timeMs: at(3600), source: 'import' });
    expect(await mic(report)).toMatchObject({ recordings: 360, recordedS: 3600 });
  });

  it('counts what the janitor has removed: it was recorded', async () => {
    const { report, connection } = world();
    connection.sqlite.exec('update recordings set local_deleted = 1');
    expect(await mic(report)).toMatchObject({ recordedS: 3600 });
  });

  it('of which the schedule was lost with the database counts recorded time as scheduled', async () => {
    const { report, connection } = world();
    connection.sqlite.exec('delete from duties');
    const lost = { scheduledS: 3600, recordedS: 3600, coverage: 1, gaps: [] };
    expect(await mic(report)).toMatchObject({ ...lost, scheduledFromRecordingsS: 3600 });
    const { devices } = await report.day({ day: DAY, device: 'idle' });
    expect(devices[0]).not.toHaveProperty('scheduledFromRecordingsS');
  });
});

describe('the segment that is being written', () => {
  it('is not judged', async () => {
    const { report, records } = world();
    expect(await mic(report)).toMatchObject({ scheduledS: 3607, recordedS: 3600 });
    records();
    expect(await mic(report)).toMatchObject({ scheduledS: 3600, coverage: 1, gaps: [] });
  });

  it('is judged from where its audio stopped growing', async () => {
    const { report, records } = world(3660);
    records({ state: 'stalled', lastAudioAt: toInstant(at(3605)) });
    expect((await mic(report)).gaps).toMatchObject([{ from: toInstant(at(3605)), seconds: 55 }]);
  });

  it('does not excuse a row that never comes', async () => {
    const { report, records } = world(3900);
    records({ lastSegmentAt: toInstant(at(3890)) });
    expect((await mic(report)).gaps).toMatchObject([{ from: toInstant(at(3600)), seconds: 260 }]);
  });

  it.each([
    ['still before all of it', 3620],
    ['in the middle of it', 3637],
  ])('is told from what was lost a moment ago: what is not judged begins %s', async (_, nowS) => {
    const { connection, report, records, record } = world(nowS);
    for (let s = 3605; s + 10 <= nowS; s += 10) {
      record({ device: 'mic', timeMs: at(s), runId: 'aaaaaaaa', sequence: s });
    }
    const lost = { reason: 'lost', detail: '5 s' } as const;
    new GapJournal(connection, () => null).add('mic', at(3600), at(3605), lost);
    records({ lastSegmentAt: toInstant(at(nowS - 5)) });
    expect(await mic(report)).toMatchObject({
      gaps: [{ from: toInstant(at(3600)), seconds: 5, reason: 'lost' }],
    });
  });

  it('of a capture that waits to be tried again is none', async () => {
    const { report, records } = world();
    records({ state: 'waiting' });
    expect((await mic(report)).gaps).toMatchObject([{ seconds: 7 }]);
  });
});

describe('a certificate', () => {
  const range = (fromS: number, toS: number) => ({
    from: toInstant(at(fromS)),
    to: toInstant(at(toS)),
  });

  it('of time that is over is valid, and names the files that make it up', async () => {
    const { report } = world();
    const certificate = await report.certificate(range(5, 3605));
    expect(verifyCertificate(JSON.stringify(certificate))).toMatchObject({
      ok: true,
      problems: [],
    });
    const [device, ...others] = certificate.devices;
    expect(others).toEqual([]);
    expect(device).toMatchObject({ device: 'mic', recordedS: 3595, scheduledS: 3600 });
    expect(device!.files).toHaveLength(360);
    expect(device!.gaps).toMatchObject([{ seconds: 5, to: toInstant(at(3605)) }]);
  });

  it('of time up to this very moment has no gap without an end', async () => {
    const { report } = world();
    const certificate = await report.certificate(range(0, 3607));
    expect(verifyCertificate(JSON.stringify(certificate)).problems).toEqual([]);
    expect(certificate.devices[0]!.gaps).toMatchObject([{ to: toInstant(at(3607)) }]);
  });

  it.each([
    ['is not over', 0, 3608],
    ['is none', 100, 100],
    ['goes backwards', 100, 50],
    ['is longer than two days', -3 * 86_400, 0],
  ])('of time that %s is refused', async (_, fromS, toS) => {
    const { report } = world();
    await expect(report.certificate(range(fromS, toS))).rejects.toThrow(InvalidValueError);
  });

  it('waits for the segment that reaches into its time', async () => {
    const { report, records } = world();
    records();
    await expect(report.certificate(range(0, 3605))).rejects.toThrow(/still being written/);
    expect((await report.certificate(range(0, 3600))).devices[0]).toMatchObject({ coverage: 1 });
  });

  it('waits for the hashes of its files, but not for those of files that cannot be read or are gone', async () => {
    const { report, connection, unreadable, atHashing, record } = world();
    const ids = [3600, 3605].map((s) => record({ device: 'mic', timeMs: at(s), durationS: 1 }));
    await expect(report.certificate(range(0, 3607))).rejects.toThrow(
      'to: 2 files of mic are still being hashed; ask again in a moment',
    );
    expect((await report.certificate(range(0, 3600))).devices[0]!.files).toHaveLength(360);
    atHashing.push(
      `update recordings set raw_sha256 = '${'cd'.repeat(32)}' where id in (${ids.join()})`,
    );
    const { devices } = await report.certificate(range(0, 3607));
    expect(devices[0]!.files.at(-1)!.sha256).toBe('cd'.repeat(32));
    connection.sqlite.exec(`update recordings set raw_sha256 = null where id in (${ids.join()})`);
    unreadable.add(ids[0]!);
    connection.sqlite.prepare('update recordings set local_deleted = 1 where id = ?').run(ids[1]);
    const certificate = await report.certificate(range(0, 3607));
    expect(certificate.devices[0]!.files.filter(({ sha256 }) => sha256 === null)).toHaveLength(2);
    expect(verifyCertificate(JSON.stringify(certificate)).notes).toEqual([
      expect.stringMatching(/ 1 of 362 files had been removed by the station/),
      expect.stringMatching(/ 1 of 362 files have no SHA-256/),
    ]);
  });

  it('waits as long as its files may still be renamed because the clock was wrong', async () => {
    const { report, connection } = world();
    const anchor = (bootId: string): void => {
      connection.sqlite.exec('delete from clock_anchors');
      connection.sqlite
        .prepare(
          `insert into clock_anchors (run_id, boot_id, monotonic_ms, wall_ms, synced, reason)
           values ('aaaaaaaa', ?, 0, 0, 0, 'run_start')`,
        )
        .run(bootId);
    };
    connection.sqlite.exec(
      "update recordings set clock_unsynced = 1, run_id = 'aaaaaaaa', sequence = id where id > 350",
    );
    anchor('boot-1');
    await expect(report.certificate(range(0, 3600))).rejects.toThrow(
      /times of 10 files of mic may still be corrected.*station clock confirm/,
    );
    // Of an earlier boot nobody will ever know better.
    anchor('boot-0');
    const { devices } = await report.certificate(range(0, 3600));
    expect(devices[0]).toMatchObject({ unsyncedS: 100, clockUnknownS: 0 });
    expect(devices[0]!.files.at(-1)).toMatchObject({ clock: 'not_synchronised' });
    connection.sqlite.exec('update recordings set clock_unsynced = 0, clock_unknown = 1');
    expect((await report.certificate(range(0, 3600))).devices[0]).toMatchObject({
      unsyncedS: 0,
      clockUnknownS: 3600,
      files: expect.arrayContaining([expect.objectContaining({ clock: 'unknown' })]) as unknown,
    });
  });

  it('of sound that was lost bit by bit, or came after all, does not contradict itself', async () => {
    const { report, connection, record } = world();
    connection.sqlite.exec(
      `delete from recordings;
       insert into gaps (device, from_ms, to_ms, reason)
       values ('mic', ${String(at(1000) - 3)}, ${String(at(1000) + 5)}, 'overrun')`,
    );
    let timeMs = at(0);
    for (let n = 0; n < 60; n += 1) {
      // 8 ms lost at 1000 s, two seconds thought lost at 2000 s and found again at 2500 s.
      timeMs += n === 20 ? 8 : n === 40 ? 2000 : n === 50 ? -2000 : 0;
      record({
        device: 'mic',
        timeMs,
        durationS: 50,
        runId: 'aaaaaaaa',
        sequence: n,
        rawSha256: 'ab'.repeat(32),
      });
      timeMs += 50_000;
    }
    const certificate = await report.certificate(range(0, 3000));
    expect(verifyCertificate(JSON.stringify(certificate)).problems).toEqual([]);
    expect(certificate.devices[0]!.gaps).toMatchObject([{ seconds: 0.008, reason: 'overrun' }]);
  });

  it('is not signed while the disk with the station’s key and its files is missing', async () => {
    let there = false;
    const { report } = world(3607, () => there);
    await expect(report.certificate(range(0, 3600))).rejects.toThrow(/the data disk is missing/);
    there = true;
    const { signature, devices } = await report.certificate(range(0, 3600));
    expect(signature.value).not.toBe('');
    expect(devices[0]!.files.filter(({ absent }) => absent !== undefined)).toEqual([]);
    there = false;
    // The key is known by now; whether the files are still there is not.
    await expect(report.certificate(range(0, 3600))).rejects.toThrow(/the data disk is missing/);
  });

  it('names files that are not there any more, does not count their sound, and stays valid', async () => {
    const { report, fileOf, connection, dataDir } = world();
    rmSync(fileOf(10)); // moved away
    truncateSync(fileOf(20), 44); // another file in its place
    connection.sqlite.exec(
      `update recordings set local_deleted = 1, local_deleted_reason = 'housekeeping' where id = 30;
       update recordings set raw_sha256 = null where id in (10, 30)`,
    );
    rmSync(fileOf(30));
    const certificate = await report.certificate(range(0, 3600));
    const [device] = certificate.devices;
    expect(device).toMatchObject({ scheduledS: 3600, recordedS: 3580, recordings: 358 });
    expect(device!.gaps).toMatchObject([
      { from: toInstant(at(90)), seconds: 10, reason: 'file_missing' },
      { from: toInstant(at(190)), seconds: 10, reason: 'file_missing' },
    ]);
    expect(device!.files.map(({ absent }, i) => [i + 1, absent]).filter(([, a]) => a)).toEqual([
      [10, 'missing'],
      [20, 'missing'],
      [30, 'removed'],
    ]);
    const { problems, notes } = verifyCertificate(JSON.stringify(certificate));
    expect({ problems, notes: notes.length }).toEqual({ problems: [], notes: 2 });
    // What is empty has another hash than what was recorded: the names of all others are told, of these none.
    const told = (await compareFiles(certificate, dataDir)).map((text) => text.split(':')[0]);
    expect(told).toHaveLength(357);
    expect(told).not.toContain(device!.files[9]!.path);
  });

  it('of a time in which there was nothing at all is refused', async () => {
    const { report } = world();
    await expect(report.certificate(range(-7200, -3600))).rejects.toThrow(
      /nothing was scheduled and nothing is recorded in this time/,
    );
  });

  it('of one microphone holds that one, though there be nothing of it', async () => {
    const { report } = world();
    const { devices } = await report.certificate({ ...range(0, 100), device: 'idle' });
    expect(devices).toMatchObject([{ device: 'idle', coverage: null, files: [] }]);
    await expect(report.certificate({ ...range(0, 100), device: 'ghost' })).rejects.toThrow(
      NotFoundError,
    );
  });
});

describe('the sums of days', () => {
  it('are those of each day, over all microphones, up to now', async () => {
    const { connection, report, record } = world(3605.4);
    const gaps = new GapJournal(connection, () => null);
    gaps.add('mic', at(3600), at(3605), { reason: 'unplugged', detail: '' });
    gaps.add('mic', at(3605), at(3605.4), { reason: 'restart', detail: '' }); // not worth a mark
    record({ device: 'old', timeMs: at(100) });
    const days = ['2026-11-20', DAY];
    const sums = await report.days({ from: days[0]!, to: '2026-11-25' });
    expect(sums.map(({ day }) => day)).toEqual(days);
    for (const sum of sums) {
      const { devices } = await report.day({ day: sum.day });
      const total = (of: 'scheduledS' | 'recordedS') =>
        devices.reduce((all, device) => all + device[of], 0);
      expect(sum).toEqual({
        day: sum.day,
        scheduledS: total('scheduledS'),
        recordedS: total('recordedS'),
        gaps: devices
          .flatMap((device) => device.gaps)
          .filter(({ to, seconds }) => to === null || seconds >= 1).length,
      });
    }
    expect(sums[1]!.recordedS).toBeGreaterThanOrEqual(3600);
    const today = await report.day({ day: DAY });
    expect(today.devices.flatMap((device) => device.gaps).length).toBeGreaterThan(sums[1]!.gaps);
  });

  it('are given for 31 days at most, in their order, and to nobody who has left', async () => {
    const { report } = world();
    await expect(report.days({ from: '2026-10-01', to: '2026-11-01' })).rejects.toThrow(
      InvalidValueError,
    );
    await expect(report.days({ from: DAY, to: '2026-11-20' })).rejects.toThrow(InvalidValueError);
    const left = AbortSignal.abort(new Error('left'));
    await expect(report.days({ from: DAY, to: DAY }, left)).rejects.toThrow('left');
  });
});

it('a day on which clocks are set back lasts 25 hours', async () => {
  const { report } = world();
  const { from, to } = await report.day({ day: '2026-10-25' });
  expect((Date.parse(to) - Date.parse(from)) / HOUR).toBe(25);
});
