import { describe, expect, it, onTestFinished } from 'vitest';
import { createEventBus } from '@main/events/bus';
import { AlertKeeper, type PresentFacts } from '@main/monitor/alert-keeper';
import { Alerts } from '@main/monitor/alerts';
import { FakeClock, settle } from '../../support/fake-clock';
import { recordingLogger } from '../../support/recording-logger';
import { sampleDevice } from '../../support/sample-device';
import { sampleRecorder } from '../../support/sample-recorder';
import { stationDatabase } from '../../support/station-database';

const WELL: PresentFacts = {
  recorders: [sampleRecorder()],
  devices: [sampleDevice()],
  dataDisk: { state: 'ok', detail: '' },
  clockSynced: true,
  positionKnown: true,
  ffmpegProblem: null,
  services: [],
};

async function keeping(prepare: (alerts: Alerts) => void = () => undefined) {
  const clock = new FakeClock();
  const bus = createEventBus();
  const logger = recordingLogger();
  const connection = stationDatabase();
  const alerts = new Alerts({ connection, clock, bus });
  prepare(alerts);
  const now = { facts: (): PresentFacts => WELL };
  const keeper = new AlertKeeper({ alerts, clock, bus, logger, facts: () => now.facts() });
  onTestFinished(() => keeper.stop());
  await keeper.start();
  await settle();
  const codes = (): string[] => alerts.open().map(({ code }) => code);
  return { clock, bus, logger, alerts, keeper, now, codes, connection };
}

describe('the keeper of alerts', () => {
  it('raises what is wrong and clears what is over', async () => {
    const { clock, now, codes, alerts } = await keeping();
    expect(codes()).toEqual([]);
    now.facts = () => ({ ...WELL, recorders: [sampleRecorder({ state: 'starting' })] });
    await clock.advance(30_000);
    expect(codes()).toEqual([]);
    await clock.advance(2_000);
    expect(codes()).toEqual(['recorder.not_recording']);
    now.facts = () => WELL;
    await clock.advance(7_000);
    expect(codes()).toEqual([]);
    expect(alerts.history({ limit: 10 })).toMatchObject([
      { code: 'recorder.not_recording', subject: 'mic-1', level: 'critical' },
    ]);
    expect(alerts.history({ limit: 10 })[0]?.clearedAt).not.toBeNull();
  });

  it('judges at once when something changed', async () => {
    const { bus, now, codes } = await keeping();
    now.facts = () => ({ ...WELL, dataDisk: { state: 'missing', detail: 'gone' } });
    bus.emit('data_disk.changed', { state: 'missing' });
    await settle();
    expect(codes()).toEqual(['data_disk.missing']);
  });

  it('tells of a step of the clock for an hour', async () => {
    const { clock, bus, codes } = await keeping();
    bus.emit('clock.stepped', { stepMs: 5_000, atWallMs: clock.wallMs() });
    await settle();
    expect(codes()).toEqual(['clock.stepped']);
    await clock.advance(3_598_000);
    expect(codes()).toEqual(['clock.stepped']);
    await clock.advance(4_000);
    expect(codes()).toEqual([]);
  });

  it('tells of each step by itself', async () => {
    const { clock, bus, alerts } = await keeping();
    for (const stepMs of [5_000, -60_000]) {
      await clock.advance(60_000);
      bus.emit('clock.stepped', { stepMs, atWallMs: clock.wallMs() });
      await settle();
    }
    const history = alerts.history({ limit: 10 });
    expect(history.map(({ clearedAt }) => clearedAt !== null)).toEqual([false, true]);
    expect(new Set(history.map(({ evidence }) => evidence)).size).toBe(2);
  });

  it('tells of losses for ten minutes after the last, and not of those before its time', async () => {
    const { clock, now, codes, alerts } = await keeping();
    const losing = (lostS: number) => () => ({ ...WELL, recorders: [sampleRecorder({ lostS })] });
    now.facts = losing(2.5);
    await clock.advance(1_000);
    expect(codes()).toEqual(['recorder.losing_sound']);
    expect(alerts.open()[0]?.evidence).toContain('lost 2.500 s');
    await clock.advance(590_000);
    now.facts = losing(3);
    await clock.advance(590_000);
    expect(codes()).toEqual(['recorder.losing_sound']);
    await clock.advance(12_000);
    expect(codes()).toEqual([]);
  });

  it('tells of a cable that lets go three times in ten minutes', async () => {
    const { clock, now, codes } = await keeping();
    const flaps = (count: number) => () => ({
      ...WELL,
      devices: [sampleDevice({ flaps: count })],
    });
    for (const count of [1, 2]) {
      now.facts = flaps(count);
      await clock.advance(60_000);
    }
    expect(codes()).toEqual([]);
    now.facts = flaps(3);
    await clock.advance(1_000);
    expect(codes()).toEqual(['device.flapping']);
    await clock.advance(600_000);
    expect(codes()).toEqual([]);
  });

  it('takes over what an earlier console left open, with its time, and clears it when it is over', async () => {
    const { clock, now, codes, alerts } = await keeping((before) => {
      before.raise('device.offline', 'critical', 'of old', 'mic-1');
      before.raise('recorder.limit', 'warning', 'of old', 'mic-9');
      before.raise('database.restored', 'warning', 'not ours');
    });
    const since = alerts.open()[0]?.since;
    now.facts = () => ({ ...WELL, devices: [sampleDevice({ presence: 'offline' })] });
    await clock.advance(20_000);
    expect(codes()).toEqual(['device.offline', 'database.restored']);
    expect(alerts.open()[0]).toMatchObject({ since, evidence: 'of old' });
    now.facts = () => WELL;
    await clock.advance(12_000);
    expect(codes()).toEqual(['database.restored']);
  });

  it('outlives facts that cannot be had', async () => {
    const { clock, now, codes, keeper, logger } = await keeping();
    now.facts = () => {
      throw new Error('no facts today');
    };
    await clock.advance(5_000);
    expect(keeper.status()).toMatchObject({
      state: 'degraded',
      details: 'Alerts cannot be judged: no facts today',
    });
    expect(logger.events()).toEqual(['alerts.failed']);
    now.facts = () => ({ ...WELL, ffmpegProblem: 'none' });
    await clock.advance(2_000);
    expect(codes()).toEqual(['ffmpeg.missing']);
    expect(keeper.status().state).toBe('ok');
  });

  it('stops promptly, twice, leaves no listener behind and what is open open', async () => {
    const { bus, keeper, codes, now } = await keeping();
    now.facts = () => ({ ...WELL, ffmpegProblem: 'none' });
    bus.emit('recorder.changed', { device: 'mic-1' });
    await settle();
    await keeper.stop();
    await keeper.stop();
    expect(codes()).toEqual(['ffmpeg.missing']);
    expect(bus.eventNames()).toEqual([]);
    expect(keeper.status().state).toBe('stopped');
  });
});
