import { describe, expect, it } from 'vitest';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { watchQueries } from '../../support/query-plans';
import { watchedClock } from '../../support/watched-clock';

const HOUR = 3_600_000;

describe('a step of the clock', () => {
  it('is told, counted and written down within a second', async () => {
    const { clock, watch, told, rows } = watchedClock({ synced: null });
    await watch.start();
    clock.stepWall(5_000);
    await clock.advance(1_000);
    expect(told).toEqual(['stepped 5000']);
    expect(rows()).toEqual([{ reason: 'step', step_ms: 5_000, synced: null, run_id: null }]);
    expect(watch.status().counters).toMatchObject({
      steps: 1,
      last_step_ms: 5_000,
      last_step_at: new Date(clock.wallMs()).toISOString(),
    });
  });

  it('is not seen in a late look, in slewing, or in a clock that stays as it is', async () => {
    const { clock, watch, told } = watchedClock({ synced: null });
    await watch.start();
    for (let second = 0; second < 100; second += 1) {
      clock.stepWall(0.4);
      await clock.advance(1_000);
    }
    expect(told).toEqual([]);
  });

  it('is told twice where the clock was set there and back', async () => {
    const { clock, watch, told } = watchedClock({ synced: null });
    await watch.start();
    clock.stepWall(HOUR);
    await clock.advance(1_000);
    clock.stepWall(-HOUR);
    await clock.advance(1_000);
    expect(told).toEqual(['stepped 3600000', 'stepped -3600000']);
  });

  it('is told although it cannot be written down', async () => {
    const { clock, watch, told, connection, logger } = watchedClock({ synced: null });
    await watch.start();
    connection.sqlite.exec('drop table clock_anchors');
    clock.stepWall(-5_000);
    await clock.advance(1_000);
    clock.stepWall(5_000);
    await clock.advance(1_000);
    expect(told).toEqual(['stepped -5000', 'stepped 5000']);
    expect(logger.events().filter((event) => event === 'clock.write_failed')).toHaveLength(1);
  });

  it('is not a suspended machine', async () => {
    const { clock, watch, told, suspend, rows } = watchedClock({ synced: null });
    await watch.start();
    suspend(8 * HOUR);
    await clock.advance(1_000);
    expect(told).toEqual([]);
    expect(rows()).toEqual([{ reason: 'suspend', step_ms: 8 * HOUR, synced: null, run_id: null }]);
  });
});

describe('whether the clock is synchronised', () => {
  it('is what the system says', async () => {
    const { watch, setSynced } = watchedClock({ synced: null });
    expect(watch.synced()).toBeNull();
    await watch.start();
    setSynced(false);
    expect(watch.facts()).toMatchObject({ synced: false, plausible: true, source: 'timesyncd' });
    setSynced(true);
    expect(watch.status().counters).toMatchObject({ synced: 1, source: 'timesyncd' });
  });

  it('is told once when it becomes so', async () => {
    const { clock, watch, told, setSynced, rows } = watchedClock();
    await watch.start();
    await clock.advance(3_000);
    setSynced(true);
    await clock.advance(3_000);
    expect(told).toEqual(['synced']);
    expect(rows()).toEqual([{ reason: 'synced', step_ms: null, synced: 1, run_id: null }]);
  });

  it('is told after the step that made it so', async () => {
    const { clock, watch, told, setSynced } = watchedClock();
    await watch.start();
    clock.stepWall(90 * 86_400_000);
    setSynced(true);
    await clock.advance(1_000);
    expect(told).toEqual(['stepped 7776000000', 'synced']);
  });

  it('is not told where the system only stops telling', async () => {
    const { clock, watch, told, setSynced } = watchedClock();
    await watch.start();
    setSynced(null);
    await clock.advance(1_000);
    expect(told).toEqual([]);
  });
});

