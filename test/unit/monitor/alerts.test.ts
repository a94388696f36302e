import { describe, expect, it } from 'vitest';
import { alerts as table } from '@main/database/schema';
import { createEventBus } from '@main/events/bus';
import { Alerts } from '@main/monitor/alerts';
import { FakeClock } from '../../support/fake-clock';
import { stationDatabase } from '../../support/station-database';

function setUp() {
  const connection = stationDatabase();
  const clock = new FakeClock();
  const bus = createEventBus();
  const told: string[] = [];
  bus.on('alert.changed', ({ code }) => told.push(code));
  return { connection, clock, told, alerts: new Alerts({ connection, clock, bus }) };
}

describe('an alert', () => {
  it('opens once, however often it is raised', async () => {
    const { alerts, clock, told } = setUp();
    alerts.raise('disk.low', 'warning', 'first');
    await clock.advance(29_000);
    alerts.raise('disk.low', 'critical', 'again');
    expect(alerts.open()).toEqual([
      {
        id: 1,
        code: 'disk.low',
        level: 'warning',
        since: '2026-05-01T12:00:00.000Z',
        subject: null,
        evidence: 'first',
      },
    ]);
    expect(told).toEqual(['disk.low']);
  });

  it('tells what is the matter by now, twice a minute at most, also to those who ask the history', async () => {
    const { alerts, clock, told } = setUp();
    alerts.raise('recorder.losing_sound', 'warning', '0.05 s are lost');
    for (let s = 1; s <= 60; s += 1) {
      await clock.advance(1_000);
      alerts.raise('recorder.losing_sound', 'warning', `${String(s)} s are lost`);
    }
    expect(alerts.open().map(({ evidence }) => evidence)).toEqual(['60 s are lost']);
    expect(told).toHaveLength(3);
    expect(alerts.history({ limit: 10 })).toMatchObject([
      { evidence: '60 s are lost', since: '2026-05-01T12:00:00.000Z', clearedAt: null },
    ]);
  });

  it('is one for each thing that it is about', () => {
    const { alerts } = setUp();
    alerts.raise('recorder.failing', 'critical', 'x', 'mic-1');
    alerts.raise('recorder.failing', 'critical', 'x', 'mic-2');
    alerts.raise('recorder.failing', 'critical', 'x');
    expect(alerts.open().map((alert) => alert.subject)).toEqual(['mic-1', 'mic-2', null]);
    alerts.clear('recorder.failing', 'mic-1');
    expect(alerts.open().map((alert) => alert.subject)).toEqual(['mic-2', null]);
  });

  it('is gone when cleared, stays in the history, and opens anew', async () => {
    const { alerts, clock, connection, told } = setUp();
    alerts.raise('disk.low', 'warning', 'first');
    await clock.advance(1000);
    alerts.clear('disk.low');
    expect(alerts.open()).toEqual([]);
    await clock.advance(1000);
    alerts.raise('disk.low', 'critical', 'second');
    expect(alerts.open()).toMatchObject([{ id: 2, level: 'critical', evidence: 'second' }]);
    const since = Date.UTC(2026, 4, 1, 12);
    expect(connection.db.select().from(table).all()).toMatchObject([
      { sinceMs: since, clearedAtMs: since + 1000 },
      { sinceMs: since + 2000, clearedAtMs: null },
    ]);
    expect(told).toEqual(['disk.low', 'disk.low', 'disk.low']);
  });

  it('that is not open can be cleared without a word, and what was cleared stays as it was', async () => {
    const { alerts, told, clock, connection } = setUp();
    alerts.clear('disk.low');
    expect(told).toEqual([]);
    alerts.raise('disk.low', 'warning', '');
    alerts.clear('disk.low');
    const cleared = connection.db.select().from(table).all();
    await clock.advance(1000);
    alerts.clear('disk.low');
    expect(told).toEqual(['disk.low', 'disk.low']);
    expect(connection.db.select().from(table).all()).toEqual(cleared);
  });

  it('that has been open the longest comes first', async () => {
    const { alerts, clock } = setUp();
    alerts.raise('b', 'info', '');
    clock.stepWall(-5000); // the clock was wrong
    alerts.raise('a', 'info', '');
    await clock.advance(10_000);
    alerts.raise('c', 'info', '');
    expect(alerts.open().map((alert) => alert.code)).toEqual(['a', 'b', 'c']);
  });
});

