import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { RunAnchored, RunEnded } from '@main/events/run-events';
import { capturesNow } from '../../support/capture-watch';
import { recordingFolder } from '../../support/captures';
import { fakeMicrophone } from '../../support/fake-microphone';
import { fakeMachine } from '../../support/file-tree';
import { ffmpegShim } from '../../support/ffmpeg-shim';
import { type HeldStation, heldStation } from '../../support/held-time';
import { keptRuns } from '../../support/kept-sound';
import { knownSignal } from '../../support/known-signal';
import { addSweep, segmentsKept, SHORT_RATE, statusWhen } from '../../support/short-recorder';
import { soon } from '../../support/soon';
import { testStation, type TestStation } from '../../support/test-station';

const DEVICE = 'sim-1';
const USB_DEVICE = '0d8c-0014-port1-1.4';

/** Waits for the n-th failure of a recorder. @returns how long it rests until it tries again, milliseconds */
async function restAfter(test: HeldStation, failures: number): Promise<number> {
  const expected = { restarts: failures, state: 'waiting' } as const;
  const { retryAt } = await statusWhen(test, DEVICE, expected);
  return Date.parse(retryAt!) - test.clock.wallMs();
}

function openAlerts(test: TestStation): string[] {
  return test.station.alerts.open().map(({ code }) => code);
}

function runsEnded(test: TestStation): RunEnded[] {
  const ended: RunEnded[] = [];
  test.station.bus.on('run.ended', (run) => ended.push(run));
  return ended;
}

/** Bytes that the captures of a data folder are writing to now. */
function bytesInBuffers(dataDir: string): number {
  return globSync(join(dataDir, 'recorder/*/.buffer/raw/*.wav')).reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** Time passes for the station as quickly as sound proves that the capture lives. */
async function recordFor(test: HeldStation, ms: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 2_000) {
    const before = bytesInBuffers(test.dataDir);
    await vi.waitFor(
      () => {
        expect(bytesInBuffers(test.dataDir)).toBeGreaterThan(before);
      },
      { timeout: 20_000, interval: 5 },
    );
    await test.clock.advance(2_000);
  }
}

/** One microphone on USB, on a machine whose `/proc` and `/sys` are made up. */
function usbMicrophone() {
  const microphone = fakeMicrophone({
    ...{ rate: 48_000, channels: 1, format: 'S16_LE', asHardware: true },
    samples: knownSignal(SHORT_RATE, 2),
  });
  const machine = fakeMachine('pi4-onboard');
  machine.add(`proc/asound/card2/stream0:
| USB PnP Audio Device at usb-0000:01:00.0-1.4, full speed : USB Audio
| 
| Capture:
|   Status: Stop
|   Interface 2
|     Altset 1
|     Format: S16_LE
|     Channels: 1
|     Endpoint: 0x82 (2 IN) (ASYNC)
|     Rates: 48000`);
  return { microphone, machine };
}

