import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RunEnded } from '@main/events/run-events';
import { isAlive } from '@main/process/identity';
import { capturesNow, watchCaptures } from '../../support/capture-watch';
import { endCaptures, livingCaptures, recordingFolder } from '../../support/captures';
import { ffmpegShim } from '../../support/ffmpeg-shim';
import { heldStation } from '../../support/held-time';
import { keptRuns, type KeptRun } from '../../support/kept-sound';
import { knownSignal } from '../../support/known-signal';
import { mayMount, mountedFolder } from '../../support/mounted-folder';
import { alertWhen, expectHeard, gapsOf, openAlerts, rowsOf } from '../../support/operator-view';
import { profileOf } from '../../support/profile';
import { runConsole, type RunningConsole } from '../../support/running-console';
import { SettableClock } from '../../support/settable-clock';
import { addSweep, segmentsKept, SHORT_RATE, statusWhen } from '../../support/short-recorder';
import { testStation, type TestStation } from '../../support/test-station';
import { usbBench } from '../../support/usb-bench';

const HOUR = 3_600_000;
const DEVICE = 'sim-1';
const USB_DEVICE = '0d8c-0014-A1';
const PLACE = { index: 1, port: '1-1.3', id: 'Mic' };

/** Each run is what was played, from its first sample on, whatever its rate. */
function expectPlayed(runs: readonly KeptRun[], rates: readonly number[]): void {
  for (const [i, { audio, sequences, runId }] of runs.entries()) {
    expect(sequences, runId).toEqual(sequences.map((_, n) => n));
    const rate = rates[i] ?? SHORT_RATE;
    const played = knownSignal(rate, Math.ceil(audio.length / 2 / rate) + 1);
    expect(audio.equals(played.subarray(0, audio.length)), runId).toBe(true);
  }
}

async function recordingStation(
  parts: Parameters<typeof testStation>[0] = {},
): Promise<TestStation> {
  const test = await testStation({ dataDir: recordingFolder(), ...parts });
  await test.station.start();
  await addSweep(test);
  await statusWhen(test, DEVICE, { state: 'recording' });
  return test;
}

/** Bytes of raw sound that a run has on the disk, wherever they lie. */
async function keptBytes(dataDir: string, runId: string): Promise<number> {
  const runs = await keptRuns(dataDir, DEVICE);
  return runs.find((run) => run.runId === runId)?.audio.length ?? 0;
}

