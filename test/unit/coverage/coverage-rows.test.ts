import type { Statement } from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { coverageOf } from '@main/coverage/coverage-of';
import { CoverageRows } from '@main/coverage/coverage-rows';
import { DutyJournal } from '@main/coverage/duty-journal';
import { GapJournal } from '@main/coverage/gap-journal';
import { watchQueries } from '../../support/query-plans';
import { insertDevice } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const DAY_MS = 86_400_000;
const MIDNIGHT = Date.UTC(2026, 10, 21);

describe('what coverage is told from', () => {
  it('is found on indices, and nothing is sorted by hand', () => {
    const connection = stationDatabase();
    const queries = watchQueries(connection).of(() => {
      new CoverageRows(connection);
      new DutyJournal(connection, () => null);
      new GapJournal(connection, () => null);
    });
    const selects = queries.filter(({ sql }) => sql.trim().startsWith('select'));
    const timed = selects.filter(({ sql }) => !/from devices/.test(sql));
    expect(timed.length).toBeGreaterThanOrEqual(8);
    for (const { sql, plan } of timed) {
      expect(plan, sql).not.toMatch(/TEMP B-TREE/);
      // A handful of open rows has an index of its own.
      expect(plan, sql).toMatch(/SEARCH|SCAN duties USING INDEX ux_duties_open/);
      if (/@from|time_ms [<>]/.test(sql)) expect(plan, sql).toMatch(/device=\? AND (from|time)_ms/);
    }
  });

  it('of a day of five microphones is asked in a handful of questions, however much was recorded', () => {
    const connection = stationDatabase();
    const { sqlite } = connection;
    const insert = sqlite.prepare(
      `insert into recordings (device, time_ms, duration_s, run_id, sequence, raw_path, indexed_at_ms)
       values (?, ?, 100, 'aaaaaaaa', ?, ?, 0)`,
    );
    const names = ['a', 'b', 'c', 'd', 'e'];
    sqlite.transaction(() => {
      for (const name of names) {
        insertDevice(connection, name);
        for (let n = 0; n < 864; n += 1) {
          insert.run(name, MIDNIGHT + n * 100_000, n, `${name}/${String(n)}.wav`);
        }
        new DutyJournal(connection, () => null).change(
          name,
          true,
          'should_record',
          MIDNIGHT - DAY_MS,
        );
      }
    })();
    const rows = new CoverageRows(connection);
    const span = { fromMs: MIDNIGHT, toMs: MIDNIGHT + DAY_MS };
    const tell = () =>
      rows.devices().map(({ name, displayName, simulated }) =>
        coverageOf({
          ...span,
          device: name,
          displayName,
          simulated,
          duties: rows.duties(name, span),
          recordings: rows.recordings(name, span),
          dutiesSinceMs: rows.firstDutyMs(name),
          gaps: rows.gaps(name, span),
          nowMs: MIDNIGHT + 2 * DAY_MS,
          pending: null,
        }),
      );
    for (const coverage of tell()) {
      expect(coverage).toMatchObject({ scheduledS: 86_400, recordedS: 86_400, recordings: 864 });
    }
    const statement = Object.getPrototypeOf(sqlite.prepare('select 1')) as Statement;
    const asked = (['all', 'get', 'iterate'] as const).map((way) => vi.spyOn(statement, way));
    tell();
    const questions = asked.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    expect(questions).toBeGreaterThanOrEqual(names.length);
    expect(questions).toBeLessThanOrEqual(1 + 4 * names.length);
  });
});

describe('gaps of one device', () => {
  function journal() {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    insertDevice(connection, 'other');
    const gaps = new GapJournal(connection, () => null);
    const rows = () =>
      connection.sqlite
        .prepare('select from_ms, to_ms, reason from gaps where device = ? order by from_ms')
        .raw()
        .all('mic');
    return { gaps, rows };
  }
  const unplugged = { reason: 'unplugged', detail: '' } as const;
  const lost = { reason: 'lost', detail: '' } as const;

  it('never overlap: a new one takes what no other one holds', () => {
    const { gaps, rows } = journal();
    gaps.add('mic', 1000, 2000, unplugged);
    gaps.add('mic', 3000, 4000, unplugged);
    gaps.add('mic', 500, 5000, lost);
    gaps.add('mic', 1200, 1800, lost);
    expect(rows()).toEqual([
      [500, 1000, 'lost'],
      [1000, 2000, 'unplugged'],
      [2000, 3000, 'lost'],
      [3000, 4000, 'unplugged'],
      [4000, 5000, 'lost'],
    ]);
  });

  it('last one at a time: another cause begins where the one before ends', () => {
    const { gaps, rows } = journal();
    gaps.open('mic', 1000, unplugged);
    gaps.open('mic', 5000, lost);
    gaps.add('mic', 5500, 6000, unplugged);
    expect(rows()).toEqual([
      [1000, 5000, 'unplugged'],
      [5000, null, 'lost'],
    ]);
    gaps.close('mic', 9000);
    gaps.close('mic', 9500);
    gaps.open('mic', 8000, unplugged);
    expect(rows()).toEqual([
      [1000, 5000, 'unplugged'],
      [5000, 9000, 'lost'],
      [9000, null, 'unplugged'],
    ]);
  });

  it('shorter than a packet are none', () => {
    const { gaps, rows } = journal();
    gaps.add('mic', 1000, 1019, unplugged);
    gaps.open('mic', 2000, unplugged);
    gaps.close('mic', 2019);
    gaps.open('mic', 3000, unplugged);
    gaps.close('mic', 2000);
    expect(rows()).toEqual([]);
    gaps.add('mic', 1000, 1020, unplugged);
    expect(rows()).toHaveLength(1);
  });

  it('of sound that was lost inside a run count from a millisecond on', () => {
    const { gaps, rows } = journal();
    gaps.add('mic', 1000, 1012, lost);
    gaps.add('mic', 2000, 2000, lost);
    expect(rows()).toEqual([[1000, 1012, 'lost']]);
  });

  it('are shortened, the latest first, by what came after all', () => {
    const { gaps, rows } = journal();
    const add = (): void => {
      gaps.add('mic', 1000, 2000, lost);
      gaps.add('mic', 3000, 4000, { reason: 'overrun', detail: '' });
      gaps.add('mic', 5000, 6000, unplugged);
    };
    add();
    gaps.shorten('mic', 0, 1400.4);
    expect(rows()).toEqual([
      [1000, 1600, 'lost'],
      [5000, 6000, 'unplugged'],
    ]);
    // What another run lost stays lost.
    gaps.shorten('mic', 1001, 5000);
    expect(rows()).toHaveLength(2);
    gaps.shorten('other', 0, 5000);
    expect(rows()).toHaveLength(2);
  });
});
