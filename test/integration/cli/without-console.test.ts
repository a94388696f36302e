import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gapSchema } from '@shared/model/coverage';
import { recorderStatusSchema } from '@shared/model/recorder';
import { stationSnapshotSchema } from '@shared/model/station';
import { systemClock } from '@main/clock/system-clock';
import { isAttended } from '@main/folder-lock';
import { endAbandonedDemos } from '@main/recorder/abandoned-demos';
import { livingCaptures, recordingFolder } from '../../support/captures';
import { commandLine } from '../../support/command-line';
import { runConsole, type RunningConsole } from '../../support/running-console';
import { soon } from '../../support/soon';

function start(args: readonly string[]): RunningConsole {
  const started = runConsole(args);
  onTestFinished(() => started.kill());
  return started;
}

const ONE_MICROPHONE = ['--simulate', '1', '--profile', 'generic_usb', '--segment', '1s'];

/** A data folder whose console was killed while its one capture goes on. */
async function leftAlone(): Promise<string> {
  const dataDir = recordingFolder();
  const killed = start(['--data', dataDir, ...ONE_MICROPHONE]);
  await killed.line((line) => line['type'] === 'recording');
  await killed.kill();
  expect(await livingCaptures(dataDir)).toHaveLength(1);
  return dataDir;
}

async function typed(dataDir: string, ...args: string[]): Promise<string> {
  const { exitCode, out, err } = await commandLine([...args, '--data', dataDir]);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
  return out.join('\n');
}

describe('while no console runs', () => {
  it.each([
    ['stop', ['stop', 'sim-1'], 'stopped_by_user'],
    ['pause', ['pause', 'sim-1', '--for', '1h'], 'paused'],
  ])('%s ends the capture itself', async (_name, words, reason) => {
    const dataDir = await leftAlone();
    const status = recorderStatusSchema.parse(JSON.parse(await typed(dataDir, ...words, '--json')));
    expect(status).toMatchObject({ state: 'idle', desired: false, desiredReason: reason });
    expect(await livingCaptures(dataDir)).toEqual([]);
  });

  it('a microphone that is ignored is not recorded any more', async () => {
    const dataDir = await leftAlone();
    await typed(dataDir, 'ignore', 'sim-1');
    expect(await livingCaptures(dataDir)).toEqual([]);
  });

  it('what a pause ended is kept by the next console, and no time of it is missing for a reason not known', async () => {
    const dataDir = await leftAlone();
    await typed(dataDir, 'pause', 'sim-1', '--for', '1h');
    const next = start(['--data', dataDir, '--segment', '1s']);
    await next.line((line) => line['type'] === 'started');
    await next.line((line) => line['type'] === 'recording');
    expect(await next.stop()).toBe(0);
    const told = JSON.parse(await typed(dataDir, 'coverage', '--json')) as {
      devices: { gaps: unknown[]; scheduledS: number; recordedS: number }[];
    };
    const [device] = told.devices;
    const gaps = device!.gaps.map((gap) => gapSchema.parse(gap));
    expect(gaps.map(({ reason }) => reason)).not.toContain('unknown');
    // What passed after the pause was no duty.
    expect(device!.scheduledS - device!.recordedS).toBeLessThan(1);
  });

  it('what still records is told of with all that is known, and a crash is never "nothing is wrong"', async () => {
    const dataDir = await leftAlone();
    const { station, recorders } = stationSnapshotSchema.parse(
      JSON.parse(await typed(dataDir, 'status', '--json')),
    );
    expect(station).toMatchObject({ running: false, lastConsole: { end: 'killed' } });
    const [capture] = await livingCaptures(dataDir);
    expect(recorders).toMatchObject([
      { desired: true, desiredReason: 'should_record', process: { pid: capture!.pid } },
    ]);
    expect(recorders[0]!.recordedS).toBeGreaterThanOrEqual(1);
    expect(await typed(dataDir, 'status')).toMatch(/IT ENDED UNASKED .* last sign of life was at/);
    const alerts = await typed(dataDir, 'alerts');
    expect(alerts).toMatch(/IT ENDED UNASKED/);
    expect(alerts).not.toMatch(/nothing is wrong/);
  });

  it('one that was stopped is told of as stopped', async () => {
    const dataDir = recordingFolder();
    const stopped = start(['--data', dataDir, ...ONE_MICROPHONE]);
    await stopped.line((line) => line['state'] === 'recording');
    expect(await stopped.stop()).toBe(0);
    expect(await typed(dataDir, 'status')).toMatch(/it was stopped at 2/);
    expect(await typed(dataDir, 'alerts')).not.toMatch(/UNASKED|nothing is wrong/);
  });
});

describe('what a console says', () => {
  it('of captures that run on is true to its last word, and the next one says that it took them over', async () => {
    const dataDir = recordingFolder();
    const first = start(['--data', dataDir, ...ONE_MICROPHONE]);
    await first.line((line) => line['type'] === 'recording');
    expect(await first.stop('SIGUSR2')).toBe(0);
    const from = first.lines.findIndex((line) => line['type'] === 'stopping');
    const last = first.lines.slice(from);
    expect(last.filter((line) => line['desiredReason'] === 'console_stopped')).toEqual([]);
    const next = start(['--data', dataDir, '--segment', '1s']);
    await next.line((line) => line['state'] === 'recording' && line['adopted'] === true);
    expect(await typed(dataDir, 'status')).toMatch(
      /RECORDING.*, taken over from an earlier console/,
    );
    expect(await next.stop()).toBe(0);
  });
});

describe('a demonstration whose console was killed', () => {
  it('is ended by the next one, and one that is attended is not', async () => {
    const attended = start(['--demo', '--segment', '1s']);
    const abandoned = start(['--demo', '--segment', '1s']);
    const folders = await Promise.all(
      [attended, abandoned].map(async (demo) => {
        await demo.line((line) => line['state'] === 'recording');
        return String((await demo.line((line) => line['type'] === 'started'))['dataDir']);
      }),
    );
    onTestFinished(async () => {
      for (const folder of folders) {
        for (const { pid } of await livingCaptures(folder)) process.kill(pid, 'SIGKILL');
        await rm(join(folder, '..'), { recursive: true, force: true });
      }
    });
    await abandoned.kill();
    const [captureLeft] = await livingCaptures(folders[1]!);
    expect(captureLeft).toBeDefined();
    expect(await endAbandonedDemos(tmpdir(), isAttended, systemClock)).toContain(captureLeft!.pid);
    await soon(async () => {
      expect(await livingCaptures(folders[1]!)).toEqual([]);
    });
    expect(await livingCaptures(folders[0]!)).toHaveLength(1);
    expect(existsSync(folders[0]!)).toBe(true);
    expect(await attended.stop()).toBe(0);
  });
});