describe('a clock that cannot be right', () => {
  it('is one before the software itself, whatever the system says', async () => {
    const { clock, watch, told, setSynced } = watchedClock({ synced: true });
    clock.stepWall(-clock.wallMs());
    await watch.start();
    expect(watch.facts()).toMatchObject({ synced: false, plausible: false, source: 'station' });
    expect(watch.trusted()).toBe(false);
    expect(watch.status().state).toBe('degraded');
    setSynced(null);
    await clock.advance(1_000);
    clock.stepWall(Date.UTC(2026, 4, 1));
    await clock.advance(1_000);
    // The system tells nothing, but it was wrong and no longer is.
    expect(told.at(-1)).toBe('synced');
    expect(watch.synced()).toBeNull();
    expect(watch.trusted()).toBe(true);
  });

  it('is one before the newest recording', () => {
    const { clock, connection, again } = watchedClock({ synced: null });
    insertDevice(connection, 'mic');
    insertRecording(connection, { device: 'mic', timeMs: clock.wallMs() + HOUR });
    expect(again().synced()).toBe(false);
    clock.stepWall(HOUR);
    expect(again().synced()).toBeNull();
  });

  it('is not one that the system vouches for against rows that nobody vouched for', () => {
    const { clock, connection, again } = watchedClock({ synced: true });
    insertDevice(connection, 'mic');
    insertRecording(connection, { device: 'mic', timeMs: clock.wallMs() + 365 * 24 * HOUR });
    expect(again().synced()).toBe(true);
  });

  it('is one that was set back behind what was recorded by a synchronised clock, whatever the system says', async () => {
    const { clock, watch, bus } = watchedClock({ synced: true });
    await watch.start();
    anchored(bus, clock, true);
    clock.stepWall(-30_000);
    expect(watch.synced()).toBe(true);
    clock.stepWall(-HOUR);
    expect(watch.synced()).toBe(false);
    clock.stepWall(HOUR + 30_000);
    expect(watch.synced()).toBe(true);
  });

  it('is known across a restart', async () => {
    const { clock, watch, bus, again } = watchedClock({ synced: true });
    await watch.start();
    anchored(bus, clock, true);
    await watch.stop();
    clock.stepWall(-HOUR);
    expect(again().synced()).toBe(false);
  });

  it('is not measured by what was written down before it became right', async () => {
    const { clock, connection, again, setSynced } = watchedClock();
    insertDevice(connection, 'mic');
    insertRecording(connection, { device: 'mic', timeMs: clock.wallMs() + 30 * 24 * HOUR });
    const watch = again();
    await watch.start();
    expect(watch.synced()).toBe(false);
    setSynced(true);
    await clock.advance(1_000);
    setSynced(null);
    expect(watch.synced()).toBeNull();
  });

  it('is not measured by runs that knew that their clock was wrong', async () => {
    const { clock, watch, bus } = watchedClock({ synced: null });
    await watch.start();
    clock.stepWall(30 * 24 * HOUR);
    anchored(bus, clock, false);
    clock.stepWall(-30 * 24 * HOUR);
    expect(watch.synced()).toBeNull();
    anchored(bus, clock, null);
    clock.stepWall(-HOUR);
    expect(watch.synced()).toBe(false);
  });
});

describe('a clock that a person has confirmed', () => {
  it('is right until it is set, also where the system tells nothing', async () => {
    const { clock, watch, told, rows } = watchedClock({ synced: null });
    await watch.start();
    expect(watch.synced()).toBeNull();
    expect(await watch.confirm(clock.wallMs() - 30_000)).toBe(clock.wallMs());
    expect(watch.facts()).toMatchObject({ synced: true, source: 'person', plausible: true });
    expect(told).toEqual(['synced']);
    expect(rows()).toEqual([{ reason: 'confirmed', step_ms: null, synced: 1, run_id: null }]);
    clock.stepWall(23 * HOUR);
    await clock.advance(1_000);
    // It was set: it is another clock.
    expect(watch.synced()).toBeNull();
  });

  it('is right until a day is over', async () => {
    const { clock, watch, again } = watchedClock({ synced: false });
    await watch.confirm(clock.wallMs());
    await clock.advance(23 * HOUR);
    expect(watch.synced()).toBe(true);
    // The next console of this boot has heard of it.
    const next = again();
    await next.start();
    expect(next.facts()).toMatchObject({ synced: true, source: 'person' });
    await clock.advance(2 * HOUR);
    expect(watch.facts()).toMatchObject({ synced: false, trusted: true });
    expect(watch.facts().words).toBe(
      'The clock was last synchronised 25 hours ago; times are marked until it is again.',
    );
  });

  it('is no longer wrong because of what a wrong one wrote into the future, also in the next console', async () => {
    const { clock, watch, bus, connection, again } = watchedClock({ synced: null });
    insertDevice(connection, 'mic');
    await watch.start();
    clock.stepWall(9 * 365 * 24 * HOUR);
    anchored(bus, clock, null);
    const id = insertRecording(connection, { device: 'mic', timeMs: clock.wallMs() });
    const before = insertRecording(connection, { device: 'mic', timeMs: Date.UTC(2026, 3, 30) });
    clock.stepWall(-9 * 365 * 24 * HOUR);
    await clock.advance(1_000);
    expect(watch.facts()).toMatchObject({ synced: false, plausible: false });
    await watch.confirm(clock.wallMs());
    expect(watch.facts()).toMatchObject({ synced: true, plausible: true });
    await watch.stop();
    const next = again();
    await next.start();
    expect(next.facts()).toMatchObject({ synced: true, plausible: true });
    // What lies in the future was recorded by a wrong clock; the others are what they were.
    const unsynced = connection.sqlite
      .prepare<[], { id: number }>('select id from recordings where clock_unsynced = 1')
      .all();
    expect(unsynced).toEqual([{ id }]);
    expect(before).toBeGreaterThan(id);
  });

  it('tells by how much times were wrong that were taken before it was set', async () => {
    const { clock, watch } = watchedClock({ synced: false });
    await watch.start();
    const anchor = both(clock);
    clock.stepWall(HOUR);
    await clock.advance(1_000);
    await watch.confirm(clock.wallMs());
    expect(watch.correctionOf(anchor)).toBeCloseTo(HOUR, 6);
  });

  it('is not one that shows something else than the person saw, nor one before this software', async () => {
    const { clock, watch, rows, told } = watchedClock({ synced: null });
    await expect(watch.confirm(clock.wallMs() - 61_000)).rejects.toThrow(
      'shown: the clock shows 2026-05-01T12:00:00.000Z',
    );
    clock.stepWall(-clock.wallMs());
    await expect(watch.confirm(0)).rejects.toThrow(/certainly past/);
    expect(rows().filter(({ reason }) => reason === 'confirmed')).toEqual([]);
    expect(told).not.toContain('synced');
  });
});

