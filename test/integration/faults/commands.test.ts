import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Schedule } from '@shared/model/schedule';
import type { RunEnded } from '@main/events/run-events';
import { spawnDetached } from '@main/process/spawn-detached';
import { captureArguments } from '@main/recorder/capture-command';
import { findOpenRuns } from '@main/recorder/open-runs';
import { runFolderAt, writeRunRecord } from '@main/recorder/run-files';
import { workspaceAt } from '@main/recorder/workspace';
import { capturesNow, watchCaptures } from '../../support/capture-watch';
import { recordingFolder } from '../../support/captures';
import { ffmpegShim, type ShimMode } from '../../support/ffmpeg-shim';
import { heldStation } from '../../support/held-time';
import { keptRuns } from '../../support/kept-sound';
import { knownSignal } from '../../support/known-signal';
import { profileOf } from '../../support/profile';
import { addSweep, segmentsKept, SHORT_RATE, statusWhen } from '../../support/short-recorder';
import { soon } from '../../support/soon';
import { openTestStation, testStation, type TestStation } from '../../support/test-station';

const DEVICE = 'sim-1';
const device = DEVICE;

/** On a machine that is busy with other things a bound in real time says nothing of the station. */
const PROMPT_MS = (loadavg()[0] ?? 0) / availableParallelism() < 1.5 ? 1_000 : 5_000;

type Act = (test: TestStation) => Promise<unknown>;

/** A window that is over, and one that has begun, by the station's clock (UTC unless set otherwise). */
function windowAround(offsetHours: number): Schedule {
  const hour = (shift: number): string =>
    `${String((new Date().getUTCHours() + offsetHours + shift + 24) % 24).padStart(2, '0')}:00`;
  return { kind: 'hours', windows: [{ from: hour(0), to: hour(2) }] };
}

async function recordingStation(parts: Parameters<typeof testStation>[0] = {}) {
  const test = await testStation({ dataDir: recordingFolder(), ...parts });
  await beginRecording(test);
  return test;
}

async function beginRecording(test: TestStation): Promise<void> {
  await test.client.settings.set({ key: 'system.timezone', value: 'UTC' });
  await test.station.start();
  await addSweep(test);
  await statusWhen(test, DEVICE, { state: 'recording' });
}

async function within(ms: number, holds: () => void): Promise<void> {
  await vi.waitFor(holds, { timeout: ms, interval: 5 });
}

async function expectNothingLeft(test: TestStation): Promise<void> {
  expect(capturesNow(test.dataDir)).toEqual([]);
  const { buffer } = workspaceAt(join(test.dataDir, 'recorder'), DEVICE);
  for (const folder of Object.values(buffer)) {
    await soon(() => {
      expect(readdirSync(folder)).toEqual([]);
    });
  }
}

/** Whatever was kept of each run is what was played, from its first sample on, with nothing missing in it. */
async function expectTrueSound(dataDir: string, rate = SHORT_RATE): Promise<void> {
  for (const { audio, sequences } of await keptRuns(dataDir, DEVICE)) {
    expect(sequences).toEqual(sequences.map((_, i) => i));
    const played = knownSignal(rate, Math.ceil(audio.length / 2 / rate) + 1);
    expect(audio.equals(played.subarray(0, audio.length))).toBe(true);
  }
}

describe('within one second', () => {
  let test: TestStation;
  beforeAll(async () => {
    test = await openTestStation({ dataDir: mkdtempSync(join(tmpdir(), 'silvasonic-test-')) });
    await beginRecording(test);
  });
  afterAll(async () => {
    await test.station.stop();
    rmSync(test.dataDir, { recursive: true, force: true });
  });

  it.each<readonly [string, Act, Act]>([
    [
      'a recorder that is stopped has stopped, and one that is started runs',
      ({ client }) => client.recorders.stop({ device }),
      ({ client }) => client.recorders.start({ device }),
    ],
    [
      'a microphone that is ignored is left alone, and one that is enrolled is recorded',
      ({ client }) => client.devices.ignore({ name: DEVICE }),
      ({ client }) => client.devices.enroll({ name: DEVICE }),
    ],
    [
      'a pause holds, and its end holds',
      ({ client }) =>
        client.recorders.pause({ device, until: new Date(Date.now() + 60_000).toISOString() }),
      ({ client }) => client.recorders.resume({ device }),
    ],
    [
      'a schedule holds: outside of its window nothing is recorded, inside of it is',
      ({ client }) => client.recorders.setSchedule({ device, schedule: windowAround(6) }),
      ({ client }) => client.recorders.setSchedule({ device, schedule: windowAround(-1) }),
    ],
  ])('%s', async (_, off, on) => {
    const { doubled } = watchCaptures(test.dataDir);
    await off(test);
    await within(PROMPT_MS, () => {
      expect(capturesNow(test.dataDir)).toEqual([]);
    });
    await statusWhen(test, DEVICE, { state: 'idle', desired: false });
    await expectNothingLeft(test);
    await on(test);
    await within(PROMPT_MS, () => {
      expect(capturesNow(test.dataDir)).toHaveLength(1);
    });
    await statusWhen(test, DEVICE, { state: 'recording' });
    expect(doubled()).toEqual([]);
  });

  it('another profile holds: the old capture has ended, the new one runs at the new rate; every run is whole', async () => {
    await statusWhen(test, DEVICE, { state: 'recording' });
    const { doubled } = watchCaptures(test.dataDir);
    const [old] = capturesNow(test.dataDir);
    const before = test.recorder(DEVICE).runId;
    await test.client.profiles.create(profileOf('high', { audio: { sample_rate: 96_000 } }));
    await test.client.devices.setProfile({ name: DEVICE, profileSlug: 'high' });
    await within(PROMPT_MS, () => {
      const now = capturesNow(test.dataDir);
      expect(now).toHaveLength(1);
      expect(now[0]!.pid).not.toBe(old!.pid);
    });
    const { runId } = await statusWhen(test, DEVICE, { state: 'recording', sampleRateHz: 96_000 });
    expect(runId).not.toBe(before);
    await segmentsKept(test, DEVICE, 1);
    await test.station.stop();
    expect(doubled()).toEqual([]);
    const runs = await keptRuns(test.dataDir, DEVICE);
    expect(runs.map((run) => run.runId)).toEqual(expect.arrayContaining([before, runId]));
    for (const { audio, sequences, runId: heardIn } of runs) {
      const rate = heardIn === runId ? 96_000 : 48_000;
      expect(sequences).toEqual(sequences.map((_, i) => i));
      const played = knownSignal(rate, Math.ceil(audio.length / 2 / rate));
      expect(audio.equals(played.subarray(0, audio.length))).toBe(true);
    }
  });
});

