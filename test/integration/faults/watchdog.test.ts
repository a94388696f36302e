import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { RunAnchored, RunEnded, SoundLost } from '@main/events/run-events';
import { capturesNow } from '../../support/capture-watch';
import { recordingFolder } from '../../support/captures';
import { fakeMicrophone } from '../../support/fake-microphone';
import { ffmpegShim } from '../../support/ffmpeg-shim';
import { heldStation, type HeldStation } from '../../support/held-time';
import { keptRuns } from '../../support/kept-sound';
import { knownSignal } from '../../support/known-signal';
import { profileOf } from '../../support/profile';
import { addSweep, segmentsKept, SHORT_RATE, statusWhen } from '../../support/short-recorder';
import { soon } from '../../support/soon';

const DEVICE = 'sim-1';

async function captureOf(test: HeldStation): Promise<number> {
  return vi.waitFor(
    () => {
      const [capture] = capturesNow(test.dataDir);
      expect(capture).toBeDefined();
      return capture!.pid;
    },
    { timeout: 20_000, interval: 5 },
  );
}

async function frozen(pid: number): Promise<void> {
  await soon(() => {
    expect(readFileSync(`/proc/${String(pid)}/stat`, 'utf8')).toMatch(/\) T /);
  });
}

/** The sound in a WAV file that is not finished: whatever follows its header. */
function soundSoFar(file: string): Buffer {
  const bytes = readFileSync(file);
  return bytes.subarray(bytes.indexOf('data', 12, 'latin1') + 8);
}

/** How long, of the station's time, until the recorder has failed once more, milliseconds. */
async function untilFailure(test: HeldStation, mostMs: number): Promise<number> {
  const before = test.clock.monotonicMs();
  const { restarts } = test.recorder(DEVICE);
  await test.passUntil(() => test.recorder(DEVICE).restarts > restarts, mostMs, 50);
  return test.clock.monotonicMs() - before;
}

describe('a capture that lives and brings nothing', () => {
  it('is ended after 15 s as stalled, and started again', async () => {
    const shim = ffmpegShim({ do: 'nothing' });
    const test = await heldStation({ dataDir: recordingFolder(), ffmpeg: shim.path });
    await test.station.start();
    const ended: RunEnded[] = [];
    test.station.bus.on('run.ended', (run) => ended.push(run));
    await addSweep(test);
    const first = await captureOf(test);
    const afterMs = await untilFailure(test, 20_000);
    expect(afterMs).toBeGreaterThanOrEqual(15_000);
    expect(afterMs).toBeLessThanOrEqual(17_000);
    expect(test.recorder(DEVICE).lastError).toMatchObject({
      code: 'STALLED',
      detail: expect.stringContaining('no audio has come since its start') as string,
    });
    expect(ended).toMatchObject([{ reason: 'stalled', endWallMs: null }]);
    shim.set({ do: 'pass' });
    await test.passUntil(() => test.recorder(DEVICE).state === 'recording', 20_000, 20);
    expect(await captureOf(test)).not.toBe(first);
  });

  it('because it is frozen goes up the whole stop ladder, and everything that it had written is kept', async () => {
    const shim = ffmpegShim({ do: 'freeze', afterMs: 2_600 });
    const test = await heldStation({ dataDir: recordingFolder(), ffmpeg: shim.path });
    await test.station.start();
    await addSweep(test);
    const pid = await captureOf(test);
    await frozen(pid);
    shim.set({ do: 'pass' });
    const workspace = join(test.dataDir, 'recorder', DEVICE);
    const buffered = (): string[] => globSync(join(workspace, '.buffer/raw/*.wav')).sort();
    // What had closed before is promoted; what is left was being written.
    await soon(() => {
      expect(buffered()).toHaveLength(1);
    });
    const { runId, segmentsPromoted } = test.recorder(DEVICE);
    const open = soundSoFar(buffered()[0]!);
    const afterMs = await untilFailure(test, 30_000);
    // 15 s without audio, then 5 s for SIGINT and 3 s for SIGTERM.
    expect(afterMs).toBeGreaterThanOrEqual(22_000);
    expect(afterMs).toBeLessThanOrEqual(26_000);
    expect(test.recorder(DEVICE).lastError).toMatchObject({ code: 'STALLED' });
    const log = await test.client.logs.tail({ limit: 2000 });
    expect(log.find(({ event }) => event === 'capture.killed')).toMatchObject({
      fields: { run: runId, by: 'SIGKILL' },
    });

    const [run] = await keptRuns(test.dataDir, DEVICE);
    expect(run!.runId).toBe(runId);
    expect(run!.audio.length).toBe(segmentsPromoted * SHORT_RATE * 2 + open.length);
    const played = knownSignal(SHORT_RATE, 4);
    expect(run!.audio.equals(played.subarray(0, run!.audio.length))).toBe(true);
    const processed = await keptRuns(test.dataDir, DEVICE, 'processed');
    expect(processed[0]!.audio.length).toBe(run!.audio.length);
    await soon(async () => {
      const { items } = await test.client.recordings.list({ order: 'newest_first' });
      expect(items[0]).toMatchObject({ runId, sequence: segmentsPromoted, recovered: true });
    });
    await test.passUntil(() => test.recorder(DEVICE).state === 'recording', 20_000, 20);
  });

  it('because its microphone brings nothing any more is noticed and started again, and the gap is as long as the silence', async () => {
    const samples = knownSignal(SHORT_RATE, 2);
    const microphone = fakeMicrophone({
      ...{ rate: SHORT_RATE, channels: 1, format: 'S16_LE' },
      samples,
    });
    const test = await heldStation({ dataDir: recordingFolder() });
    await test.station.start();
    const ended: RunEnded[] = [];
    const anchored: RunAnchored[] = [];
    test.station.bus.on('run.ended', (run) => ended.push(run));
    test.station.bus.on('run.anchored', (run) => anchored.push(run));
    await test.client.profiles.create(profileOf('short'));
    const { name } = await test.client.devices.addAlsa({
      pcm: microphone.pcm,
      profileSlug: 'short',
    });
    await test.passUntil(() => test.recorder(name).state === 'recording', 14_000, 20);
    await segmentsKept(test, name, 1);
    microphone.stall();
    const stalledMs = Date.now();
    await test.passUntil(() => test.recorder(name).state === 'stalled', 10_000, 50);
    await test.passUntil(() => ended.length > 0, 40_000, 50);
    expect(ended[0]).toMatchObject({ reason: 'stalled', device: name });
    expect(test.recorder(name).lastError?.code).toBe('STALLED');
    expect(Math.abs(ended[0]!.endWallMs! - stalledMs)).toBeLessThan(300);
    microphone.goOn();
    const goneOnMs = Date.now();
    await test.passUntil(() => anchored.length > 1, 40_000, 20);
    expect(anchored[1]!.wallMs).toBeGreaterThanOrEqual(goneOnMs);
    await test.passUntil(() => test.recorder(name).state === 'recording', 14_000, 20);
    const workspace = ended[0]!.device;
    const [run] = await keptRuns(test.dataDir, workspace);
    const times = Math.ceil(run!.audio.length / samples.length);
    const heard = Buffer.concat(Array.from({ length: times }, () => samples));
    expect(run!.audio.equals(heard.subarray(0, run!.audio.length))).toBe(true);
    // Not a sample between the first and the last is missing: the gap begins where the sound ends.
    const heardMs = (run!.audio.length / 2 / SHORT_RATE) * 1000;
    expect(ended[0]!.endWallMs).toBeCloseTo(anchored[0]!.wallMs + heardMs, 0);
  });
});

