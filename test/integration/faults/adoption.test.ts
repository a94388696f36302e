import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Recording } from '@shared/model/recording';
import type { StationSnapshot } from '@shared/model/station';
import { isAlive } from '@main/process/identity';
import { findOpenRuns } from '@main/recorder/open-runs';
import { readRunRecord, runFolderAt } from '@main/recorder/run-files';
import { station } from '../../support/built-console';
import { livingCaptures, recordingFolder } from '../../support/captures';
import { keptRuns } from '../../support/kept-sound';
import { knownSignal } from '../../support/known-signal';
import { runConsole, type RunningConsole } from '../../support/running-console';

const RATE = 384_000;

/** A console of its own over one simulated bat microphone, segments of a second. */
function consoleOn(dataDir: string, more: readonly string[] = []): RunningConsole {
  const console = runConsole(['--data', dataDir, '--simulate', '1', '--segment', '1s', ...more]);
  onTestFinished(() => console.kill());
  return console;
}

async function recordings(dataDir: string): Promise<Recording[]> {
  const listed = await station(['recordings', '--data', dataDir, '--json', '--limit', '1000']);
  return (JSON.parse(listed.stdout) as { items: Recording[] }).items.reverse();
}

function rawFiles(dataDir: string): string[] {
  const folder = join(dataDir, 'recorder', 'sim-1', 'data', 'raw');
  return existsSync(folder) ? readdirSync(folder) : [];
}

async function keeps(dataDir: string, count: number): Promise<void> {
  await vi.waitFor(
    () => {
      expect(rawFiles(dataDir).length).toBeGreaterThanOrEqual(count);
    },
    { timeout: 30_000, interval: 50 },
  );
}

/** One run, from sample 0, nothing missing, nothing doubled, and every second of it is a row. */
async function expectOneUnbrokenRun(dataDir: string): Promise<void> {
  const runs = await keptRuns(dataDir, 'sim-1');
  expect(runs).toHaveLength(1);
  const [run] = runs;
  expect(run!.sequences).toEqual(run!.sequences.map((_, i) => i));
  const played = knownSignal(RATE, Math.ceil(run!.audio.length / 2 / RATE));
  expect(run!.audio.equals(played.subarray(0, run!.audio.length))).toBe(true);
  const rows = await recordings(dataDir);
  expect(rows.map((row) => row.sequence)).toEqual(run!.sequences);
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    if (before === undefined) continue;
    const end = Date.parse(before.time) + before.durationS * 1000;
    expect(Math.abs(Date.parse(row.time) - end)).toBeLessThanOrEqual(1);
  }
  for (const stream of ['raw', 'processed']) {
    expect(readdirSync(join(dataDir, 'recorder', 'sim-1', '.buffer', stream))).toEqual([]);
  }
}

describe('a capture whose console is gone', () => {
  it('is adopted by console after console, killed at any moment of a segment, and not a sample is lost', async () => {
    const dataDir = recordingFolder();
    const first = consoleOn(dataDir);
    await keeps(dataDir, 1);
    const [capture] = await livingCaptures(dataDir);
    await first.kill();
    // Nobody is there for a while: segments close unseen. Whoever asks is told so.
    await delay(1_500);
    const status = await station(['status', '--data', dataDir, '--json']);
    const snapshot = JSON.parse(status.stdout) as StationSnapshot;
    expect(snapshot.station.running).toBe(false);
    expect(snapshot.recorders[0]).toMatchObject({
      device: 'sim-1',
      desired: true,
      desiredReason: 'should_record',
      state: 'recording',
    });
    for (const lifeMs of [350, 610, 140, 900]) {
      const next = consoleOn(dataDir);
      await next.line((line) => line['type'] === 'started');
      await delay(lifeMs);
      await next.kill();
    }
    const last = consoleOn(dataDir);
    await last.line((line) => line['type'] === 'recorder' && line['state'] === 'recording');
    expect(await isAlive(capture!)).toBe(true);
    await keeps(dataDir, 6);
    expect(await last.stop()).toBe(0);
    await expectOneUnbrokenRun(dataDir);
  });

  it('is handed over when the console is told to make room for the next one', async () => {
    const dataDir = recordingFolder();
    const first = consoleOn(dataDir);
    await keeps(dataDir, 1);
    const [capture] = await livingCaptures(dataDir);
    expect(await first.stop('SIGUSR2')).toBe(0);
    expect(await isAlive(capture!)).toBe(true);
    const second = consoleOn(dataDir);
    await keeps(dataDir, 3);
    expect(await second.stop()).toBe(0);
    expect(await isAlive(capture!)).toBe(false);
    await expectOneUnbrokenRun(dataDir);
  });

  it('is found by its files when its console died before it had written down the number', async () => {
    const dataDir = recordingFolder();
    const first = consoleOn(dataDir);
    await keeps(dataDir, 1);
    await first.kill();
    const recorderDir = join(dataDir, 'recorder');
    const [open] = await findOpenRuns(recorderDir);
    const folder = runFolderAt(join(recorderDir, 'sim-1'), open!.runId);
    writeFileSync(folder.recordFile, JSON.stringify({ ...open!.record, process: null }));
    const second = consoleOn(dataDir);
    await keeps(dataDir, 3);
    expect(await second.stop()).toBe(0);
    await expectOneUnbrokenRun(dataDir);
  });

  it('is not mistaken for a stranger that has its number now', async () => {
    const dataDir = recordingFolder();
    const first = consoleOn(dataDir);
    await keeps(dataDir, 2);
    const recorderDir = join(dataDir, 'recorder');
    const [capture] = await livingCaptures(dataDir);
    await first.kill();
    process.kill(capture!.pid, 'SIGKILL');
    const [open] = await findOpenRuns(recorderDir);
    // This very test has the number of the capture now.
    const folder = runFolderAt(join(recorderDir, 'sim-1'), open!.runId);
    const stranger = { ...open!.record!.process!, pid: process.pid };
    writeFileSync(folder.recordFile, JSON.stringify({ ...open!.record, process: stranger }));
    const second = consoleOn(dataDir);
    await vi.waitFor(
      async () => {
        expect((await readRunRecord(folder))?.ended?.why).toMatch(/found dead/);
        expect((await keptRuns(dataDir, 'sim-1')).length).toBe(2);
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(await second.stop()).toBe(0);
    const [old] = await keptRuns(dataDir, 'sim-1');
    const played = knownSignal(RATE, Math.ceil(old!.audio.length / 2 / RATE) + 1);
    expect(old!.audio.equals(played.subarray(0, old!.audio.length))).toBe(true);
  });

  it('is replaced at once when its configuration was changed meanwhile, and both runs are kept', async () => {
    const dataDir = recordingFolder();
    const first = consoleOn(dataDir);
    await keeps(dataDir, 2);
    await first.kill();
    const second = consoleOn(dataDir, ['--segment', '2s']);
    await vi.waitFor(
      async () => {
        expect((await keptRuns(dataDir, 'sim-1')).length).toBe(2);
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(await second.stop()).toBe(0);
    const [old] = await keptRuns(dataDir, 'sim-1');
    const folder = runFolderAt(join(dataDir, 'recorder', 'sim-1'), old!.runId);
    expect(JSON.parse(readFileSync(folder.recordFile, 'utf8'))).toMatchObject({
      ended: { why: 'stopped' },
    });
    expect(old!.sequences).toEqual(old!.sequences.map((_, i) => i));
    expect(await livingCaptures(dataDir)).toEqual([]);
  });
});
