import { describe, expect, it, onTestFinished } from 'vitest';
import type { GapReason } from '@shared/model/coverage';
import type { DesiredReason } from '@shared/model/recorder';
import { CoverageKeeper } from '@main/coverage/coverage-keeper';
import { coverageOf } from '@main/coverage/coverage-of';
import { CoverageRows } from '@main/coverage/coverage-rows';
import type { Connection } from '@main/database/connection';
import { createEventBus } from '@main/events/bus';
import { FakeClock } from '../../support/fake-clock';
import { recordingLogger } from '../../support/recording-logger';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const NOON = Date.UTC(2026, 4, 1, 12);
const at = (s: number): number => NOON + s * 1000;

interface World {
  readonly connection: Connection;
  readonly clock: FakeClock;
  bootId: string;
  trusted: boolean;
  capturing: boolean;
}

function world(): World {
  const connection = stationDatabase();
  insertDevice(connection, 'mic');
  return {
    connection,
    clock: new FakeClock(NOON),
    bootId: 'first',
    trusted: true,
    capturing: false,
  };
}

/** A console on that world, and what its recorder would tell. */
async function consoleOn(here: World, begins: 'start' | 'look' = 'start') {
  const bus = createEventBus();
  const logger = recordingLogger();
  const keeper = new CoverageKeeper({
    connection: here.connection,
    clock: here.clock,
    bus,
    logger,
    bootId: () => Promise.resolve(here.bootId),
    clockTrusted: () => here.trusted,
    isCapturing: () => here.capturing,
  });
  let running = true;
  const die = async (): Promise<void> => {
    running = false;
    // Nobody hears anything any more, and nothing is written down in the end.
    bus.removeAllListeners();
    here.connection.sqlite.pragma('query_only = on');
    await keeper.stop();
    here.connection.sqlite.pragma('query_only = off');
  };
  onTestFinished(async () => {
    if (running && here.connection.sqlite.open) await keeper.stop();
  });
  await keeper[begins]();
  return {
    keeper,
    bus,
    logger,
    die,
    duty: (
      desired: boolean,
      reason: DesiredReason = desired ? 'should_record' : 'stopped_by_user',
    ) => bus.emit('duty.changed', { device: 'mic', desired, reason }),
    anchored: (s: number, runId = 'aaaaaaaa') =>
      bus.emit('run.anchored', {
        ...{ device: 'mic', runId, wallMs: at(s), monotonicMs: 0, bootId: 'first', synced: true },
      }),
    ended: (s: number | null, reason: GapReason, detail = '', runId = 'aaaaaaaa') =>
      bus.emit('run.ended', {
        ...{ device: 'mic', runId, endWallMs: s === null ? null : at(s), reason, detail },
      }),
    refused: (reason: GapReason, detail = '') =>
      bus.emit('capture.refused', { device: 'mic', reason, detail }),
    lost: (s: number, lostS: number, reason: GapReason = 'lost') =>
      bus.emit('sound.lost', {
        ...{ device: 'mic', runId: 'aaaaaaaa', fromWallMs: at(s), lostS, reason, detail: '' },
      }),
    found: (foundS: number) =>
      bus.emit('sound.found', { device: 'mic', runId: 'aaaaaaaa', runFromWallMs: at(0), foundS }),
    /** Lets time pass until so many seconds after noon. */
    until: (s: number) => here.clock.advance(at(s) - here.clock.wallMs()),
  };
}

type Cut = [number, number | null, GapReason];

/** Gap rows: from, to (seconds after noon), reason. */
function gaps({ connection }: World): Cut[] {
  return new CoverageRows(connection)
    .gaps('mic', { fromMs: 0, toMs: at(1e7) })
    .map((row) => [
      (row.fromMs - NOON) / 1000,
      row.toMs === null ? null : (row.toMs - NOON) / 1000,
      row.reason,
    ]);
}

function duties({ connection }: World): [number, number | null, boolean][] {
  return connection.sqlite
    .prepare<[], { f: number; t: number | null; d: number }>(
      'select from_ms as f, to_ms as t, desired as d from duties order by id',
    )
    .all()
    .map(({ f, t, d }) => [(f - NOON) / 1000, t === null ? null : (t - NOON) / 1000, d === 1]);
}

function recorded({ connection }: World, fromS: number, toS: number): void {
  insertRecording(connection, { device: 'mic', timeMs: at(fromS), durationS: toS - fromS });
}