describe('a microphone that is pulled out', () => {
  it('just when a segment has closed and is being kept, again and again: each run is whole to its last sample', async () => {
    const bench = usbBench();
    const microphone = bench.microphone({ serial: 'A1' });
    microphone.plugIn(PLACE);
    const test = await testStation({
      dataDir: recordingFolder(),
      hardwareRoots: bench,
      segmentDurationS: 1,
    });
    const ended: RunEnded[] = [];
    test.station.bus.on('run.ended', (run) => ended.push(run));
    await test.station.start();
    const buffer = join(test.dataDir, 'recorder', USB_DEVICE, '.buffer/raw');
    for (let round = 1; round <= 2; round += 1) {
      await statusWhen(test, USB_DEVICE, { state: 'recording' });
      // Two files: one has closed, and is not kept yet.
      await vi.waitFor(
        () => {
          expect(existsSync(buffer) ? readdirSync(buffer).length : 0).toBeGreaterThanOrEqual(2);
        },
        { timeout: 20_000, interval: 1 },
      );
      microphone.unplug();
      await vi.waitFor(
        () => {
          expect(ended).toHaveLength(round);
        },
        { timeout: 20_000, interval: 5 },
      );
      expect(readdirSync(buffer)).toEqual([]);
      microphone.plugIn(PLACE);
    }
    await statusWhen(test, USB_DEVICE, { state: 'recording' });
    await test.station.stop();
    const runs = await keptRuns(test.dataDir, USB_DEVICE);
    expect(runs.length).toBeGreaterThanOrEqual(2);
    for (const { audio } of runs.slice(0, 2)) expect(audio.length).toBeGreaterThan(2 * SHORT_RATE);
    expectHeard(runs, microphone.heard);
    expect(ended.slice(0, 2).map(({ reason }) => reason)).toEqual(['unplugged', 'unplugged']);
  });

  it('and the clock is set while it is out: forward or back, it is a flap, and it records again at once', async () => {
    const clock = new SettableClock();
    const bench = usbBench();
    const microphone = bench.microphone({ serial: 'A1' });
    microphone.plugIn(PLACE);
    const test = await testStation({
      dataDir: recordingFolder(),
      hardwareRoots: bench,
      segmentDurationS: 1,
      clock,
    });
    await test.station.start();
    await segmentsKept(test, USB_DEVICE, 1);
    const presences = new Set<string>();
    test.station.bus.on('device.changed', () =>
      presences.add(test.station.devices.get(USB_DEVICE).presence),
    );
    const steps: number[] = [];
    test.station.bus.on('clock.stepped', ({ stepMs }) => steps.push(Math.round(stepMs / HOUR)));
    for (const [n, hours] of [2, -2].entries()) {
      const { runId } = test.recorder(USB_DEVICE);
      microphone.unplug();
      // Twice longer than from one scan to the next, and together shorter than the grace.
      await delay(1_200);
      clock.step(hours * HOUR);
      await delay(1_200);
      microphone.plugIn(PLACE);
      await vi.waitFor(
        () => {
          const now = test.recorder(USB_DEVICE);
          expect(now).toMatchObject({ state: 'recording' });
          expect(now.runId).not.toBe(runId);
          expect(now.segmentsPromoted).toBeGreaterThanOrEqual(1);
        },
        { timeout: 20_000, interval: 20 },
      );
      expect(test.station.devices.get(USB_DEVICE).flaps).toBe(n + 1);
    }
    expect([...presences]).toEqual(['online']);
    expect(steps).toEqual([2, -2]);
    expect(openAlerts(test, USB_DEVICE)).not.toContain('device.offline');
    const gaps = await gapsOf(test, USB_DEVICE, [clock.wallMs(), clock.wallMs() + 2 * HOUR]);
    // Two hours that the clock jumped over are no two hours without sound.
    for (const { seconds } of gaps) expect(seconds).toBeLessThan(10);
    await test.station.stop();
    const runs = await keptRuns(test.dataDir, USB_DEVICE);
    expect(runs).toHaveLength(3);
    expectHeard(runs, microphone.heard);
    for (const { starts } of runs) {
      expect(starts.map((at) => at - starts[0]!)).toEqual(starts.map((_, i) => i * 1_000));
    }
  });

  it('while its segments cannot be kept: they are as soon as they can, and nothing of the two runs is missing', async () => {
    const bench = usbBench();
    const microphone = bench.microphone({ serial: 'A1' });
    microphone.plugIn(PLACE);
    const dataDir = recordingFolder();
    const test = await testStation({ dataDir, hardwareRoots: bench, segmentDurationS: 1 });
    await test.station.start();
    await segmentsKept(test, USB_DEVICE, 1);
    const { runId } = test.recorder(USB_DEVICE);
    const closed = join(dataDir, 'recorder', USB_DEVICE, 'data/raw');
    const free = (): void => {
      execFileSync('chattr', ['-i', closed]);
    };
    execFileSync('chattr', ['+i', closed]);
    onTestFinished(free);
    const buffer = join(dataDir, 'recorder', USB_DEVICE, '.buffer/raw');
    await vi.waitFor(
      () => {
        expect(readdirSync(buffer).length).toBeGreaterThanOrEqual(3);
      },
      { timeout: 20_000, interval: 20 },
    );
    microphone.unplug();
    await vi.waitFor(() => {
      expect(capturesNow(dataDir)).toEqual([]);
    }, 20_000);
    const waiting = readdirSync(buffer).length;
    expect(waiting).toBeGreaterThanOrEqual(3);
    free();
    microphone.plugIn(PLACE);
    await vi.waitFor(
      () => {
        const now = test.recorder(USB_DEVICE);
        expect(now.runId).not.toBe(runId);
        expect(now.segmentsPromoted).toBeGreaterThanOrEqual(1);
      },
      { timeout: 20_000, interval: 20 },
    );
    await test.station.stop();
    // At the latest the next console takes them up.
    const again = await testStation({ dataDir, hardwareRoots: bench, segmentDurationS: 1 });
    await again.station.start();
    await vi.waitFor(
      () => {
        expect(globSync(join(buffer, `${runId!}*`))).toEqual([]);
      },
      { timeout: 20_000, interval: 50 },
    );
    await again.station.stop();
    const runs = await keptRuns(dataDir, USB_DEVICE);
    expect(runs[0]!.runId).toBe(runId);
    expect(runs[0]!.sequences.length).toBeGreaterThanOrEqual(waiting + 1);
    expectHeard(runs, microphone.heard);
  });
});