describe('a capture that fails', () => {
  it('at once, time after time, is tried after 2, 4, 8 and 16 s, then once a minute for ever, says so, and is forgiven after five healthy minutes', async () => {
    const shim = ffmpegShim({ do: 'exit', code: 1, words: 'Error: the moon is in the way' });
    const test = await heldStation({ dataDir: recordingFolder(), ffmpeg: shim.path });
    await test.station.start();
    // One long segment, so that five minutes of the station's time need not be five of ours.
    await addSweep(test, { stream: { segment_duration_s: 120 } });
    const rests: number[] = [];
    for (let failure = 1; failure <= 7; failure += 1) {
      const restMs = await restAfter(test, failure);
      rests.push(Math.round(restMs / 1000));
      expect(test.recorder(DEVICE).failing).toBe(failure >= 5);
      await test.clock.advance(restMs - 1);
      expect(shim.starts(), 'not a moment before').toHaveLength(failure);
      if (failure === 7) shim.set({ do: 'pass' });
      await test.passUntil(() => shim.starts().length === failure + 1, 1_100);
    }
    expect(rests).toEqual([2, 4, 8, 16, 60, 60, 60]);
    expect(test.recorder(DEVICE).lastError).toMatchObject({
      code: 'EXITED_UNASKED',
      detail: 'Error: the moon is in the way',
    });
    expect(openAlerts(test)).toContain('recorder.failing');

    await test.passUntil(() => test.recorder(DEVICE).state === 'recording', 10_000, 20);
    await recordFor(test, 298_000);
    expect(test.recorder(DEVICE)).toMatchObject({ state: 'recording', failing: true });
    await recordFor(test, 16_000);
    expect(test.recorder(DEVICE)).toMatchObject({ failing: false, lastError: null, restarts: 7 });
    expect(openAlerts(test)).not.toContain('recorder.failing');

    // The whole budget is there again.
    shim.set({ do: 'exit', code: 1 });
    process.kill(capturesNow(test.dataDir)[0]!.pid, 'SIGKILL');
    expect(Math.round((await restAfter(test, 8)) / 1000)).toBe(2);
  });

  it('by being killed from outside records again within three seconds; its open segment is recovered and only the time between is missing', async () => {
    const test = await testStation({ dataDir: recordingFolder() });
    await test.station.start();
    const ended = runsEnded(test);
    const anchored: RunAnchored[] = [];
    test.station.bus.on('run.anchored', (run) => anchored.push(run));
    await addSweep(test);
    await segmentsKept(test, DEVICE, 2);
    const killedMs = Date.now();
    process.kill(capturesNow(test.dataDir)[0]!.pid, 'SIGKILL');
    await vi.waitFor(
      () => {
        expect(anchored).toHaveLength(2);
      },
      { timeout: 20_000, interval: 5 },
    );
    expect(anchored[1]!.wallMs - killedMs).toBeLessThanOrEqual(3_000);
    expect(ended[0]).toMatchObject({ reason: 'capture_failed' });
    // What was heard until a packet or two before its death is kept.
    expect(killedMs - ended[0]!.endWallMs!).toBeLessThan(300);
    expect(test.recorder(DEVICE)).toMatchObject({
      restarts: 1,
      lastError: { code: 'EXITED_UNASKED' },
    });
    await segmentsKept(test, DEVICE, 1);
    await test.station.stop();

    const runs = await keptRuns(test.dataDir, DEVICE);
    expect(runs).toHaveLength(2);
    for (const { audio, sequences } of runs) {
      expect(sequences).toEqual(sequences.map((_, i) => i));
      const played = knownSignal(SHORT_RATE, Math.ceil(audio.length / 2 / SHORT_RATE));
      expect(audio.equals(played.subarray(0, audio.length))).toBe(true);
    }
    const heardS = runs[0]!.audio.length / 2 / SHORT_RATE;
    expect(ended[0]!.endWallMs).toBeCloseTo(anchored[0]!.wallMs + heardS * 1000, 0);
    const again = await testStation({ dataDir: test.dataDir });
    const { items } = await again.client.recordings.list({ order: 'oldest_first' });
    const dead = items.filter(({ runId }) => runId === runs[0]!.runId);
    expect(dead.map(({ recovered }) => recovered)).toEqual([
      ...dead.slice(1).map(() => false),
      true,
    ]);
  });

  it.each([
    ['with exit code 0 that nobody asked for', { do: 'exit', code: 0 }],
    ['because somebody else told it to finish', { do: 'leave', afterMs: 700 }],
  ] as const)('%s is a failure like any other', async (_, mode) => {
    const shim = ffmpegShim(mode);
    const test = await heldStation({ dataDir: recordingFolder(), ffmpeg: shim.path });
    await test.station.start();
    const ended = runsEnded(test);
    await addSweep(test);
    await test.passUntil(() => test.recorder(DEVICE).restarts === 1, 14_000, 20);
    expect(test.recorder(DEVICE)).toMatchObject({ desired: true, state: 'waiting' });
    expect(test.recorder(DEVICE).lastError?.code).toMatch(/EXITED_UNASKED|UNKNOWN/);
    expect(ended).toMatchObject([{ reason: 'capture_failed' }]);
    shim.set({ do: 'pass' });
    await test.clock.advance(3_000);
    await test.passUntil(() => test.recorder(DEVICE).state === 'recording', 14_000, 20);
  });

  it('because ffmpeg has vanished from the disk says so, and records again once it is back', async () => {
    const shim = ffmpegShim();
    const test = await heldStation({ dataDir: recordingFolder(), ffmpeg: shim.path });
    await test.station.start();
    await addSweep(test);
    await test.passUntil(() => test.recorder(DEVICE).state === 'recording', 14_000, 20);
    shim.remove();
    // What runs goes on: a program that is in memory needs no file.
    await test.clock.advance(1_000);
    expect(test.recorder(DEVICE).restarts).toBe(0);
    process.kill(capturesNow(test.dataDir)[0]!.pid, 'SIGKILL');
    await restAfter(test, 1);
    await test.clock.advance(2_500);
    await restAfter(test, 2);
    expect(test.recorder(DEVICE).lastError).toMatchObject({ code: 'FFMPEG_MISSING' });
    await test.clock.advance(1_000);
    expect(openAlerts(test)).toContain('ffmpeg.missing');
    shim.restore();
    await test.clock.advance(5_000);
    await test.passUntil(() => test.recorder(DEVICE).state === 'recording', 14_000, 20);
    await test.clock.advance(1_000);
    expect(openAlerts(test)).not.toContain('ffmpeg.missing');
  });

  it('because another program holds the microphone names that program, and records once it lets go', async () => {
    const { microphone, machine } = usbMicrophone();
    machine.add(`proc/asound/card2/pcm0c/sub0/status:
| state: RUNNING
| owner_pid   : 812
proc/812/status: Tgid:	812
proc/812/comm: pipewire`);
    microphone.refuse('EBUSY');
    const test = await heldStation({ dataDir: recordingFolder(), hardwareRoots: machine });
    const ended = runsEnded(test);
    await test.station.start();
    await test.passUntil(() => test.recorder(USB_DEVICE).restarts >= 2, 10_000);
    await soon(() => {
      expect(test.recorder(USB_DEVICE).lastError).toMatchObject({
        code: 'DEVICE_BUSY',
        detail: expect.stringMatching(
          /^used by pipewire \(pid 812\) \(.*Device or resource busy/,
        ) as string,
      });
    });
    expect(ended[0]).toMatchObject({ reason: 'device_busy', endWallMs: null });
    await test.clock.advance(6_000);
    const alert = test.station.alerts.open().find(({ code }) => code === 'recorder.busy');
    expect(alert).toMatchObject({
      level: 'critical',
      evidence: expect.stringContaining('pipewire') as string,
    });
    microphone.grant();
    await test.clock.advance(20_000);
    await test.passUntil(() => test.recorder(USB_DEVICE).state === 'recording', 20_000, 20);
  });

  it('because the microphone may not be opened says that, in its own word', async () => {
    const { microphone, machine } = usbMicrophone();
    microphone.refuse('EACCES');
    const test = await heldStation({ dataDir: recordingFolder(), hardwareRoots: machine });
    const ended = runsEnded(test);
    await test.station.start();
    await test.passUntil(() => test.recorder(USB_DEVICE).restarts >= 1, 10_000);
    expect(test.recorder(USB_DEVICE).lastError).toMatchObject({
      code: 'PERMISSION_DENIED',
      detail: expect.stringContaining('Permission denied') as string,
    });
    expect(ended[0]).toMatchObject({ reason: 'device_refused' });
    await test.clock.advance(6_000);
    expect(openAlerts(test)).toContain('recorder.no_permission');
  });

  it('because the microphone gives another rate than asked is refused: not a frame of it is kept as what it is not', async () => {
    const microphone = fakeMicrophone({
      ...{ rate: 44_100, channels: 1, format: 'S16_LE' },
      samples: knownSignal(44_100, 2),
    });
    const test = await heldStation({ dataDir: recordingFolder() });
    const ended = runsEnded(test);
    await test.station.start();
    const { name } = await test.client.devices.addAlsa({ pcm: microphone.pcm });
    await test.passUntil(() => test.recorder(name).restarts >= 1, 14_000, 20);
    expect(test.recorder(name).lastError).toMatchObject({
      code: 'RATE_NOT_OFFERED',
      detail: expect.stringContaining('the device delivers 44100 Hz, not 48000') as string,
    });
    expect(ended[0]).toMatchObject({ reason: 'device_refused' });
    const [workspace] = readdirSync(join(test.dataDir, 'recorder'));
    const folder = join(test.dataDir, 'recorder', workspace!);
    expect(readdirSync(join(folder, 'data', 'raw'))).toEqual([]);
    const quarantine = join(folder, 'quarantine');
    for (const file of existsSync(quarantine) ? readdirSync(quarantine) : []) {
      if (!file.includes('raw') || !file.endsWith('.reason.txt')) continue;
      expect(readFileSync(join(quarantine, file), 'utf8')).toContain('44100 Hz instead of 48000');
    }
    await test.clock.advance(6_000);
    expect(openAlerts(test)).toContain('recorder.refused');
  });
});
