import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RunAnchored } from '@main/events/run-events';
import { readGuano } from '@main/wav/guano';
import { capturesNow, watchCaptures } from '../../support/capture-watch';
import { recordingFolder } from '../../support/captures';
import { commandLine } from '../../support/command-line';
import { keptRuns } from '../../support/kept-sound';
import {
  alertWhen,
  expectHeard,
  expectOneGap,
  gapsOf,
  gapsSinceFirstSound,
  openAlerts,
  rowsOf,
} from '../../support/operator-view';
import { segmentsKept, statusWhen } from '../../support/short-recorder';
import { soon } from '../../support/soon';
import { testStation, type TestStation } from '../../support/test-station';
import { BENCH_RATE, usbBench, type UsbBench } from '../../support/usb-bench';

const PLACE = { index: 1, port: '1-1.3', id: 'Mic' };
const PATIENCE_MS = 30_000;

/** On a machine that is busy with other things a bound in real time says nothing of the station. */
const BUSY = (loadavg()[0] ?? 0) / availableParallelism() >= 1.5;

async function stationOn(
  bench: UsbBench,
  options: Parameters<typeof testStation>[0] = {},
): Promise<TestStation> {
  const test = await testStation({
    dataDir: recordingFolder(),
    hardwareRoots: bench,
    segmentDurationS: 1,
    ...options,
  });
  await test.station.start();
  return test;
}

/** Waits until a device records, in another run than before. @returns the run */
async function recordsAnew(test: TestStation, device: string, before: string): Promise<string> {
  return vi.waitFor(
    () => {
      const { state, runId, segmentsPromoted } = test.recorder(device);
      expect(state).toBe('recording');
      expect(segmentsPromoted).toBeGreaterThanOrEqual(1);
      expect(runId).not.toBe(before);
      return runId!;
    },
    { timeout: PATIENCE_MS, interval: 20 },
  );
}

describe('a microphone that is pulled out', () => {
  it('for less than three seconds stays online: the flap is counted, it records again within two seconds of its return, and the hole is one gap', async () => {
    const bench = usbBench();
    const microphone = bench.microphone({ serial: 'A1' });
    const device = '0d8c-0014-A1';
    microphone.plugIn(PLACE);
    const test = await stationOn(bench);
    const { runId: before } = await segmentsKept(test, device, 1, PATIENCE_MS);
    const presences = new Set<string>();
    const anchored: RunAnchored[] = [];
    test.station.bus.on('device.changed', () =>
      presences.add(test.station.devices.get(device).presence),
    );
    test.station.bus.on('run.anchored', (run) => anchored.push(run));
    microphone.unplug();
    await delay(1_500); // how long it is out
    microphone.plugIn(PLACE);
    const backMs = Date.now();
    const after = await recordsAnew(test, device, before!);
    expect(anchored[0]!.wallMs - backMs).toBeLessThanOrEqual(BUSY ? 10_000 : 2_000);
    expect([...presences]).toEqual(['online']);
    expect(test.station.devices.get(device).flaps).toBe(1);
    await expectOneGap(test, device, 'unplugged', [before!, after]);
    expect(openAlerts(test, device)).toEqual([]);
    await test.station.stop();
    const runs = await keptRuns(test.dataDir, device);
    expect(runs.map(({ runId }) => runId)).toEqual([before, after]);
    expectHeard(runs, microphone.heard);
  });

  it('for longer is offline and told so; back under another number, in another socket, it is the same one and goes on in its folder', async () => {
    const bench = usbBench();
    const microphone = bench.microphone({ serial: 'A1' });
    const device = '0d8c-0014-A1';
    microphone.plugIn(PLACE);
    const test = await stationOn(bench);
    const { runId: before } = await segmentsKept(test, device, 1, PATIENCE_MS);
    microphone.unplug();
    await statusWhen(test, device, { state: 'idle', desiredReason: 'offline' }, PATIENCE_MS);
    expect(await alertWhen(test, 'device.offline')).toContain('is unplugged since');
    expect(capturesNow(test.dataDir)).toEqual([]);
    expect(test.station.devices.get(device)).toMatchObject({ presence: 'offline', flaps: 0 });
    microphone.plugIn({ index: 5, port: '1-1.2', id: 'Mic_1' });
    const after = await recordsAnew(test, device, before!);
    expect(test.station.devices.list()).toMatchObject([
      { name: device, workspace: device, alsaCardIndex: 5, pcm: 'hw:CARD=Mic_1,DEV=0' },
    ]);
    await expectOneGap(test, device, 'unplugged', [before!, after]);
    await vi.waitFor(() => {
      expect(openAlerts(test)).toEqual([]);
    }, PATIENCE_MS);
    await test.station.stop();
    expect(readdirSync(join(test.dataDir, 'recorder'))).toEqual([device]);
    const runs = await keptRuns(test.dataDir, device);
    expect(runs).toHaveLength(2);
    expectHeard(runs, microphone.heard);
  });

  it('and left out for good takes nothing of what it heard with it: its last samples are a recording', async () => {
    const bench = usbBench();
    const microphone = bench.microphone({ serial: 'A1' });
    const device = '0d8c-0014-A1';
    microphone.plugIn(PLACE);
    const test = await stationOn(bench);
    await segmentsKept(test, device, 2, PATIENCE_MS);
    await delay(400); // somewhere within a segment
    const pulledMs = Date.now();
    microphone.unplug();
    await statusWhen(test, device, { state: 'idle' }, PATIENCE_MS);
    const [run] = await keptRuns(test.dataDir, device);
    expectHeard([run!], microphone.heard);
    const [open] = await soon(async () => {
      const gaps = await gapsSinceFirstSound(test, device);
      expect(gaps).toMatchObject([{ reason: 'unplugged', to: null }]);
      return gaps;
    });
    // The packet that was being filled is all that is missing.
    expect(Math.abs(Date.parse(open!.from) - pulledMs)).toBeLessThan(BUSY ? 2_000 : 300);
    const rows = await rowsOf(test, device);
    const heardS = rows.reduce((sum, { durationS }) => sum + durationS, 0);
    expect(run!.audio.length).toBe(Math.round(heardS * BENCH_RATE) * 2);
  });
});