/** What a page would show of these seconds: scheduled, recorded, and each gap. */
function told(here: World, fromS: number, toS: number): [number, number, [number, GapReason][]] {
  const rows = new CoverageRows(here.connection);
  const span = { fromMs: at(fromS), toMs: at(toS) };
  const coverage = coverageOf({
    ...span,
    ...{ device: 'mic', displayName: 'mic', simulated: false, pending: null },
    duties: rows.duties('mic', span),
    dutiesSinceMs: rows.firstDutyMs('mic'),
    recordings: rows.recordings('mic', span),
    gaps: rows.gaps('mic', span),
    nowMs: here.clock.wallMs(),
  });
  return [
    coverage.scheduledS,
    coverage.recordedS,
    coverage.gaps.map(({ seconds, reason }) => [seconds, reason]),
  ];
}

describe('a recorder’s day in the books', () => {
  it('holds when it should record, and the moment until its first sample', async () => {
    const here = world();
    const recorder = await consoleOn(here);
    recorder.duty(true);
    await recorder.until(2);
    recorder.anchored(1.5);
    await recorder.until(100);
    recorder.duty(false);
    recorder.ended(100.2, 'restart');
    expect(duties(here)).toEqual([
      [0, 100, true],
      [100, null, false],
    ]);
    expect(gaps(here)).toEqual([[0, 1.5, 'restart']]);
  });

  it('tells why the last moment before an ordered stop was not delivered', async () => {
    const here = world();
    const recorder = await consoleOn(here);
    recorder.duty(true);
    recorder.anchored(0);
    await recorder.until(100);
    recorder.duty(false, 'paused');
    await recorder.until(101);
    recorder.ended(99.4, 'restart', 'paused');
    expect(gaps(here)).toEqual([[99.4, 100, 'restart']]);
  });

  it('holds a microphone that was pulled out and came back, from its last sample to its next', async () => {
    const here = world();
    const recorder = await consoleOn(here);
    recorder.duty(true);
    recorder.anchored(0);
    await recorder.until(60);
    recorder.ended(55.5, 'unplugged', 'no such device');
    recorder.duty(true, 'offline');
    await recorder.until(90);
    recorder.duty(true);
    recorder.refused('device_busy', 'pulseaudio');
    await recorder.until(95);
    recorder.refused('device_busy', 'pulseaudio');
    await recorder.until(100);
    recorder.anchored(99.5, 'bbbbbbbb');
    expect(gaps(here)).toEqual([
      [55.5, 90, 'unplugged'],
      [90, 99.5, 'device_busy'],
    ]);
  });

  it('holds a capture that cannot start, by its first refusal', async () => {
    const here = world();
    const recorder = await consoleOn(here);
    recorder.duty(true);
    await recorder.until(1);
    recorder.refused('device_refused', 'no permission');
    await recorder.until(3600);
    expect(gaps(here)).toEqual([[0, null, 'device_refused']]);
    expect(told(here, 0, 3600)).toEqual([3600, 0, [[3600, 'device_refused']]]);
  });

  it('holds a microphone that is not there when its duty begins, and a data disk that is not', async () => {
    const here = world();
    const recorder = await consoleOn(here);
    recorder.duty(true, 'offline');
    await recorder.until(100);
    recorder.duty(true, 'data_disk_missing');
    await recorder.until(200);
    recorder.duty(false, 'paused');
    await recorder.until(300);
    expect(gaps(here)).toEqual([
      [0, 100, 'unplugged'],
      [100, 200, 'data_disk_missing'],
    ]);
  });

  it('holds what was lost inside a run, to the millisecond', async () => {
    const here = world();
    const recorder = await consoleOn(here);
    recorder.duty(true);
    recorder.anchored(0);
    await recorder.until(100);
    recorder.lost(50, 1.25, 'overrun');
    recorder.lost(70, 0.012);
    recorder.lost(50.5, 2);
    expect(gaps(here)).toEqual([
      [50, 51.25, 'overrun'],
      [51.25, 52.5, 'lost'],
      [70, 70.012, 'lost'],
    ]);
  });

  it('holds no longer what was thought lost and came after all', async () => {
    const here = world();
    const recorder = await consoleOn(here);
    recorder.duty(true);
    recorder.anchored(0);
    await recorder.until(100);
    recorder.lost(50, 2);
    recorder.lost(80, 2);
    recorder.found(3);
    expect(gaps(here)).toEqual([[50, 51, 'lost']]);
  });

  it('holds no gap where one run follows another without a hole', async () => {
    const here = world();
    const recorder = await consoleOn(here);
    recorder.duty(true);
    recorder.anchored(0);
    await recorder.until(60);
    recorder.ended(60, 'restart');
    recorder.anchored(60.01, 'bbbbbbbb');
    // The word of a run that is long over changes nothing.
    recorder.ended(60, 'capture_failed', '', 'aaaaaaaa');
    expect(gaps(here)).toEqual([]);
  });

  it('tells readers that it changed', async () => {
    const recorder = await consoleOn(world());
    const told: string[] = [];
    recorder.bus.on('coverage.changed', ({ device }) => told.push(device));
    recorder.duty(true);
    recorder.refused('device_busy');
    expect(told).toEqual(['mic', 'mic']);
  });
});