describe('the history of alerts', () => {
  it('gives the newest first, page by page, open ones among them', () => {
    const { alerts } = setUp();
    for (let n = 0; n < 5; n++) alerts.raise('disk.low', 'warning', String(n), `d${String(n)}`);
    alerts.clear('disk.low', 'd3');
    const first = alerts.history({ limit: 2 });
    expect(first.map(({ evidence }) => evidence)).toEqual(['4', '3']);
    expect(first.map(({ clearedAt }) => clearedAt === null)).toEqual([true, false]);
    const next = alerts.history({ limit: 9, beforeId: first[1]?.id });
    expect(next.map(({ evidence }) => evidence)).toEqual(['2', '1', '0']);
  });

  it('is bounded, and what is open is never forgotten', () => {
    const { connection, clock } = setUp();
    const alerts = new Alerts({ connection, clock, bus: createEventBus(), historyKept: 50 });
    alerts.raise('old.and_open', 'critical', 'still');
    for (let n = 0; n < 400; n++) {
      alerts.raise('cable.loose', 'warning', String(n));
      alerts.clear('cable.loose');
    }
    const kept = alerts.history({ limit: 1000 });
    expect(kept.length).toBeLessThanOrEqual(50 + 100 + 1);
    expect(kept.at(-1)).toMatchObject({ code: 'old.and_open', clearedAt: null });
    expect(kept[0]).toMatchObject({ evidence: '399' });
  });

  it('goes on after a restart where it was', () => {
    const { connection, clock, alerts } = setUp();
    alerts.raise('a', 'info', '1');
    alerts.raise('b', 'info', '2');
    alerts.clear('b');
    const again = new Alerts({ connection, clock, bus: createEventBus() });
    expect(again.open()).toEqual(alerts.open());
    again.raise('a', 'info', 'twice');
    again.raise('c', 'info', '3');
    expect(again.history({ limit: 9 }).map(({ id, code }) => [id, code])).toEqual([
      [3, 'c'],
      [2, 'b'],
      [1, 'a'],
    ]);
  });
});

describe('alerts on a database that takes nothing', () => {
  it('are open all the same, and are stored as soon as it takes them', () => {
    const { alerts, connection, told } = setUp();
    alerts.raise('known', 'info', '');
    connection.sqlite.pragma('query_only = ON');
    alerts.raise('data_disk.failed', 'critical', 'EIO');
    alerts.raise('short', 'info', '');
    alerts.clear('short');
    alerts.clear('known');
    expect(alerts.open()).toMatchObject([{ code: 'data_disk.failed', evidence: 'EIO' }]);
    expect(alerts.save()).toBe(false);
    expect(alerts.unsaved).toBe(3);
    expect(told).toHaveLength(5);
    connection.sqlite.pragma('query_only = OFF');
    expect(alerts.save()).toBe(true);
    const stored = connection.db.select().from(table).all();
    expect(stored.map(({ code, clearedAtMs }) => [code, clearedAtMs !== null])).toEqual([
      ['known', true],
      ['data_disk.failed', false],
      ['short', true],
    ]);
  });

  it('take a bounded part of the memory, open ones whatever happens', () => {
    const { alerts, connection } = setUp();
    connection.sqlite.pragma('query_only = ON');
    alerts.raise('first', 'critical', '');
    for (let n = 0; n < 1500; n++) {
      alerts.raise('cable.loose', 'warning', String(n));
      alerts.clear('cable.loose');
    }
    expect(alerts.unsaved).toBeLessThanOrEqual(1001);
    expect(alerts.open()).toHaveLength(1);
    connection.sqlite.pragma('query_only = OFF');
    alerts.save();
    expect(alerts.history({ limit: 1000, beforeId: 2 })).toMatchObject([{ code: 'first' }]);
  });
});