describe('two microphones that claim to be one', () => {
  it('are told apart by their sockets: neither is ever opened in the place of the other', async () => {
    const bench = usbBench();
    const [one, two] = [bench.microphone({ serial: 'TWIN' }), bench.microphone({ serial: 'TWIN' })];
    const [first, second] = ['0d8c-0014-port1-1.1', '0d8c-0014-port1-1.2'];
    const socket = { one: '1-1.1', two: '1-1.2' };
    one.plugIn({ index: 1, port: socket.one, id: 'Mic' });
    const test = await stationOn(bench);
    await segmentsKept(test, '0d8c-0014-TWIN', 1, PATIENCE_MS);
    two.plugIn({ index: 2, port: socket.two, id: 'Mic_1' });
    for (const device of [first, second]) await segmentsKept(test, device, 1, PATIENCE_MS);
    expect(await alertWhen(test, 'device.ambiguous')).toContain('Two microphones claim to be');

    one.unplug();
    await statusWhen(test, first, { state: 'idle', desiredReason: 'offline' }, PATIENCE_MS);
    const { segmentsPromoted } = test.recorder(second);
    await segmentsKept(test, second, segmentsPromoted + 1, PATIENCE_MS);
    two.unplug();
    await statusWhen(test, second, { state: 'idle', desiredReason: 'offline' }, PATIENCE_MS);
    // ALSA gives their names out anew, the other way round.
    two.plugIn({ index: 1, port: socket.two, id: 'Mic' });
    one.plugIn({ index: 2, port: socket.one, id: 'Mic_1' });
    for (const device of [first, second]) await segmentsKept(test, device, 1, PATIENCE_MS);
    await test.station.stop();
    expectHeard(await keptRuns(test.dataDir, '0d8c-0014-TWIN'), one.heard);
    for (const [device, { heard }] of [
      [first, one],
      [second, two],
    ] as const) {
      const runs = await keptRuns(test.dataDir, device);
      expect(runs.length).toBeGreaterThanOrEqual(2);
      expectHeard(runs, heard);
    }
  });
});

describe('a sound card that is no microphone', () => {
  it('is left alone: a webcam until a person enrols it, a loudspeaker for ever', async () => {
    const bench = usbBench();
    const microphone = bench.microphone({ serial: 'A1' });
    const webcam = bench.microphone({ usbId: '046d:082d', product: 'HD Webcam', video: true });
    const loudspeaker = bench.microphone({ usbId: '4c4a:4155', playbackOnly: true });
    webcam.plugIn({ index: 0, port: '1-1.1', id: 'C920' });
    loudspeaker.plugIn({ index: 2, port: '1-1.2', id: 'UACDemo' });
    microphone.plugIn(PLACE);
    const test = await stationOn(bench);
    await segmentsKept(test, '0d8c-0014-A1', 2, PATIENCE_MS);
    expect(capturesNow(test.dataDir).map(({ workspace }) => workspace)).toEqual(['0d8c-0014-A1']);
    expect(test.station.devices.list().map(({ name }) => name)).toEqual([
      '0d8c-0014-A1',
      '046d-082d-port1-1.1',
    ]);
    const name = '046d-082d-port1-1.1';
    expect(test.recorder(name)).toMatchObject({
      state: 'idle',
      desiredReason: 'pending_enrollment',
    });
    expect(await alertWhen(test, 'device.pending')).toContain('HD Webcam waits for a person');
    await test.client.devices.enroll({ name });
    await segmentsKept(test, name, 1, PATIENCE_MS);
    await test.station.stop();
    expectHeard(await keptRuns(test.dataDir, name), webcam.heard);
    expect(readdirSync(join(test.dataDir, 'recorder')).sort()).toEqual([
      '046d-082d-port1-1.1',
      '0d8c-0014-A1',
    ]);
  });
});