describe('a capture that dies', () => {
  it('while it is being stopped is stopped: its last segment is repaired and kept, and it is no failure', async () => {
    const test = await recordingStation();
    await segmentsKept(test, DEVICE, 1);
    await delay(500); // somewhere within a segment
    const [capture] = capturesNow(test.dataDir);
    process.kill(capture!.pid, 'SIGSTOP'); // it hears nobody any more
    const { runId } = test.recorder(DEVICE);
    await test.client.recorders.stop({ device: DEVICE });
    await statusWhen(test, DEVICE, { state: 'stopping' });
    process.kill(capture!.pid, 'SIGKILL');
    await statusWhen(test, DEVICE, { state: 'idle', desired: false, restarts: 0, lastError: null });
    await test.station.indexer.sweep();
    const rows = await rowsOf(test, DEVICE, runId!);
    expect(rows.map(({ recovered }) => recovered)).toEqual([
      ...rows.slice(1).map(() => false),
      true,
    ]);
    const runs = await keptRuns(test.dataDir, DEVICE);
    expect(runs[0]!.audio.length).toBeGreaterThan(1.3 * SHORT_RATE * 2);
    expectPlayed(runs, []);
  });
});

describe('a profile that is changed', () => {
  it('while a failed recorder waits to be tried again holds from the next try on, which need not be waited for longer', async () => {
    const shim = ffmpegShim({ do: 'exit', code: 1 });
    const test = await heldStation({ dataDir: recordingFolder(), ffmpeg: shim.path });
    await test.station.start();
    const { doubled } = watchCaptures(test.dataDir);
    await addSweep(test);
    await test.passUntil(() => test.recorder(DEVICE).restarts === 3, 15_000, 50);
    await test.client.profiles.create(profileOf('high', { audio: { sample_rate: 96_000 } }));
    await test.client.devices.setProfile({ name: DEVICE, profileSlug: 'high' });
    shim.set({ do: 'pass' });
    await test.passUntil(() => test.recorder(DEVICE).state === 'recording', 10_000, 20);
    expect(test.recorder(DEVICE).sampleRateHz).toBe(96_000);
    await segmentsKept(test, DEVICE, 1);
    expect(shim.starts().map(({ mode }) => mode)).toEqual(['exit', 'exit', 'exit', 'pass']);
    expect(doubled()).toEqual([]);
    const runs = await keptRuns(test.dataDir, DEVICE);
    expect(runs).toHaveLength(1);
    expectPlayed(runs, [96_000]);
  });

  it('while the watchdog ends a frozen capture waits for its end: what that one heard is kept, and the new one runs at the new rate', async () => {
    const shim = ffmpegShim({ do: 'freeze', afterMs: 1_600 });
    const test = await heldStation({ dataDir: recordingFolder(), ffmpeg: shim.path });
    await test.station.start();
    const { doubled } = watchCaptures(test.dataDir);
    await addSweep(test);
    await test.passUntil(() => test.recorder(DEVICE).state === 'recording', 14_000, 20);
    const { runId } = test.recorder(DEVICE);
    shim.set({ do: 'pass' });
    await test.passUntil(() => test.recorder(DEVICE).state === 'stopping', 30_000, 50);
    await test.client.profiles.create(profileOf('high', { audio: { sample_rate: 96_000 } }));
    await test.client.devices.setProfile({ name: DEVICE, profileSlug: 'high' });
    await test.passUntil(
      () => test.recorder(DEVICE).state === 'recording' && test.recorder(DEVICE).runId !== runId,
      20_000,
      25,
    );
    expect(test.recorder(DEVICE).sampleRateHz).toBe(96_000);
    await segmentsKept(test, DEVICE, 1);
    expect(doubled()).toEqual([]);
    const runs = await keptRuns(test.dataDir, DEVICE);
    expect(runs[0]!.runId).toBe(runId);
    expect(runs[0]!.audio.length).toBeGreaterThan(SHORT_RATE * 2);
    expectPlayed(runs, [SHORT_RATE, 96_000]);
  });
});