describe('a console that is no more', () => {
  /** Recorded until 115 s after noon; the console died then, having looked in at 60 s. */
  async function diedAt115(here: World) {
    const first = await consoleOn(here);
    first.duty(true);
    first.anchored(0);
    for (let s = 0; s < 110; s += 10) recorded(here, s, s + 10);
    await first.until(115);
    await first.die();
    await here.clock.advance(485_000);
  }

  it('was cut off with the machine: the time until the next sample is a power loss', async () => {
    const here = world();
    await diedAt115(here);
    here.bootId = 'second';
    const second = await consoleOn(here);
    second.duty(true);
    await second.until(601);
    second.anchored(601, 'bbbbbbbb');
    expect(gaps(here)).toEqual([[110, 601, 'power_loss']]);
    recorded(here, 601, 700);
    await second.until(700);
    expect(told(here, 0, 700)).toEqual([700, 209, [[491, 'power_loss']]]);
  });

  it('was killed alone: then it was not there', async () => {
    const here = world();
    await diedAt115(here);
    const second = await consoleOn(here);
    second.duty(true);
    second.anchored(600, 'bbbbbbbb');
    expect(gaps(here)).toEqual([[110, 600, 'console_stopped']]);
  });

  it('whose capture went on is no gap at all', async () => {
    const here = world();
    await diedAt115(here);
    here.capturing = true;
    const second = await consoleOn(here);
    second.duty(true);
    for (let s = 110; s < 700; s += 10) recorded(here, s, s + 10);
    await second.until(700);
    expect(gaps(here)).toEqual([]);
    expect(told(here, 0, 700)).toEqual([700, 700, []]);
    // And when it ends in the end, the gap begins there.
    here.capturing = false;
    second.ended(700, 'stalled');
    expect(gaps(here)).toEqual([[700, null, 'stalled']]);
  });

  it('whose capture was found dead left the cause that its last words tell', async () => {
    const here = world();
    await diedAt115(here);
    here.bootId = 'second';
    const second = await consoleOn(here);
    second.ended(114.9, 'power_loss', 'boot id changed');
    second.duty(true);
    second.anchored(602, 'bbbbbbbb');
    expect(gaps(here)).toEqual([[114.9, 602, 'power_loss']]);
  });

  it('whose capture the next console takes over and stops leaves no moment without a reason', async () => {
    const here = world();
    const first = await consoleOn(here);
    first.duty(true);
    first.anchored(0);
    await first.until(100);
    await first.die();
    await here.clock.advance(20_000);
    here.capturing = true;
    const second = await consoleOn(here);
    second.duty(false, 'paused');
    recorded(here, 0, 119.8);
    second.ended(119.8, 'restart', 'paused');
    expect(told(here, 0, 600)).toEqual([120, 119.8, [[0.2, 'restart']]]);
  });

  it('and whose capture a person stopped since owes nothing from then on', async () => {
    const here = world();
    const first = await consoleOn(here);
    first.duty(true);
    first.anchored(0);
    await first.until(100);
    await first.die();
    await here.clock.advance(20_000);
    const asked = await consoleOn(here, 'look');
    asked.duty(false, 'paused');
    asked.bus.removeAllListeners();
    recorded(here, 0, 119.8);
    await here.clock.advance(500_000);
    const second = await consoleOn(here);
    second.duty(false, 'paused');
    second.ended(119.8, 'restart', 'paused');
    expect(told(here, 0, 600)).toEqual([120, 119.8, [[0.2, 'restart']]]);
  });

  it('that was stopped cleanly before the machine was switched off is no power loss', async () => {
    const here = world();
    const first = await consoleOn(here);
    first.duty(true);
    first.anchored(0);
    recorded(here, 0, 100);
    await first.until(100);
    first.ended(100, 'console_stopped');
    await first.keeper.stop();
    await here.clock.advance(500_000);
    here.bootId = 'second';
    const second = await consoleOn(here);
    second.duty(true);
    second.anchored(600, 'bbbbbbbb');
    expect(gaps(here).map(([, , reason]) => reason)).toEqual(['console_stopped']);
    expect(told(here, 0, 600)).toEqual([600, 100, [[500, 'console_stopped']]]);
  });

  it('leaves a microphone unplugged: found so again, it was so all the time', async () => {
    const here = world();
    const first = await consoleOn(here);
    first.duty(true, 'offline');
    await first.until(100);
    await first.die();
    await here.clock.advance(600_000);
    const second = await consoleOn(here);
    second.duty(true, 'offline');
    await here.clock.advance(20_000);
    second.anchored(720);
    expect(gaps(here)).toEqual([[0, 720, 'unplugged']]);
  });

  it('leaves a gap that lasted: its cause holds until the console was last there', async () => {
    const here = world();
    const first = await consoleOn(here);
    first.duty(true, 'offline');
    await first.until(125);
    await first.die();
    await here.clock.advance(475_000);
    here.bootId = 'second';
    const second = await consoleOn(here);
    second.duty(true);
    second.anchored(600, 'bbbbbbbb');
    expect(gaps(here)).toEqual([
      [0, 120, 'unplugged'],
      [120, 600, 'power_loss'],
    ]);
  });

  it('is scheduled time if it was on duty, and not if it was not', async () => {
    for (const desired of [true, false]) {
      const here = world();
      const first = await consoleOn(here);
      first.duty(desired);
      await first.until(65);
      await first.die();
      await here.clock.advance(535_000);
      const second = await consoleOn(here);
      second.duty(false);
      await second.until(700);
      expect(duties(here)).toEqual([
        [0, 60, desired],
        [60, 600, desired],
        [600, null, false],
      ]);
      expect(told(here, 0, 700)[0]).toBe(desired ? 600 : 0);
    }
  });
});