describe('a sixth microphone', () => {
  it('waits for a place, and takes it when another one leaves; the five that record keep theirs', async () => {
    const bench = usbBench();
    const microphones = [1, 2, 3, 4, 5, 6].map((n) => ({
      device: `0d8c-0014-S${String(n)}`,
      place: { index: n, port: `1-1.${String(n)}`, id: `Mic_${String(n)}` },
      ...bench.microphone({ serial: `S${String(n)}` }),
    }));
    const five = microphones.slice(0, 5);
    const sixth = microphones[5]!;
    for (const { plugIn, place } of five) plugIn(place);
    const test = await stationOn(bench);
    for (const { device } of five) await segmentsKept(test, device, 1, PATIENCE_MS);
    const runs = new Map(five.map(({ device }) => [device, test.recorder(device).runId]));
    sixth.plugIn(sixth.place);
    await statusWhen(
      test,
      sixth.device,
      { state: 'idle', desiredReason: 'recorder_limit' },
      PATIENCE_MS,
    );
    expect(await alertWhen(test, 'recorder.limit')).toContain('as many recorders run');
    const leaving = five[2]!;
    leaving.unplug();
    await segmentsKept(test, sixth.device, 1, PATIENCE_MS);
    for (const { device } of five) {
      if (device === leaving.device) continue;
      expect(test.recorder(device)).toMatchObject({ runId: runs.get(device), state: 'recording' });
    }
    expect(capturesNow(test.dataDir)).toHaveLength(5);
    // It is not on duty while it waits: nothing of that is a gap.
    await soon(async () => {
      expect((await gapsOf(test, sixth.device)).filter(({ seconds }) => seconds > 5)).toEqual([]);
    });
    await test.station.stop();
    for (const { device, heard } of microphones) {
      expectHeard(await keptRuns(test.dataDir, device), heard);
    }
  });
});

/** Everything that a terminal could obey. */
const CONTROLS = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;

describe('microphones with hostile names', () => {
  it('record into safe folders, and are shown safely in tables, logs, JSON and in their own files', async () => {
    const names = [
      'Mic\n 9 [Fake           ]: USB-Audio - Forged',
      '../../../../tmp/x',
      '🦇🎙️ Fledermaus',
      'x'.repeat(300),
      '\u001b]0;owned\u0007\u001b[2J\u009b31mred',
    ];
    const bench = usbBench();
    const microphones = names.map((name, i) => {
      const microphone = bench.microphone({ product: name, serial: name });
      microphone.plugIn({ index: i + 1, port: `1-1.${String(i + 1)}`, id: `M${String(i)}` });
      return microphone;
    });
    const test = await stationOn(bench);
    const devices = await soon(async () => {
      const found = await test.client.devices.list();
      expect(found).toHaveLength(names.length);
      return found;
    });
    for (const { name } of devices) await segmentsKept(test, name, 1, PATIENCE_MS);
    const snapshot = JSON.stringify(await test.client.station.snapshot());
    expect(snapshot).not.toMatch(/\\u001b|\\n|\\u0007/);
    await test.station.stop();

    const folders = readdirSync(join(test.dataDir, 'recorder'));
    expect(folders.sort()).toEqual(devices.map(({ workspace }) => workspace).sort());
    const heardIn = new Set<number>();
    for (const { name, workspace, displayName } of devices) {
      expect(workspace).toMatch(/^0d8c-0014-[A-Za-z0-9._-]{1,80}$/);
      expect(workspace).not.toContain('..');
      expect(displayName).not.toMatch(CONTROLS);
      expect(displayName.length).toBeLessThanOrEqual(160);
      const runs = await keptRuns(test.dataDir, workspace);
      const index = microphones.findIndex(({ heard }) =>
        heard.subarray(0, 4_800).equals(runs[0]!.audio.subarray(0, 4_800)),
      );
      heardIn.add(index);
      expectHeard(runs, microphones[index]!.heard);
      const raw = join(test.dataDir, 'recorder', workspace, 'data/raw');
      for (const file of readdirSync(raw)) {
        const guano = await readGuano(join(raw, file));
        // A line end is `\\n` in the file and a line end again for who reads it: no name makes a field of its own.
        for (const [key, value] of guano!) {
          expect(key).toMatch(/^(GUANO\|Version|[A-Z][A-Za-z ]+|Silvasonic\|[A-Za-z ]+)$/);
          expect(value.replaceAll('\n', ''), `${name} ${key}`).not.toMatch(CONTROLS);
        }
      }
    }
    expect(heardIn.size).toBe(names.length);
    for (const command of ['devices', 'status', 'alerts']) {
      const { out, exitCode } = await commandLine([command, '--data', test.dataDir]);
      expect(exitCode).toBe(0);
      for (const line of out) expect(line).not.toMatch(CONTROLS);
    }
    const { out } = await commandLine(['devices', '--data', test.dataDir, '--json']);
    expect(JSON.parse(out.join('')) as unknown).toHaveLength(names.length);
    for (const line of readFileSync(join(test.dataDir, 'logs/station.log'), 'utf8')
      .trimEnd()
      .split('\n')) {
      expect(JSON.parse(line)).toHaveProperty('event');
    }
  });
});