describe('a recorder that is stopped', () => {
  it('while it is starting does not start after all, and leaves nothing', async () => {
    const test = await testStation({ dataDir: recordingFolder() });
    await test.station.start();
    await addSweep(test);
    await test.client.recorders.stop({ device });
    await statusWhen(test, DEVICE, { state: 'idle', desired: false });
    await expectNothingLeft(test);
    // And again at any moment of a start.
    for (const afterMs of [5, 15, 30, 60, 110]) {
      await test.client.recorders.start({ device });
      await delay(afterMs);
      await test.client.recorders.stop({ device });
      await statusWhen(test, DEVICE, { state: 'idle', desired: false });
      await expectNothingLeft(test);
    }
    expect(test.recorder(DEVICE)).toMatchObject({ restarts: 0, lastError: null });
    await expectTrueSound(test.dataDir);
  });

  it('twice ends once', async () => {
    const test = await recordingStation();
    const ended: RunEnded[] = [];
    test.station.bus.on('run.ended', (run) => ended.push(run));
    await Promise.all([
      test.client.recorders.stop({ device }),
      test.client.recorders.stop({ device }),
    ]);
    await test.client.recorders.stop({ device });
    await statusWhen(test, DEVICE, { state: 'idle' });
    await test.client.recorders.stop({ device });
    expect(ended).toHaveLength(1);
    expect(test.recorder(DEVICE)).toMatchObject({ restarts: 0, lastError: null });
  });

  it('and does not hear it is killed after eight seconds; one that is to start again meanwhile waits for its end', async () => {
    const shim = ffmpegShim({ do: 'ignore' });
    const test = await heldStation({ dataDir: recordingFolder(), ffmpeg: shim.path });
    await test.station.start();
    const { doubled } = watchCaptures(test.dataDir);
    await addSweep(test);
    await within(5_000, () => {
      expect(test.recorder(DEVICE).runId).not.toBeNull();
    });
    await test.client.recorders.stop({ device });
    await statusWhen(test, DEVICE, { state: 'stopping' });
    shim.set({ do: 'pass' });
    await test.client.recorders.start({ device });
    const askedMs = test.clock.monotonicMs();
    await test.passUntil(() => test.clock.monotonicMs() > askedMs + 7_900, 8_000, 25);
    expect(shim.starts()).toHaveLength(1);
    expect(test.recorder(DEVICE).state).toBe('stopping');
    await test.passUntil(() => shim.starts().length === 2, 2_000, 25);
    await test.passUntil(() => test.recorder(DEVICE).state === 'recording', 14_000, 20);
    expect(doubled()).toEqual([]);
  });
});

describe('a console that is stopped', () => {
  it('while a failed recorder waits to be started again ends at once, and starts nothing more', async () => {
    const shim = ffmpegShim({ do: 'exit', code: 1 });
    const test = await testStation({ dataDir: recordingFolder(), ffmpeg: shim.path });
    await test.station.start();
    await addSweep(test);
    await statusWhen(test, DEVICE, { state: 'waiting', restarts: 1 });
    const began = performance.now();
    await test.station.stop();
    expect(performance.now() - began).toBeLessThan(1_500);
    const { length } = shim.starts();
    await delay(2_500);
    expect(shim.starts()).toHaveLength(length);
    await expectNothingLeft(test);
  });
});