describe('a gap that lasts', () => {
  it('ends where recordings prove sound, when the word of their run was missed', async () => {
    const here = world();
    const recorder = await consoleOn(here);
    recorder.duty(true);
    recorder.refused('device_busy');
    await recorder.until(30);
    here.capturing = true;
    recorded(here, 20, 30);
    await recorder.until(90);
    expect(gaps(here)).toEqual([[0, 20, 'device_busy']]);
  });
});

describe('a clock that is set', () => {
  it('from long ago moves along what it wrote: duties and gaps lie where the recordings do', async () => {
    const here = world();
    here.trusted = false;
    const yearMs = 365 * 86_400_000;
    here.clock.stepWall(-yearMs);
    const recorder = await consoleOn(here);
    recorder.duty(true);
    await here.clock.advance(5000);
    recorder.bus.emit('run.anchored', {
      ...{ device: 'mic', runId: 'aaaaaaaa', wallMs: here.clock.wallMs(), monotonicMs: 0 },
      ...{ bootId: 'first', synced: false },
    });
    await here.clock.advance(95_000);
    here.clock.stepWall(yearMs);
    here.trusted = true;
    recorder.bus.emit('clock.stepped', { stepMs: yearMs, atWallMs: here.clock.wallMs() });
    await recorder.until(200);
    recorder.duty(false);
    expect(duties(here)).toEqual([
      [0, 200, true],
      [200, null, false],
    ]);
    expect(gaps(here)).toEqual([[0, 5, 'restart']]);
  });

  it('after a power cut that took the clock: the cut lasts until the duty that followed it', async () => {
    const here = world();
    const first = await consoleOn(here);
    first.duty(true);
    first.anchored(0);
    recorded(here, 0, 60);
    await first.until(60);
    await first.die();
    // An hour without power, after which the clock stands in 1970.
    await here.clock.advance(3_600_000);
    const backMs = here.clock.wallMs();
    here.clock.stepWall(-backMs);
    here.bootId = 'second';
    here.trusted = false;
    const second = await consoleOn(here);
    second.duty(true, 'offline');
    await here.clock.advance(100_000);
    here.clock.stepWall(backMs);
    here.trusted = true;
    second.bus.emit('clock.stepped', { stepMs: backMs, atWallMs: here.clock.wallMs() });
    expect(duties(here)).toEqual([
      [0, 60, true],
      [60, 3660, true],
      [3660, null, true],
    ]);
    expect(told(here, 0, 3760)).toEqual([
      3760,
      60,
      [
        [3600, 'power_loss'],
        [100, 'unplugged'],
      ],
    ]);
  });

  it('moves what a console wrote that was killed before, in the same boot', async () => {
    const here = world();
    here.trusted = false;
    const first = await consoleOn(here);
    first.duty(true, 'offline');
    await first.until(40);
    await first.die();
    await here.clock.advance(5_000);
    const second = await consoleOn(here);
    second.duty(true, 'offline');
    await second.until(100);
    // Five hours slow.
    const slowMs = 5 * 3_600_000;
    here.clock.stepWall(slowMs);
    here.trusted = true;
    second.bus.emit('clock.stepped', { stepMs: slowMs, atWallMs: here.clock.wallMs() });
    await here.clock.advance(50_000);
    const from = slowMs / 1000;
    expect(told(here, 0, from + 150)).toEqual([150, 0, [[150, 'unplugged']]]);
    // Set by hand, weeks later: what holds stays where it is.
    here.clock.stepWall(3_600_000);
    second.bus.emit('clock.stepped', { stepMs: 3_600_000, atWallMs: here.clock.wallMs() });
    expect(told(here, 0, from + 150)).toEqual([150, 0, [[150, 'unplugged']]]);
  });

  it('while no console ran moves what the one before wrote', async () => {
    const here = world();
    here.trusted = false;
    const first = await consoleOn(here);
    first.duty(true);
    first.anchored(2);
    await first.until(60);
    await first.die();
    here.clock.stepWall(3_600_000);
    here.trusted = true;
    here.capturing = true;
    const second = await consoleOn(here);
    second.duty(true);
    await here.clock.advance(40_000);
    recorded(here, 3602, 3700);
    expect(told(here, 0, 3700)).toEqual([100, 98, [[2, 'restart']]]);
  });

  it('is trusted before its step is told: what is to move is not forgotten', async () => {
    const here = world();
    here.trusted = false;
    const recorder = await consoleOn(here);
    recorder.duty(true, 'offline');
    await recorder.until(60);
    here.clock.stepWall(3_600_000);
    here.trusted = true;
    await here.clock.advance(10_000);
    recorder.bus.emit('clock.stepped', { stepMs: 3_600_000, atWallMs: here.clock.wallMs() });
    expect(gaps(here)).toEqual([[3600, null, 'unplugged']]);
  });

  it('by hand makes no scheduled time out of the step', async () => {
    const here = world();
    const recorder = await consoleOn(here);
    recorder.duty(true);
    recorder.refused('device_busy');
    await recorder.until(100);
    here.clock.stepWall(1e6);
    recorder.bus.emit('clock.stepped', { stepMs: 1e6, atWallMs: here.clock.wallMs() });
    await here.clock.advance(100_000);
    expect(told(here, 0, 2000)).toEqual([
      200,
      0,
      [
        [100, 'device_busy'],
        [100, 'device_busy'],
      ],
    ]);
  });
});