describe('a microphone that is ignored while it records', () => {
  it('ends cleanly, is left alone also when it is plugged in anew, and records again once it is not ignored any more', async () => {
    const bench = usbBench();
    const microphone = bench.microphone({ serial: 'A1' });
    const name = '0d8c-0014-A1';
    microphone.plugIn(PLACE);
    const test = await stationOn(bench);
    const { runId: before } = await segmentsKept(test, name, 1, PATIENCE_MS);
    const { seen } = watchCaptures(test.dataDir);
    await test.client.devices.ignore({ name });
    await statusWhen(test, name, { state: 'idle', desiredReason: 'ignored', lastError: null });
    const captures = seen().size;
    microphone.unplug();
    await vi.waitFor(() => {
      expect(test.station.devices.get(name).presence).toBe('offline');
    }, PATIENCE_MS);
    microphone.plugIn(PLACE);
    await vi.waitFor(() => {
      expect(test.station.devices.get(name).presence).toBe('online');
    }, PATIENCE_MS);
    await delay(1_500); // a reconciliation and more
    expect(seen().size).toBe(captures);
    expect(openAlerts(test)).toEqual([]);
    await test.client.devices.enroll({ name });
    const after = await recordsAnew(test, name, before!);
    // Nobody wanted it to record: what was not recorded is no gap.
    await soon(async () => {
      const gaps = await gapsOf(test, name);
      expect(gaps.filter(({ reason }) => reason !== 'restart')).toEqual([]);
    });
    expect((await rowsOf(test, name)).every(({ recovered }) => !recovered)).toBe(true);
    await test.station.stop();
    const runs = await keptRuns(test.dataDir, name);
    expect(runs.map(({ runId }) => runId)).toEqual([before, after]);
    expectHeard(runs, microphone.heard);
  });
});

describe('a microphone that another program has open', () => {
  it('is waited for with the name of that program, and recorded from when it lets go', async () => {
    const bench = usbBench();
    const microphone = bench.microphone({ serial: 'A1' });
    const device = '0d8c-0014-A1';
    microphone.plugIn(PLACE);
    const input = [
      '-c:a',
      'pcm_s16le',
      '-sample_rate',
      '48000',
      '-channels',
      '1',
      '-i',
      'hw:CARD=Mic,DEV=0',
    ];
    const other = spawn('ffmpeg', ['-nostdin', '-f', 'alsa', ...input, '-f', 'null', '-']);
    onTestFinished(() => {
      other.kill('SIGKILL');
    });
    let said = '';
    other.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await vi.waitFor(() => {
      expect(said).toContain('Stream #0:0');
    }, PATIENCE_MS);
    bench.nameOwner(PLACE, { pid: other.pid!, program: 'ffmpeg' });
    const test = await stationOn(bench);
    const evidence = await alertWhen(test, 'recorder.busy', PATIENCE_MS);
    expect(evidence).toContain(`used by ffmpeg (pid ${String(other.pid)})`);
    expect(test.recorder(device)).toMatchObject({
      desired: true,
      lastError: { code: 'DEVICE_BUSY' },
    });
    expect(await gapsOf(test, device)).toMatchObject([{ reason: 'device_busy', to: null }]);
    other.kill('SIGKILL');
    await segmentsKept(test, device, 1, PATIENCE_MS);
    await vi.waitFor(async () => {
      const gaps = await gapsOf(test, device);
      expect(gaps.map(({ reason }) => reason)).toEqual(['device_busy']);
      const [first] = await rowsOf(test, device);
      expect(Math.abs(Date.parse(gaps[0]!.to!) - Date.parse(first!.time))).toBeLessThanOrEqual(20);
    }, PATIENCE_MS);
    await vi.waitFor(() => {
      expect(openAlerts(test)).toEqual([]);
    }, PATIENCE_MS);
    await test.station.stop();
    expectHeard(await keptRuns(test.dataDir, device), microphone.heard);
  });
});