describe('a clock that was synchronised', () => {
  it('a day ago is not any more, and good enough to keep a schedule by', async () => {
    const { clock, watch, setSynced, told } = watchedClock({ synced: true });
    await watch.start();
    clock.stepWall(25 * HOUR);
    await clock.advance(1_000);
    expect(watch.facts()).toMatchObject({ synced: false, plausible: true, trusted: true });
    expect(watch.facts().words).toMatch(/last synchronised 25 hours ago/);
    setSynced(true);
    await clock.advance(1_000);
    expect(watch.synced()).toBe(true);
    expect(told.at(-1)).toBe('synced');
  });
});

describe('a schedule', () => {
  it('is kept by a clock that is not synchronised where one goes on without power', () => {
    const { again } = watchedClock();
    expect(again({ hasRealTimeClock: () => true }).trusted()).toBe(true);
    // It stood still while the machine was off: it is as wrong as that was long.
    expect(again({ hasRealTimeClock: () => false }).trusted()).toBe(false);
  });

  it('is kept where the system tells nothing', () => {
    expect(watchedClock({ synced: null }).watch.trusted()).toBe(true);
  });
});

describe('the correction of an anchor', () => {
  it('is not known before the clock is right', async () => {
    const { clock, watch } = watchedClock();
    await watch.start();
    const anchor = both(clock);
    clock.stepWall(HOUR);
    await clock.advance(1_000);
    expect(watch.correctionOf(anchor)).toBeNull();
  });

  it('is by how much the clock was wrong, however often it was set', async () => {
    const { clock, watch, setSynced } = watchedClock();
    await watch.start();
    const early = both(clock);
    await clock.advance(60_000);
    clock.stepWall(HOUR);
    await clock.advance(60_000);
    const late = both(clock);
    clock.stepWall(250_000);
    setSynced(true);
    await clock.advance(1_000);
    expect(watch.correctionOf(early)).toBeCloseTo(HOUR + 250_000, 6);
    expect(watch.correctionOf(late)).toBeCloseTo(250_000, 6);
  });

  it('stays the same when the clock is set again later, and in a later console', async () => {
    const { clock, watch, setSynced, again } = watchedClock();
    await watch.start();
    const anchor = both(clock);
    clock.stepWall(HOUR);
    setSynced(true);
    await clock.advance(1_000);
    clock.stepWall(700);
    await clock.advance(1_000);
    expect(watch.correctionOf(anchor)).toBeCloseTo(HOUR, 6);
    await watch.stop();
    const next = again();
    await next.start();
    expect(next.correctionOf(anchor)).toBeCloseTo(HOUR, 6);
  });

  it('is found where the clock became right while no console ran', async () => {
    const { clock, watch, setSynced, again } = watchedClock();
    await watch.start();
    const anchor = both(clock);
    await watch.stop();
    clock.stepWall(HOUR);
    setSynced(true);
    const next = again();
    await next.start();
    expect(next.correctionOf(anchor)).toBeCloseTo(HOUR, 6);
  });

  it.each([true, false])(
    'leaves out the time that the machine was suspended (console runs: %s)',
    async (runs) => {
      const { clock, watch, setSynced, suspend, again } = watchedClock();
      await watch.start();
      const anchor = both(clock);
      await clock.advance(1_000);
      if (!runs) await watch.stop();
      suspend(8 * HOUR);
      clock.stepWall(5_000);
      const next = runs ? watch : again();
      await next.start();
      await clock.advance(1_000);
      setSynced(true);
      await clock.advance(1_000);
      expect(next.correctionOf(anchor)).toBeCloseTo(5_000, 6);
    },
  );
});

