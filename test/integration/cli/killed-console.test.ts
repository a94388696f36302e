import { describe, expect, it, onTestFinished } from 'vitest';
import type { Device } from '@shared/model/device';
import type { StationSnapshot } from '@shared/model/station';
import { station } from '../../support/built-console';
import { livingCaptures, recordingFolder } from '../../support/captures';
import { commandLine } from '../../support/command-line';
import { runConsole, type RunningConsole } from '../../support/running-console';
import { soon } from '../../support/soon';

async function status(dataDir: string): Promise<StationSnapshot> {
  const { exitCode, out, err } = await commandLine(['status', '--data', dataDir, '--json']);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
  return JSON.parse(out.join('\n')) as StationSnapshot;
}

function start(args: readonly string[]): RunningConsole {
  const started = runConsole(args);
  onTestFinished(() => started.kill());
  return started;
}

const ONE_MICROPHONE = ['--simulate', '1', '--profile', 'generic_usb', '--segment', '1s'];

describe('after a console was killed', () => {
  it('status tells of the capture that goes on, and leaves it alone', async () => {
    const dataDir = recordingFolder();
    const killed = start(['--data', dataDir, ...ONE_MICROPHONE]);
    await killed.line((line) => line['type'] === 'recording');
    await killed.kill();
    const captures = await livingCaptures(dataDir);
    expect(captures).toHaveLength(1);

    const first = await status(dataDir);
    expect(first.station).toMatchObject({ running: false, shell: 'none' });
    expect(first.recorders).toMatchObject([
      { device: 'sim-1', state: 'recording', desired: true, desiredReason: 'should_record' },
    ]);
    expect(first.recorders[0]!.runId).toMatch(/^[0-9a-f]{8}$/);
    const said = await station(['status', '--data', dataDir]);
    expect(said.stdout).toMatch(
      /No console is running[\s\S]*sim-1: RECORDING.*, without a console/,
    );
    expect(await livingCaptures(dataDir)).toEqual(captures);

    process.kill(captures[0]!.pid, 'SIGKILL');
    await soon(async () => {
      expect(await livingCaptures(dataDir)).toEqual([]);
    });
    expect((await status(dataDir)).recorders).toMatchObject([{ state: 'idle', runId: null }]);
  });

  it('the next one starts on the same folder, and takes up what was left', async () => {
    const dataDir = recordingFolder();
    const killed = start(['--data', dataDir, ...ONE_MICROPHONE]);
    await killed.line((line) => line['state'] === 'recording');
    await killed.kill();
    const next = start(['--data', dataDir, '--segment', '1s']);
    await next.line((line) => line['type'] === 'recording');
    expect((await livingCaptures(dataDir)).length).toBeLessThanOrEqual(1);
    const { out } = await commandLine(['devices', '--data', dataDir, '--json']);
    expect((JSON.parse(out[0]!) as Device[]).map(({ name }) => name)).toEqual(['sim-1']);
    expect(await next.stop()).toBe(0);
    expect(await livingCaptures(dataDir)).toEqual([]);
  });
});