describe('a disk that fills up', () => {
  it.runIf(mayMount())(
    'while the next console adopts the capture: what had been heard is kept, and it records again when there is room',
    async () => {
      const { path: dataDir } = mountedFolder({ sizeKb: 48 * 1024 });
      onTestFinished(() => endCaptures(dataDir));
      const first = await recordingStation({ dataDir });
      await segmentsKept(first, DEVICE, 2);
      const { runId } = first.recorder(DEVICE);
      await first.station.stop('hand_over');
      // Below the reserve, so that the console still opens; the capture goes on into what is left.
      const ballast = join(dataDir, 'ballast');
      const fill = (leaveKb: number): void => {
        const script = `kb=$(df --output=avail -k "$1" | tail -1); head -c $(( (kb - ${String(leaveKb)}) * 1024 )) /dev/zero >> "$1"/ballast || true`;
        execFileSync('sh', ['-c', script, 'sh', dataDir]);
      };
      fill(3_000);
      const test = await testStation({ dataDir });
      await test.station.start();
      await statusWhen(test, DEVICE, { state: 'recording', adopted: true, runId });
      expect(await alertWhen(test, 'data_disk.full')).toMatch(/is full: \d+\.\d MB are free/);
      // A disk with little room is no reason to end what runs.
      expect(capturesNow(dataDir)).toHaveLength(1);
      execFileSync('sh', ['-c', 'cat /dev/zero >> "$1" 2>/dev/null || true', 'sh', ballast]);
      await vi.waitFor(
        () => {
          expect(capturesNow(dataDir)).toEqual([]);
        },
        { timeout: 20_000, interval: 20 },
      );
      await statusWhen(test, DEVICE, { state: 'waiting' });
      expect(test.recorder(DEVICE).lastError).toMatchObject({ code: 'DISK_FULL' });
      rmSync(ballast);
      await vi.waitFor(
        () => {
          const now = test.recorder(DEVICE);
          expect(now).toMatchObject({ state: 'recording', adopted: false });
          expect(now.segmentsPromoted).toBeGreaterThanOrEqual(1);
        },
        { timeout: 20_000, interval: 50 },
      );
      await test.station.stop();
      const again = await testStation({ dataDir });
      await again.station.start();
      await vi.waitFor(
        () => {
          expect(globSync(join(dataDir, `recorder/${DEVICE}/.buffer/*/${runId!}*`))).toEqual([]);
        },
        { timeout: 20_000, interval: 50 },
      );
      await again.station.stop();
      const runs = await keptRuns(dataDir, DEVICE);
      expect(runs[0]!.runId).toBe(runId);
      expectPlayed(runs, []);
      expect(await keptBytes(dataDir, runId!)).toBeGreaterThan(2 * SHORT_RATE * 2);
    },
  );
});

