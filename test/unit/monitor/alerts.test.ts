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
    await clock.advance(60_000);
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
