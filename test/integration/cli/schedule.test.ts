import { describe, expect, it, vi } from 'vitest';
import { recorderStatusSchema } from '@shared/model/recorder';
import { commandLine } from '../../support/command-line';
import { testStation } from '../../support/test-station';

async function typeTo(dataDir: string, ...args: string[]) {
  const { exitCode, out, err } = await commandLine([...args, '--data', dataDir]);
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}

/** A folder with one simulated microphone, on which no console runs. */
async function folder(): Promise<string> {
  const { station, dataDir } = await testStation();
  await station.devices.ensureSimulated(1, 'generic_usb');
  await station.stop();
  return dataDir;
}

describe('on a folder without a console', () => {
  it('a schedule is shown, set, and shown again', async () => {
    const data = await folder();
    expect(await typeTo(data, 'schedule', 'sim-1')).toEqual({
      exitCode: 0,
      out: 'sim-1: always',
      err: '',
    });
    await typeTo(data, 'settings', 'set', 'system.timezone', 'Europe/Berlin');
    const set = await typeTo(data, 'schedule', 'sim-1', 'hours', '18:00-06:00,', '12:00-13:00');
    expect(set).toMatchObject({ exitCode: 0, err: '' });
    expect(set.out).toMatch(
      /^sim-1: hours 18:00-06:00,12:00-13:00 \(Europe\/Berlin\)\n {2}20\S+Z to /,
    );
    const shown = await typeTo(data, 'schedule', 'sim-1', '--json');
    expect(JSON.parse(shown.out)).toMatchObject({
      device: 'sim-1',
      words: 'hours 18:00-06:00,12:00-13:00',
      schedule: { kind: 'hours' },
      timezone: 'Europe/Berlin',
      warning: null,
    });
  });

  it('a sun schedule says that it needs the position, until it has one', async () => {
    const data = await folder();
    const blind = await typeTo(data, 'schedule', 'sim-1', 'sun', 'dusk-30..dawn+30');
    expect(blind.out).toMatch(/^sim-1: sun dusk-30\.\.dawn\+30\nIt records always until/);
    await typeTo(data, 'settings', 'set', 'system.latitude', '52.5');
    await typeTo(data, 'settings', 'set', 'system.longitude', '13.4');
    const seeing = await typeTo(data, 'schedule', 'sim-1', '--json');
    const { warning, spans } = JSON.parse(seeing.out) as { warning: null; spans: unknown[] };
    expect(warning).toBeNull();
    expect(spans.length).toBeGreaterThanOrEqual(2);
  });

  it('a pause is stored, shown, and ended', async () => {
    const data = await folder();
    const paused = await typeTo(data, 'pause', 'sim-1', '--for', '2h', '--json');
    const { pausedUntil } = recorderStatusSchema.parse(JSON.parse(paused.out));
    expect(Math.abs(Date.parse(pausedUntil!) - Date.now() - 7_200_000)).toBeLessThan(60_000);
    expect((await typeTo(data, 'stop', 'sim-1')).out).toBe(
      `sim-1: idle (stopped_by_user), paused until ${pausedUntil}`,
    );
    expect((await typeTo(data, 'resume', 'sim-1')).out).toBe('sim-1: idle (stopped_by_user)');
    expect((await typeTo(data, 'devices')).out).toMatch(/sim-1 .* off /);
    await typeTo(data, 'start', 'sim-1');
    expect((await typeTo(data, 'devices')).out).toMatch(/sim-1 .* on /);
  });

  it('a microphone is ignored, and enrolled again with another profile', async () => {
    const data = await folder();
    expect((await typeTo(data, 'ignore', 'sim-1')).out).toMatch(/sim-1 .* ignored /);
    const taken = await typeTo(data, 'enroll', 'sim-1', '--profile', 'rode_nt_usb', '--json');
    expect(JSON.parse(taken.out)).toMatchObject({
      enrollment: 'enrolled',
      profileSlug: 'rode_nt_usb',
    });
    const wrong = await typeTo(data, 'enroll', 'sim-1', '--profile', 'nope');
    expect(wrong).toMatchObject({ exitCode: 1, err: 'There is no profile "nope".' });
  });

  it.each([
    [['schedule', 'sim-9']],
    [['schedule', 'sim-9', 'always']],
    [['pause', 'sim-9', '--for', '1h']],
    [['resume', 'sim-9']],
    [['start', 'sim-9']],
    [['stop', 'sim-9']],
    [['enroll', 'sim-9']],
    [['ignore', 'sim-9']],
  ])('%j ends with 1 and one sentence', async (args) => {
    expect(await typeTo(await folder(), ...args)).toEqual({
      exitCode: 1,
      out: '',
      err: 'There is no device "sim-9".',
    });
  });

  it('recordings of a microphone that never was are not "none"', async () => {
    expect(await typeTo(await folder(), 'recordings', '--device', 'sim-9')).toEqual({
      exitCode: 1,
      out: '',
      err: 'There is no device "sim-9".',
    });
  });

  it('a pause that ends in the past is refused in one sentence', async () => {
    const { exitCode, out, err } = await typeTo(
      await folder(),
      ...['pause', 'sim-1', '--until', '2020-01-01'],
    );
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(/^until: expected an instant ahead, at most seven days/);
  });
});

describe('on a running console', () => {
  it('a pause, a schedule and a switch take effect within a second', async () => {
    const { station, dataDir, recorder } = await testStation({ segmentDurationS: 1 });
    await station.start();
    await station.devices.ensureSimulated(1, 'generic_usb');
    const becomes = (state: string, reason: string, timeout: number): Promise<void> =>
      vi.waitFor(
        () => {
          expect([recorder('sim-1').state, recorder('sim-1').desiredReason]).toEqual([
            state,
            reason,
          ]);
        },
        { timeout, interval: 20 },
      );
    await becomes('recording', 'should_record', 20_000);
    const decided = (reason: string): void => {
      expect(recorder('sim-1').desiredReason).toBe(reason);
      expect(['stopping', 'idle']).toContain(recorder('sim-1').state);
    };
    expect((await typeTo(dataDir, 'pause', 'sim-1', '--for', '1h')).out).toMatch(
      /^sim-1: \w+ \(paused\), paused until /,
    );
    decided('paused');
    await becomes('idle', 'paused', 10_000);
    await typeTo(dataDir, 'resume', 'sim-1');
    await becomes('recording', 'should_record', 20_000);

    // An hour that began two hours ago: over, whatever the time is.
    const hour = (new Date().getUTCHours() + 22) % 24;
    const two = String(hour).padStart(2, '0');
    await typeTo(dataDir, 'schedule', 'sim-1', 'hours', `${two}:00-${two}:30`);
    decided('outside_schedule');
    expect(recorder('sim-1').nextChangeAt).toMatch(new RegExp(`T${two}:00:00.000Z$`));
    await becomes('idle', 'outside_schedule', 10_000);
    await typeTo(dataDir, 'schedule', 'sim-1', 'always');
    await becomes('recording', 'should_record', 20_000);

    await typeTo(dataDir, 'stop', 'sim-1');
    decided('stopped_by_user');
    await becomes('idle', 'stopped_by_user', 10_000);
  });
});