/** A console of its own over one simulated microphone. */
function consoleOn(dataDir: string): RunningConsole {
  const profile = ['--profile', 'generic_usb', '--segment', '1s'];
  const console = runConsole(['--data', dataDir, '--simulate', '1', ...profile]);
  onTestFinished(() => console.kill());
  return console;
}

async function keepsMore(dataDir: string, more: number): Promise<void> {
  const folder = join(dataDir, `recorder/${DEVICE}/data/raw`);
  const count = (): number => (existsSync(folder) ? readdirSync(folder).length : 0);
  const before = count();
  await vi.waitFor(
    () => {
      expect(count()).toBeGreaterThanOrEqual(before + more);
    },
    { timeout: 20_000, interval: 20 },
  );
}

describe('a console that is killed', () => {
  it('at any moment of handing its capture over: the next one adopts it all the same, and not a sample is lost', async () => {
    const dataDir = recordingFolder();
    for (const afterMs of [0, 15, 80]) {
      const console = consoleOn(dataDir);
      await console.line((line) => line['type'] === 'recording');
      const [capture] = await livingCaptures(dataDir);
      console.child.kill('SIGUSR2');
      await delay(afterMs);
      await console.kill();
      expect(await isAlive(capture!)).toBe(true);
    }
    const last = consoleOn(dataDir);
    await keepsMore(dataDir, 2);
    expect(await last.stop()).toBe(0);
    const runs = await keptRuns(dataDir, DEVICE);
    expect(runs).toHaveLength(1);
    expectPlayed(runs, []);
    expect(readdirSync(join(dataDir, `recorder/${DEVICE}/.buffer/raw`))).toEqual([]);
  });

  it('at any moment of its stop: whatever was heard is kept by the next one, whether its capture had ended by then or not', async () => {
    const dataDir = recordingFolder();
    for (const afterMs of [0, 40, 120]) {
      const console = consoleOn(dataDir);
      await console.line((line) => line['type'] === 'recording');
      console.child.kill('SIGINT');
      await delay(afterMs);
      await console.kill();
    }
    const heard = globSync(join(dataDir, `recorder/${DEVICE}/{data,.buffer}/raw/*.wav`)).length;
    const last = consoleOn(dataDir);
    await keepsMore(dataDir, 2);
    expect(await last.stop()).toBe(0);
    expect(await livingCaptures(dataDir)).toEqual([]);
    expect(readdirSync(join(dataDir, `recorder/${DEVICE}/.buffer/raw`))).toEqual([]);
    const runs = await keptRuns(dataDir, DEVICE);
    expectPlayed(runs, []);
    expect(runs.flatMap(({ sequences }) => sequences).length).toBeGreaterThanOrEqual(heard);
    expect(existsSync(join(dataDir, `recorder/${DEVICE}/quarantine`))).toBe(false);
  });

  it('while two others are started for its folder: one of them adopts the capture, the other is turned away, and there is never a second capture', async () => {
    const dataDir = recordingFolder();
    const first = consoleOn(dataDir);
    await first.line((line) => line['type'] === 'recording');
    const { doubled, seen } = watchCaptures(dataDir);
    await first.kill();
    const racing = [consoleOn(dataDir), consoleOn(dataDir)];
    await vi.waitFor(
      () => {
        expect(racing.filter(({ child }) => child.exitCode !== null)).toHaveLength(1);
      },
      { timeout: 20_000, interval: 50 },
    );
    const [loser] = racing.filter(({ child }) => child.exitCode !== null);
    const [winner] = racing.filter(({ child }) => child.exitCode === null);
    expect(loser!.child.exitCode).toBe(1);
    expect(loser!.errors()).toMatch(/A console is already running/);
    await winner!.line((line) => line['type'] === 'recording');
    expect(await winner!.stop()).toBe(0);
    expect(doubled()).toEqual([]);
    expect(seen().size).toBe(1);
    const runs = await keptRuns(dataDir, DEVICE);
    expect(runs).toHaveLength(1);
    expectPlayed(runs, []);
  });
});