describe('what is written down of the clock', () => {
  it('has the start of every run', async () => {
    const { clock, watch, bus, rows } = watchedClock();
    await watch.start();
    anchored(bus, clock, false);
    expect(rows()).toEqual([{ reason: 'run_start', step_ms: null, synced: 0, run_id: 'aaaaaaaa' }]);
  });

  it('stays bounded, and keeps what times of this boot may still be derived from', async () => {
    const { clock, watch, bus, connection, setSynced } = watchedClock();
    await watch.start();
    anchored(bus, clock, false);
    setSynced(true);
    await clock.advance(1_000);
    connection.sqlite.transaction(() => {
      for (let n = 0; n < 12_000; n += 1) anchored(bus, clock, true);
    })();
    const { n } = connection.sqlite
      .prepare<[], { n: number }>('select count(*) as n from clock_anchors')
      .get()!;
    expect(n).toBeLessThan(10_700);
    const kept = connection.sqlite
      .prepare<[], { reason: string }>('select reason from clock_anchors order by id limit 2')
      .all();
    expect(kept.map(({ reason }) => reason)).toEqual(['run_start', 'synced']);
    expect(
      connection.sqlite.prepare('select 1 from clock_anchors where synced = 0').all(),
    ).toHaveLength(1);
  });

  it('does not rest on recordings that came from elsewhere', async () => {
    const { clock, connection, again } = watchedClock({ synced: null });
    const future = { timeMs: Date.UTC(2099, 11, 31), source: 'import' as const };
    insertDevice(connection, 'card', { kind: 'imported' });
    insertDevice(connection, 'mic');
    insertRecording(connection, { device: 'card', ...future });
    insertRecording(connection, { device: 'mic', ...future });
    const watch = again();
    await watch.start();
    expect(watch.facts()).toMatchObject({ plausible: true, trusted: true });
    // Our own still count, beside them.
    insertRecording(connection, { device: 'mic', timeMs: clock.wallMs() + HOUR });
    const later = again();
    await later.start();
    expect(later.facts()).toMatchObject({ plausible: false, trusted: false });
  });

  it('is read along an index where recordings are concerned', () => {
    const { connection, again } = watchedClock();
    const queries = watchQueries(connection).of(() => again());
    const plans = queries.filter(({ sql }) => sql.includes('from recordings'));
    expect(plans).toHaveLength(1);
    expect(plans[0]!.plan).toMatch(/SEARCH recordings USING INDEX ix_recordings_device_time/);
    expect(plans[0]!.plan).not.toMatch(/TEMP B-TREE/);
  });
});

describe('the watch', () => {
  it('survives a look that fails', async () => {
    let broken = false;
    const { clock, watch, told, logger } = watchedClock({
      synced: null,
      uptimeMs: () => {
        if (broken) throw new Error('EIO');
        return null;
      },
    });
    await watch.start();
    broken = true;
    await clock.advance(2_000);
    broken = false;
    clock.stepWall(5_000);
    await clock.advance(1_000);
    expect(logger.events()).toContain('clock.look_failed');
    expect(told).toEqual(['stepped 5000']);
  });

  it('stops at once and listens to nobody then', async () => {
    const { watch, bus, clock, rows } = watchedClock();
    await watch.start();
    await watch.start();
    await watch.stop();
    await watch.stop();
    anchored(bus, clock, true);
    expect(rows()).toEqual([]);
    expect(watch.status().state).toBe('stopped');
    expect(clock.sleeping).toBe(0);
  });
});

function both(clock: { wallMs(): number; monotonicMs(): number }): {
  wallMs: number;
  monotonicMs: number;
} {
  return { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
}

function anchored(
  bus: ReturnType<typeof watchedClock>['bus'],
  clock: Parameters<typeof both>[0],
  synced: boolean | null,
): void {
  bus.emit('run.anchored', {
    device: 'mic',
    runId: 'aaaaaaaa',
    bootId: 'boot-1',
    synced,
    ...both(clock),
  });
}