describe('a capture whose files grow and hold no sound', () => {
  it.each([
    { segmentS: 1, patienceMs: 15_000 },
    { segmentS: 10, patienceMs: 30_000 },
  ])(
    'is ended after $patienceMs ms where segments are of $segmentS s, and what it wrote lies in quarantine with a reason',
    async ({ segmentS, patienceMs }) => {
      const shim = ffmpegShim({ do: 'garbage', segmentS: 1 });
      const test = await heldStation({ dataDir: recordingFolder(), ffmpeg: shim.path });
      await test.station.start();
      const lost: SoundLost[] = [];
      test.station.bus.on('sound.lost', (loss) => lost.push(loss));
      await addSweep(test, { stream: { segment_duration_s: segmentS } });
      await captureOf(test);
      const afterMs = await untilFailure(test, patienceMs + 10_000);
      expect(afterMs).toBeGreaterThanOrEqual(patienceMs);
      expect(afterMs).toBeLessThanOrEqual(patienceMs + 8_000);
      expect(test.recorder(DEVICE).lastError).toMatchObject({
        code: 'NO_VALID_AUDIO',
        detail: expect.stringContaining('no segment could be kept') as string,
      });
      const workspace = join(test.dataDir, 'recorder', DEVICE);
      expect(readdirSync(join(workspace, 'data/raw'))).toEqual([]);
      expect(readdirSync(join(workspace, '.buffer/raw'))).toEqual([]);
      const aside = readdirSync(join(workspace, 'quarantine'));
      const files = aside.filter((name) => name.endsWith('.wav'));
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        expect(aside).toContain(`${file}.reason.txt`);
        const reason = readFileSync(join(workspace, 'quarantine', `${file}.reason.txt`), 'utf8');
        expect(reason.trim(), basename(file)).not.toBe('');
      }
      expect(lost.length).toBeGreaterThan(0);
      expect(lost.every(({ reason }) => reason === 'segment_refused')).toBe(true);
      await test.clock.advance(1_000);
      expect(test.station.alerts.open().map(({ code }) => code)).toContain('segment.refused');
      shim.set({ do: 'pass' });
      await test.clock.advance(2_000);
      await statusWhen(test, DEVICE, { lastError: { code: 'NO_VALID_AUDIO' } as never });
      await test.passUntil(() => test.recorder(DEVICE).state === 'recording', 14_000, 20);
    },
  );
});