describe('the reconciler', () => {
  it('notices that a capture which it adopted, and is not the parent of, was killed, and starts another', async () => {
    const dataDir = recordingFolder();
    const first = await recordingStation({ dataDir });
    await segmentsKept(first, DEVICE, 1);
    await first.station.stop('hand_over');
    const [capture] = capturesNow(dataDir);
    const second = await testStation({ dataDir });
    const { doubled } = watchCaptures(dataDir);
    await second.station.start();
    await statusWhen(second, DEVICE, { state: 'recording', adopted: true });
    process.kill(capture!.pid, 'SIGKILL');
    await statusWhen(second, DEVICE, { restarts: 1 });
    await statusWhen(second, DEVICE, { state: 'recording', adopted: false });
    await segmentsKept(second, DEVICE, 1);
    await second.station.stop();
    expect(doubled()).toEqual([]);
    expect(await keptRuns(dataDir, DEVICE)).toHaveLength(2);
    await expectTrueSound(dataDir);
  });

  it('ends a second capture of a device that it finds running, and keeps what that one heard', async () => {
    const dataDir = recordingFolder();
    const first = await recordingStation({ dataDir });
    await segmentsKept(first, DEVICE, 1);
    await first.station.stop('hand_over');
    // As two consoles would have left it that knew nothing of each other.
    const recorderDir = join(dataDir, 'recorder');
    const [open] = await findOpenRuns(recorderDir);
    const record = open!.record!;
    const workspace = workspaceAt(recorderDir, DEVICE);
    const runId = '00c0ffee';
    const folder = runFolderAt(workspace.path, runId);
    const older = { ...record, runId, process: null, startedWallMs: record.startedWallMs - 5_000 };
    await writeRunRecord(folder, { ...older, anchor: null });
    const paths = {
      bufferRawDir: workspace.buffer.raw,
      bufferProcessedDir: workspace.buffer.processed,
      rawList: folder.rawList,
      processedList: folder.processedList,
      livePort: null,
    };
    const stranger = await spawnDetached('ffmpeg', captureArguments(record.config, paths, runId), {
      stdoutFile: folder.progressFile,
      stderrFile: folder.logFile,
    });
    await writeRunRecord(folder, { ...older, anchor: null, process: stranger.identity });
    await soon(() => {
      expect(readdirSync(workspace.buffer.raw).some((name) => name.startsWith(runId))).toBe(true);
    });
    await delay(500);
    expect(capturesNow(dataDir)).toHaveLength(2);

    const second = await testStation({ dataDir });
    await second.station.start();
    await statusWhen(second, DEVICE, { state: 'recording', adopted: true, runId: record.runId });
    await within(8_000, () => {
      expect(capturesNow(dataDir)).toHaveLength(1);
    });
    await soon(async () => {
      const { items } = await second.client.recordings.list({ order: 'oldest_first' });
      expect(items.map((item) => item.runId)).toContain(runId);
    });
    await second.station.stop();
    const runs = await keptRuns(dataDir, DEVICE);
    expect(runs.map((run) => run.runId).sort()).toEqual([runId, record.runId].sort());
    await expectTrueSound(dataDir);
  });

  it('never lets two captures of one device run at a time, whatever comes upon it in whatever order', async () => {
    const shim = ffmpegShim();
    const test = await recordingStation({ ffmpeg: shim.path });
    const { doubled, seen } = watchCaptures(test.dataDir);
    await test.client.profiles.create(
      profileOf('quiet', { processing: { gain_db: -6 }, stream: { processed_enabled: false } }),
    );
    const modes: readonly ShimMode[] = [
      { do: 'pass' },
      { do: 'pass' },
      { do: 'die', afterMs: 300 },
      { do: 'exit', code: 1 },
    ];
    const acts: readonly Act[] = [
      ({ client }) => client.recorders.stop({ device }),
      ({ client }) => client.recorders.start({ device }),
      ({ client }) => client.recorders.start({ device }),
      ({ client }) => client.devices.setProfile({ name: DEVICE, profileSlug: 'quiet' }),
      ({ client }) => client.devices.setProfile({ name: DEVICE, profileSlug: 'short' }),
      ({ client }) => client.recorders.resume({ device }),
      ({ client }) =>
        client.recorders.pause({ device, until: new Date(Date.now() + 300).toISOString() }),
      async ({ dataDir }) => {
        for (const { pid } of capturesNow(dataDir)) process.kill(pid, 'SIGKILL');
        return Promise.resolve();
      },
    ];
    // A fixed seed: the same storm each time.
    let seed = 20_261_121;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    for (let n = 0; n < 40; n += 1) {
      shim.set(modes[random(modes.length)]!);
      await acts[random(acts.length)]!(test);
      await delay(random(250));
    }
    shim.set({ do: 'pass' });
    // Stopped and started by a person, it waits for nothing that failed before.
    await test.client.recorders.stop({ device });
    await statusWhen(test, DEVICE, { state: 'idle' });
    await test.client.recorders.resume({ device });
    await test.client.recorders.start({ device });
    await statusWhen(test, DEVICE, { state: 'recording' });
    await test.station.stop();
    // How many there are is the machine's speed; several must be, else the storm was none.
    expect(seen().size).toBeGreaterThan(2);
    expect(doubled()).toEqual([]);
    await expectNothingLeft(test);
    await expectTrueSound(test.dataDir);
  });
});