describe('a database that cannot be written', () => {
  it('costs nothing but time: what was told is written, in order and with its own time, when it can', async () => {
    const here = world();
    const recorder = await consoleOn(here);
    here.connection.sqlite.pragma('query_only = on');
    recorder.duty(true);
    await recorder.until(10);
    recorder.anchored(10);
    recorder.ended(50, 'stalled');
    expect(recorder.keeper.status()).toMatchObject({ state: 'degraded' });
    here.connection.sqlite.pragma('query_only = off');
    await recorder.until(70);
    expect(recorder.keeper.status()).toMatchObject({ state: 'ok', details: '' });
    expect(duties(here)).toEqual([[0, null, true]]);
    expect(gaps(here).at(0)).toEqual([0, 10, 'restart']);
    expect(recorder.logger.lines.filter(({ event }) => event === 'coverage.failed')).toHaveLength(
      1,
    );
  });

  it('is not held up by a device that it does not know', async () => {
    const here = world();
    const recorder = await consoleOn(here);
    recorder.bus.emit('duty.changed', { device: 'ghost', desired: true, reason: 'should_record' });
    recorder.duty(true);
    expect(duties(here)).toEqual([[0, null, true]]);
  });
});

describe('what a console writes down every few seconds', () => {
  it('is one transaction: of its parts all are there or none', async () => {
    const here = world();
    const it = await consoleOn(here);
    it.duty(true);
    await it.until(10);
    const { sqlite } = here.connection;
    const seen = sqlite.prepare('select seen_ms from duties').pluck();
    const before = seen.get();
    sqlite.exec(`create trigger full before update on managed_services
      begin select raise(abort, 'the disk is full'); end`);
    await it.until(30);
    expect(seen.get()).toBe(before);
    sqlite.exec('drop trigger full');
    await it.until(50);
    expect(Number(seen.get())).toBeGreaterThanOrEqual(at(40));
  });
});
