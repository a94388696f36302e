import { describe, expect, it } from 'vitest';
import {
  type Backup,
  isBackupDue,
  newestFirst,
  outdatedOf,
  parseBackupName,
  planRoom,
  surplusOf,
} from '@main/database/backup-plan';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 4, 10);

function made(hoursAgo: number, why = 'scheduled', sizeBytes = 100): Backup {
  return { name: `${why} ${String(hoursAgo)}`, sizeBytes, atMs: NOW - hoursAgo * HOUR, why };
}

describe('the name of a backup', () => {
  it('tells when and why it was made', () => {
    expect(parseBackupName('station_2026-05-01T12-00-00.000Z_before-migration.db')).toEqual({
      atMs: Date.UTC(2026, 4, 1, 12),
      why: 'before-migration',
    });
  });

  it.each([
    'station.db',
    'station_2026-05-01T12-00-00.000Z_daily.db.tmp',
    'station_2026-05-01T12-00-00.000Z_daily.db-wal',
    'station_2026-99-01T12-00-00.000Z_daily.db',
    'station_yesterday_daily.db',
    'notes.txt',
  ])('is not taken from "%s"', (name) => {
    expect(parseBackupName(name)).toBeNull();
  });
});

describe('the order of backups', () => {
  it('begins with the newest, and ends with those that a wrong clock dated into the future', () => {
    const order = newestFirst([made(30), made(-9000), made(2), made(5)], NOW);
    expect(order.map(({ atMs }) => (NOW - atMs) / HOUR)).toEqual([2, 5, 30, -9000]);
  });
});

describe('what there is too much of', () => {
  it('goes, the oldest first, and those of before migrations by their own count', () => {
    const backups = [
      ...[1, 2, 3, 4].map((hours) => made(hours)),
      ...[10, 20, 30, 40].map((hours) => made(hours, 'before-migration')),
    ];
    expect(surplusOf(backups, 2).map(({ name }) => name)).toEqual([
      'scheduled 3',
      'scheduled 4',
      'before-migration 40',
    ]);
  });
});

describe('a copy of before a migration', () => {
  it('goes after 30 days, whatever others there are', () => {
    const days = (count: number, why: string): Backup => made(24 * count, why);
    const backups = [
      days(1, 'scheduled'),
      days(29, 'before-migration'),
      days(31, 'by-hand'),
      days(31, 'before-migration'),
    ];
    expect(outdatedOf(backups, NOW)).toEqual([backups[3]]);
  });

  it('stays while it is the newest copy of all', () => {
    expect(outdatedOf([made(24 * 400, 'before-migration')], NOW)).toEqual([]);
  });
});

describe('the next backup', () => {
  const facts = {
    backups: [made(20)],
    nowMs: NOW,
    intervalMs: 24 * HOUR,
    sinceMadeMs: null,
    clockTrusted: true,
  };
  it.each([
    ['is due where there is none', { backups: [] }, true],
    ['is due where there is none, whatever the clock', { backups: [], clockTrusted: false }, true],
    ['waits while the last one is young', {}, false],
    ['is due when the last one is old', { backups: [made(24), made(50)] }, true],
    [
      'waits for a clock that tells how old it is',
      { backups: [made(50)], clockTrusted: false },
      false,
    ],
    ['is due though one lies in the future', { backups: [made(-500)] }, true],
    [
      'is due by this console’s own time, whatever the clock says',
      { sinceMadeMs: 24 * HOUR },
      true,
    ],
    [
      'waits by its own time when the clock jumps ahead',
      { backups: [made(900)], sinceMadeMs: HOUR },
      false,
    ],
  ])('%s', (_, change, due) => {
    expect(isBackupDue({ ...facts, ...change })).toBe(due);
  });
});

describe('room for a copy', () => {
  const backups = [made(1), made(2), made(3)];
  const room = (freeBytes: number) =>
    planRoom({ backups, copyBytes: 100, reserveBytes: 50, freeBytes });

  it('is there: nothing goes', () => {
    expect(room(150)).toEqual({ drop: [], enough: true, missingBytes: 0 });
  });
  it('is made by older copies, as many as it takes', () => {
    expect(room(60).drop.map(({ name }) => name)).toEqual(['scheduled 3']);
    expect(room(-40).drop.map(({ name }) => name)).toEqual(['scheduled 3', 'scheduled 2']);
  });
  it('is never made by the newest: then nothing goes at all', () => {
    expect(room(-60)).toEqual({ drop: [], enough: false, missingBytes: 10 });
  });
});
